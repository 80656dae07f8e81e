"""erbium verilog --link: a core behind its UART, and options that say nothing of it are refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from erbium.golden.link.registers import linked
from erbium.golden.presets import preset


def test_writes_the_core_behind_its_uart(erbium: Callable[..., Result]) -> None:
    options = ("--clock-mhz", 12, "--baud", 115200)
    assert erbium("verilog", "tiny", "--link", "uart", *options, "--json", "v.json").exit_code == 0
    found = json.loads(Path("v.json").read_text())
    assert found["module"].endswith("_uart")
    assert (found["link"], found["clock_hz"], found["baud"]) == ("uart", 12_000_000, 115_200)
    assert found["config"] == linked(preset("tiny")).as_dict()
    text = Path(found["file"]).read_text()
    assert "115,200 baud with a clock of 12 MHz" in text
    assert f"module {found['module']}(\n  clk,\n  rst,\n  rx,\n  tx\n);" in text


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--link", "uart", "--old-names"), "leave it out"),
        (("--link", "uart", "--harness"), "leave it out"),
        (("--baud", 9600), "add --link uart"),
        (("--clock-mhz", 12), "add --link uart"),
        (("--link", "uart", "--clock-mhz", 25), "take that rate or another clock"),
        (("--link", "uart", "--clock-mhz", 1), "take 250000 baud or less"),
        (("--link", "uart", "--module", "end"), "keyword"),
    ],
)
def test_what_makes_no_sense_is_refused(
    erbium: Callable[..., Result], options: tuple[object, ...], reason: str
) -> None:
    done = erbium("verilog", "tiny", *options)
    assert done.exit_code == 2
    assert reason in done.output
    assert not Path("build").exists()
