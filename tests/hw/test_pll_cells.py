"""Loops: every parameter and every input of each cell, as the vendors' own generators set them."""

from __future__ import annotations

import re
from fractions import Fraction
from types import SimpleNamespace

import pytest
from amaranth.back import rtlil
from amaranth.hdl import Fragment, IOPort
from amaranth.lib import io

from erbium.hw.board import pll
from erbium.hw.board.ratio import Ratio

#: Filters of an iCE40, as icepll chooses them: lowest and highest frequency, in MHz, of the
#: detector for each.
ICE40_FILTERS = {
    10: 1, 16: 1, 17: 2, 25: 2, 26: 3, 43: 3, 44: 4, 65: 4, 66: 5, 100: 5, 101: 6, 133: 6,
}  # fmt: skip


def cell(kind: type[pll.Pll], mhz: int, ratio: Ratio) -> tuple[str, dict[str, str]]:
    """Return the type of a loop's cell, and its attributes, parameters and connections."""
    pin = IOPort(1, name="oscillator")
    dut = kind(io.SingleEndedPort(pin, direction="i"), input_mhz=mhz, ratio=ratio)
    fragment = Fragment.get(dut, SimpleNamespace(family="GW1NR-9C"))
    ports = {"clk": (dut.clk, None), "locked": (dut.locked, None), "oscillator": (pin, None)}
    text = rtlil.convert_fragment(fragment, ports, name="top", emit_src=False)[0]
    ((attributes, name, inside),) = re.findall(
        r"((?:  attribute .*\n)*)  cell \\(\w+) \\cell\n((?:    .*\n)*)  end\n", text
    )
    lines = re.findall(r"(?:attribute|parameter|connect) \\(\w+) (.*)", attributes + inside)
    assert len(dict(lines)) == len(lines)
    return name, {key: value.strip('"') for key, value in lines}


def zeros(*names: str, bits: int = 1) -> dict[str, str]:
    return dict.fromkeys(names, f"{bits}'{'0' * bits}")


@pytest.mark.parametrize(
    ("kind", "name", "pin"),
    [
        (pll.Ice40Core, "SB_PLL40_CORE", {"REFERENCECLK": r"\i [0]"}),
        (pll.Ice40Pad, "SB_PLL40_PAD", {"PACKAGEPIN": r"\oscillator [0]"}),
    ],
)
def test_ice40(kind: type[pll.Pll], name: str, pin: dict[str, str]) -> None:
    assert cell(kind, 48, Ratio(3, 44, 16, Fraction(44))) == (
        name,
        {
            "FEEDBACK_PATH": "SIMPLE", "DIVR": "4'0010", "DIVF": "7'0101011", "DIVQ": "3'100",
            "FILTER_RANGE": "3'001", "RESETB": "1'1", "BYPASS": "1'0",
            "PLLOUTGLOBAL": r"\clk", "LOCK": r"\locked",
        } | pin,
    )  # fmt: skip


def test_ecp5() -> None:
    assert cell(pll.Ecp5, 25, Ratio(2, 5, 9, Fraction(125, 2))) == (
        "EHXPLLL",
        {
            "ICP_CURRENT": "12", "LPF_RESISTOR": "8", "MFG_ENABLE_FILTEROPAMP": "1",
            "MFG_GMCREF_SEL": "2", "CLKI_DIV": "2", "CLKFB_DIV": "5", "CLKOP_DIV": "9",
            "CLKOP_ENABLE": "ENABLED", "CLKOP_CPHASE": "8", "FEEDBK_PATH": "CLKOP",
            "CLKI": r"\i [0]", "CLKFB": r"\clk [0]", "CLKOP": r"\clk", "LOCK": r"\locked",
        }
        | zeros("RST", "STDBY", "ENCLKOP", "PHASESEL0", "PHASESEL1", "PHASEDIR", "PHASESTEP",
                "PHASELOADREG", "PLLWAKESYNC"),
    )  # fmt: skip


def test_gowin() -> None:
    assert cell(pll.Gowin, 27, Ratio(4, 7, 48, Fraction(189, 4))) == (
        "rPLL",
        {
            "DEVICE": "GW1NR-9C", "FCLKIN": "27", "CLKFB_SEL": "internal",
            "IDIV_SEL": "3", "FBDIV_SEL": "6", "ODIV_SEL": "48",
            "CLKIN": r"\i [0]", "CLKOUT": r"\clk", "LOCK": r"\locked",
        }
        | dict.fromkeys(("DYN_IDIV_SEL", "DYN_FBDIV_SEL", "DYN_ODIV_SEL"), "false")
        | zeros("CLKFB", "RESET", "RESET_P")
        | zeros("FBDSEL", "IDSEL", "ODSEL", bits=6)
        | zeros("PSDA", "DUTYDA", "FDLY", bits=4),
    )  # fmt: skip


def test_filter_of_an_ice40_goes_by_its_detector() -> None:
    for mhz, expected in ICE40_FILTERS.items():
        _, found = cell(pll.Ice40Core, mhz, Ratio(1, 8, 16, Fraction(mhz, 2)))
        assert found["FILTER_RANGE"] == f"3'{expected:03b}", mhz
    # It is the detector's frequency that counts, not the oscillator's.
    _, found = cell(pll.Ice40Core, 100, Ratio(4, 32, 16, Fraction(50)))
    assert found["FILTER_RANGE"] == "3'010"
