"""Loops: each kind becomes the cell of its family, with the numbers of its ratio."""

from types import SimpleNamespace

import pytest
from amaranth.back import rtlil
from amaranth.hdl import Fragment, IOPort
from amaranth.lib import io

from erbium.hw.board import pll


def emitted(kind, input_mhz, wanted):
    """Return a loop, and the text of its circuit on a platform that knows no buffers."""
    pin = IOPort(1, name="oscillator")
    port, ratio = io.SingleEndedPort(pin, direction="i"), kind.LIMITS.solve(input_mhz, wanted)
    dut = kind(port, input_mhz=input_mhz, ratio=ratio)
    fragment = Fragment.get(dut, SimpleNamespace(family="GW1NR-9C"))
    ports = {"clk": (dut.clk, None), "locked": (dut.locked, None), "oscillator": (pin, None)}
    return dut, rtlil.convert_fragment(fragment, ports, name="top", emit_src=False)[0]


@pytest.mark.parametrize(
    ("kind", "input_mhz", "wanted", "cell", "parameters"),
    [
        (
            pll.Ice40Pad,
            12,
            24,
            "SB_PLL40_PAD",
            (r"\DIVR 4'0000", r"\DIVF 7'0111111", r"\DIVQ 3'101", r"\FILTER_RANGE 3'001"),
        ),
        (pll.Ice40Core, 12, 24, "SB_PLL40_CORE", (r"\DIVF 7'0111111",)),
        (pll.Ecp5, 25, 50, "EHXPLLL", (r"\CLKI_DIV 1", r"\CLKFB_DIV 2", r"\FEEDBK_PATH")),
        (pll.Gowin, 27, 54, "rPLL", (r"\IDIV_SEL 0", r"\FBDIV_SEL 1", r'\DEVICE "GW1NR-9C"')),
    ],
)
def test_cell_has_the_numbers(kind, input_mhz, wanted, cell, parameters):
    dut, text = emitted(kind, input_mhz, wanted)
    assert float(dut.ratio.mhz) == wanted
    assert f"cell \\{cell} " in text
    for parameter in parameters:
        assert f"parameter {parameter}" in text
