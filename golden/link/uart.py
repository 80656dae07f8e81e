"""UART: bytes on a wire, at a rate that a clock is divided down to."""

from __future__ import annotations

#: Clock and rate unless told otherwise: those of a board with a small FPGA, and the most that every
#: board's bridge can.
CLOCK_HZ, BAUD = 24_000_000, 3_000_000

#: Most that the rate may be off; both ends together must stay below half a bit in ten.
TOLERANCE = 0.02

#: Clock cycles of a bit, at least: fewer leave no room for a sample in its middle.
LEAST_DIVIDER = 4

#: Bits of a byte on the wire: a start bit, the byte, lowest bit first, and a stop bit.
BITS = 10


def divider(clock_hz: float, baud: float) -> int:
    """Return the clock cycles of a bit.

    Raises
    ------
    ValueError
        If the clock is too slow, or no whole number of its cycles comes near enough to a bit.
    """
    if not (clock_hz > 0 and baud > 0):
        raise ValueError(f"clock ({clock_hz:g} Hz) and baud ({baud:g}) must be above 0")
    cycles = round(clock_hz / baud)
    if cycles < LEAST_DIVIDER:
        raise ValueError(
            f"a clock of {clock_hz:g} Hz has fewer than {LEAST_DIVIDER} cycles for a bit at "
            f"{baud:g} baud; take {clock_hz / LEAST_DIVIDER:.0f} baud or less, or a faster clock"
        )
    error = clock_hz / (cycles * baud) - 1
    if abs(error) > TOLERANCE:
        raise ValueError(
            f"a clock of {clock_hz:g} Hz makes {clock_hz / cycles:.0f} baud, which is "
            f"{error:+.1%} off {baud:g}, more than {TOLERANCE:.0%}; take that rate or another clock"
        )
    return cycles


def line(data: bytes) -> list[int]:
    """Return the level of the wire in each bit's time while bytes are sent without pause."""
    levels = []
    for byte in data:
        levels += [0, *(byte >> place & 1 for place in range(8)), 1]
    return levels
