"""Clocks: legal, never above the wanted one, and refused with a remedy."""

from fractions import Fraction

import pytest

from erbium.hw.board import pll
from erbium.hw.board.ratio import ClockError, Ratio

KINDS = [(pll.Ice40Core, 12), (pll.Ecp5, 25), (pll.Gowin, 27)]


def test_known_clocks():
    assert pll.Ice40Core.LIMITS.solve(12, 24) == Ratio(1, 64, 32, Fraction(24))
    assert pll.Ice40Core.LIMITS.solve(12, 20) == Ratio(1, 53, 32, Fraction(159, 8))
    assert pll.Ecp5.LIMITS.solve(25, 50).mhz == 50
    assert pll.Gowin.LIMITS.solve(27, 54).mhz == 54


@pytest.mark.parametrize(("kind", "input_mhz"), KINDS)
@pytest.mark.parametrize("wanted", [17, 21, 33.3, 50, 61, 97, 125])
def test_clocks_are_legal_and_near(kind, input_mhz, wanted):
    limits = kind.LIMITS
    found = limits.solve(input_mhz, wanted)
    detector = Fraction(input_mhz, found.reference)
    oscillator = detector * found.feedback * (found.output if limits.around_output else 1)
    assert oscillator / found.output == found.mhz
    assert 0.95 * wanted < found.mhz <= wanted
    for value, (lowest, highest) in (
        (detector, limits.detector),
        (oscillator, limits.oscillator),
        (found.mhz, limits.out),
    ):
        assert lowest <= value <= highest
    assert found.output in limits.outputs


def test_clock_below_all_legal_ones_is_refused():
    message = "no clock of at most 5 MHz can be made from 12 MHz; ask for 16.125 MHz or more"
    with pytest.raises(ClockError, match=message):
        pll.Ice40Core.LIMITS.solve(12, 5)


def test_clock_above_all_legal_ones_becomes_the_fastest():
    assert pll.Ice40Core.LIMITS.solve(12, 1000).mhz == 270


def test_a_fast_oscillator_is_divided_first():
    # No detector takes 200 MHz, but a half of it.
    found = pll.Ice40Core.LIMITS.solve(200, 50)
    assert (found.mhz, found.reference) == (50, 2)
