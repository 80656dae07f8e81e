"""The arithmetic vocabulary: every narrowing in the machine is one of these, by name.

All functions take Python integers or int64 arrays. `hw.fixed` has the same functions on wires.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np

Integer = TypeVar("Integer", int, np.ndarray)


def bits_for_unsigned(largest: int) -> int:
    """Bits that hold 0 ... `largest`."""
    return int(largest).bit_length()


def bits_for_signed(*magnitudes: int) -> int:
    """Bits of a two's complement number that holds plus and minus every magnitude."""
    return max(int(magnitude).bit_length() for magnitude in magnitudes) + 1


def saturate(value: Integer, bits: int) -> Integer:
    """Clip to the signed range of `bits` bits."""
    limit = 1 << (bits - 1)
    return np.clip(value, -limit, limit - 1)


def wrap(value: Integer, bits: int) -> Integer:
    """Keep the low `bits` bits, unsigned."""
    return value & ((1 << bits) - 1)


def round_away(value: Integer, shift: int) -> Integer:
    """Divide by ``2**shift`` and round away from zero, so that only 0 gives 0."""
    carry = np.where(value > 0, (1 << shift) - 1, 0)
    return (value + carry) >> shift


def round_down(value: Integer, shift: int) -> Integer:
    """Divide by ``2**shift`` and round towards minus infinity."""
    return value >> shift


def leak(value: Integer, shift: int) -> Integer:
    """Lose the share ``2**-shift``, at least 1, so that both signs decay to exactly 0."""
    return value - round_away(value, shift)
