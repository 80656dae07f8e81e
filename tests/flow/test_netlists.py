"""Netlists and reports: what is counted is what is there, and what is quoted is the slowest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.scripts.fpga.cells import DoesNotFit, Netlist, Port, check_fit
from erbium.scripts.fpga.device import find_device
from erbium.scripts.fpga.family import ECP5, GW1N, GW2A, ICE40
from erbium.scripts.fpga.timing import read_fmax, read_registers

TINY = preset("tiny")


def counted(**cells: int) -> Netlist:
    """Return a netlist with so many cells of each type."""
    return Netlist((), {f"{kind}.{n}": kind for kind, count in cells.items() for n in range(count)})


def test_ports_and_cells_are_read(tmp_path: Path) -> None:
    modules = {"other": {}, "core": {
        "ports": {
            "clk": {"direction": "input", "bits": [1]},
            "a": {"direction": "input", "bits": [2, 3, 4]},
            "b": {"direction": "output", "bits": [5]},
        },
        "cells": {"x": {"type": "LUT4"}, "y": {"type": "$scopeinfo"}, "z": {"type": "LUT4"}},
    }}  # fmt: skip
    path = tmp_path / "core.json"
    path.write_text(json.dumps({"modules": modules}))
    found = Netlist.read(path, "core")
    assert found.ports == (Port("a", 3, False), Port("b", 1, True))
    assert found.count() == {"LUT4": 2}


#: Data sheets: LUTs of a cell, and bits of a block RAM.
LUTS = {
    "ecp5": (ECP5, {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4}),
    "ice40": (ICE40, {"SB_LUT4": 1}),
    "gw1n": (GW1N, {"LUT1": 1, "LUT2": 1, "LUT3": 1, "LUT4": 1, "ALU": 1, "RAM16SDP1": 8,
                    "RAM16SDP2": 8, "RAM16SDP4": 8}),
    "gw2a": (GW2A, GW1N.lut_cells),
}  # fmt: skip
BITS = {
    "ecp5": {"DP16KD": 18 * 1024}, "ice40": {"SB_RAM40_4K": 4 * 1024, "SB_SPRAM256KA": 256 * 1024},
    "gw1n": {name: (18 if "9" in name else 16) * 1024 for name in
             ("SDPX9B", "SDPB", "DPX9B", "DPB", "SPX9", "SP", "pROMX9", "pROM")},
}  # fmt: skip


@pytest.mark.parametrize("name", LUTS)
def test_each_cell_costs_its_luts(name: str) -> None:
    family, luts = LUTS[name]
    assert family.lut_cells == luts
    for kind, cost in luts.items():
        assert counted(**{kind: 3, "PFUMX": 1}).luts(family) == 3 * cost


@pytest.mark.parametrize("name", BITS)
def test_each_block_holds_its_bits(name: str) -> None:
    family = LUTS[name][0]
    assert family.block_ram_bits == BITS[name]
    for kind in BITS[name]:
        assert counted(**{kind: 2, "LUT4": 1}).block_rams(family) == {kind: 2}


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ({"SB_LUT4": 5281}, "needs 5281 LUTs, but up5k has 5280"),
        ({"SB_RAM40_4K": 31}, "needs 31 block RAMs, but up5k has 30"),
        ({"SB_SPRAM256KA": 5}, "needs 5 large block RAMs, but up5k has 4"),
    ],
)
def test_one_too_many_does_not_fit(cells: dict[str, int], message: str) -> None:
    chip = find_device("up5k")
    check_fit("it", chip, counted(SB_LUT4=5280, SB_RAM40_4K=30, SB_SPRAM256KA=4))
    with pytest.raises(DoesNotFit, match=message):
        check_fit("it", chip, counted(**cells))


def test_weights_need_blocks_that_hold_all_of_them() -> None:
    config = preset("mnist-100").replace(lanes=1)
    bits = (784 * 100 + 100 * 10) * config.weight_bits
    blocks = -(-bits // (18 * 1024))
    memory = "datapath.weight_memory.lane_0_0.words"
    cells = {f"{memory}.{n}.0": "DP16KD" for n in range(blocks)}
    found = Netlist((), cells).weight_block_rams(config, ECP5, {memory: "DP16KD"})
    assert found == blocks
    less = dict(list(cells.items())[: blocks - 1])
    assert Netlist((), less).weight_block_rams(config, ECP5, {memory: "DP16KD"}) == 0


def test_registers_are_called_as_the_design_calls_them(tmp_path: Path) -> None:
    module = {
        "netnames": {
            "core.a": {"bits": [7, 8]}, "core.a_longer_name": {"bits": [8]},
            "core.b_LUT4_Z": {"bits": [9]}, "core.named": {"bits": [9]},
            "z_TRELLIS_FF_Q": {"bits": [10]},
        },
        "cells": {
            "ff0": {"connections": {"Q": [7]}}, "ff1": {"connections": {"Q": [8]}},
            "ff2": {"connections": {"Q": [9]}}, "ff3": {"connections": {"Q": [10]}},
            "lut": {"connections": {"Z": [11]}}, "open": {"connections": {"Q": []}},
        },
    }  # fmt: skip
    path = tmp_path / "top.json"
    path.write_text(json.dumps({"modules": {"top": module}}))
    assert read_registers(path) == {
        "ff0": "core.a[0]", "ff1": "core.a[1]", "ff2": "core.named", "ff3": "z_TRELLIS_FF_Q",
    }  # fmt: skip


def step(kind: str, delay: float, source: str, sink: str) -> dict:
    return {"type": kind, "delay": delay, "from": {"cell": source}, "to": {"cell": sink},
            "net": source}  # fmt: skip


def test_the_slowest_path_of_the_slowest_clock_is_quoted(tmp_path: Path) -> None:
    def path(delay: float, end: str) -> list[dict]:
        return [step("clk-to-q", 0.5, "core.a", "core.a"), step("routing", delay, "core.a", end),
                step("setup", 0.25, end, end)]  # fmt: skip

    paths = [
        {"from": "posedge a", "to": "posedge a", "path": path(1.0, "core.b")},
        {"from": "posedge a", "to": "posedge a", "path": path(3.0, "core.c")},
        {"from": "posedge a", "to": "posedge a", "path": path(2.0, "core.d")},
        {"from": "posedge a", "to": "<async>", "path": path(9.0, "core.e")},
    ]
    fmax = {"a": {"achieved": 120.0}, "b": {"achieved": 80.0}, "c": {"achieved": 100.0}}
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"fmax": fmax, "critical_paths": paths}))
    found, critical = read_fmax(file, {})
    assert found == 80.0
    assert (critical.source, critical.sink, critical.levels) == ("a", "c", 1)
    assert (critical.logic_ns, critical.routing_ns) == (0.75, 3.0)
    assert critical.inside_core
    paths[1]["path"] = path(3.0, "captured")
    file.write_text(json.dumps({"fmax": fmax, "critical_paths": paths}))
    assert not read_fmax(file, {})[1].inside_core


def test_delays_are_told_to_the_picosecond(tmp_path: Path) -> None:
    steps = [
        step("clk-to-q", 0.1234, "core.a", "core.a"), step("routing", 1.2346, "core.a", "core.b"),
        step("setup", 0.0, "core.b", "core.b"),
    ]  # fmt: skip
    path = {"from": "posedge a", "to": "posedge a", "path": steps}
    file = tmp_path / "report.json"
    file.write_text(json.dumps({"fmax": {"a": {"achieved": 1.0}}, "critical_paths": [path]}))
    _, critical = read_fmax(file, {})
    assert (critical.logic_ns, critical.routing_ns) == (0.123, 1.235)
