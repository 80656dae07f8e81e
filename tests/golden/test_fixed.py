"""The arithmetic vocabulary, against exact fractions: every value of every small width."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from erbium.golden.fixed import (
    bits_for_signed,
    bits_for_unsigned,
    leak,
    round_away,
    round_down,
    saturate,
    wrap,
)

WIDTHS = range(2, 11)


def signed_values(bits: int) -> list[int]:
    return list(range(-(1 << (bits - 1)), 1 << (bits - 1)))


def exactly_away(value: int, shift: int) -> int:
    quotient = Fraction(value, 2**shift)
    return math.ceil(quotient) if quotient > 0 else math.floor(quotient)


@pytest.mark.parametrize("bits", WIDTHS)
def test_saturate_goes_to_the_nearest_value_that_fits(bits: int) -> None:
    fitting = signed_values(bits)
    values = range(-(1 << 11), 1 << 11)
    expected = [min(max(value, fitting[0]), fitting[-1]) for value in values]
    assert saturate(np.array(values), bits).tolist() == expected
    assert [int(saturate(value, bits)) for value in values] == expected


@pytest.mark.parametrize("bits", WIDTHS)
def test_wrap_is_the_remainder(bits: int) -> None:
    values = range(-(1 << 11), 1 << 11)
    expected = [value % 2**bits for value in values]
    assert wrap(np.array(values), bits).tolist() == expected
    assert [wrap(value, bits) for value in values] == expected


@pytest.mark.parametrize("bits", WIDTHS)
def test_roundings_are_exact(bits: int) -> None:
    values = signed_values(bits)
    for shift in range(bits + 3):
        away = [exactly_away(value, shift) for value in values]
        down = [math.floor(Fraction(value, 2**shift)) for value in values]
        assert round_away(np.array(values), shift).tolist() == away, shift
        assert [int(round_away(value, shift)) for value in values] == away, shift
        assert round_down(np.array(values), shift).tolist() == down, shift
        assert [round_down(value, shift) for value in values] == down, shift


@pytest.mark.parametrize("bits", WIDTHS)
def test_leak_loses_the_share_rounded_away_from_zero(bits: int) -> None:
    values = signed_values(bits)
    for shift in range(bits + 3):
        expected = [value - exactly_away(value, shift) for value in values]
        assert leak(np.array(values), shift).tolist() == expected, shift
        assert [int(leak(value, shift)) for value in values] == expected, shift


@pytest.mark.parametrize("bits", WIDTHS)
def test_leak_is_symmetric_monotone_and_always_nearer_to_zero(bits: int) -> None:
    values = np.array(signed_values(bits))
    for shift in range(bits):
        after = leak(values, shift)
        assert (leak(-values, shift) == -after).all(), shift
        assert (np.diff(after) >= 0).all(), shift
        assert (np.abs(after) < np.abs(values))[values != 0].all(), shift
        assert (after * values >= 0).all(), f"the sign changes with shift {shift}"
        assert after[values == 0] == 0


@pytest.mark.parametrize("bits", WIDTHS)
def test_leak_reaches_exactly_zero(bits: int) -> None:
    for shift in range(bits):
        values = np.array(signed_values(bits))
        for _ in range(1 << bits):
            values = leak(values, shift)
        assert not values.any(), shift


def test_bit_counts_are_the_smallest_that_fit() -> None:
    assert [bits_for_unsigned(n) for n in (0, 1, 2, 3, 4, 255, 256)] == [0, 1, 2, 2, 3, 8, 9]
    for magnitude in range(1, 300):
        bits = bits_for_signed(magnitude)
        assert saturate(magnitude, bits) == magnitude
        assert saturate(-magnitude, bits) == -magnitude
        assert saturate(magnitude, bits - 1) != magnitude
    assert bits_for_signed(3, 200, 17) == bits_for_signed(200) == 9


def test_largest_numbers_of_the_machine_do_not_overflow() -> None:
    # The widest sum: a 16-bit weight with 20 fraction bits, beside a 40-bit dendrite.
    for value in (2**45, -(2**45), 2**45 - 1, 1 - 2**45):
        assert leak(np.array([value]), 20).tolist() == [value - exactly_away(value, 20)]
        assert saturate(np.array([value]), 47).tolist() == [value]
