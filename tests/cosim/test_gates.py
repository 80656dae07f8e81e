"""Netlists of FPGA cells learn as the golden model does, every port compared in every cycle."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.hw.verilog.emission import module_name
from erbium.scripts.fpga.cells import Netlist
from erbium.scripts.fpga.device import FAMILIES, find_family
from erbium.scripts.fpga.gates import NoModel, check_models, write_gates
from erbium.sim.engines.runner import SIMULATORS, BenchError, run_bench

TINY = preset("tiny")

#: A whole learned sample, with and without stalls: Icarus needs seconds for each.
LEARN = {"only": "learns", "extra": {"samples": 1}}

#: Block RAM that must be in the netlist, as it is in the chip.
BLOCK_RAM = {"ice40": "SB_RAM40_4K", "ecp5": "DP16KD"}


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_netlist_equals_golden(family: str, tmp_path: Path) -> None:
    gates, netlist = write_gates(TINY, find_family(family), tmp_path)
    assert netlist.count()[BLOCK_RAM[family]] > 0
    # Cell for cell what is placed.
    for kind, count in netlist.count().items():
        assert len(re.findall(rf"^  {kind} ", gates.read_text(), re.MULTILINE)) == count
    results = [
        run_bench("core", TINY, simulator, build_dir=tmp_path, netlist=gates, **LEARN)
        for simulator in SIMULATORS
    ]
    for result in results:
        print(result)
        assert result.tests == 2
        assert result.mismatches == 0
        assert min(result.cycles, result.values) > 1000
    # Both simulators were shown the same.
    assert len({(result.cycles, result.values) for result in results}) == 1


@pytest.mark.slow
def test_netlist_with_single_port_ram_equals_golden(tmp_path: Path) -> None:
    config = TINY.replace(name="tiny-spram", memory="spram", lanes=4)
    gates, netlist = write_gates(config, find_family("ice40"), tmp_path)
    assert netlist.count()["SB_SPRAM256KA"] == 2
    # The cell's model makes what it has read unknown when it writes, and Icarus keeps that.
    learn = LEARN | {"extra": {"samples": 2}}
    result = run_bench("core", config, "icarus", build_dir=tmp_path, netlist=gates, **learn)
    assert (result.tests, result.mismatches) == (2, 0)
    assert min(result.cycles, result.values) > 1000


def _inverted(match: re.Match[str]) -> str:
    return f"{match[1]}{int(match[2], 16) ^ 0xFFFF:04x}"


def _loose(match: re.Match[str]) -> str:
    return f"{match[1]}1'h0)"


#: Faults: where they can be planted, and what is written there.
FAULTS: dict[str, tuple[str, Callable[[re.Match[str]], str]]] = {
    "table of a LUT inverted": (r"(^    \.(?:LUT_)?INIT\(16'h)(\w{4})", _inverted),
    "data of a flip-flop tied to 0": (
        r"(^  (?:SB_DFF\w*|TRELLIS_FF) [^;]*?^    \.DI?\()[^)]*\)",
        _loose,
    ),
}


def places(text: str, fault: str) -> list[re.Match[str]]:
    """Return where a fault can be planted."""
    return list(re.finditer(FAULTS[fault][0], text, re.MULTILINE))


def plant(text: str, fault: str, share: float) -> str:
    """Plant a fault at the place that lies after `share` of all places."""
    found = places(text, fault)
    place = found[int(share * len(found))]
    return text[: place.start()] + FAULTS[fault][1](place) + text[place.end() :]


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_planted_fault_is_found(family: str, tmp_path: Path) -> None:
    gates, cells = write_gates(TINY, find_family(family), tmp_path)
    models, top, netlist = gates.read_text().partition(f"module {module_name(TINY)}(")
    tables, flip_flops = (len(places(netlist, fault)) for fault in FAULTS)
    assert tables == cells.count()["SB_LUT4"] + cells.count()["LUT4"]
    assert flip_flops == cells.ffs(find_family(family))
    for fault in FAULTS:
        # Some tables have entries that no core ever reads, so up to three places are tried.
        assert any(
            _is_found(models + top, netlist, fault, share, gates) for share in (0.5, 0.4, 0.6)
        ), fault


def _is_found(models: str, netlist: str, fault: str, share: float, gates: Path) -> bool:
    faulty = plant(netlist, fault, share)
    lines = zip(faulty.splitlines(), netlist.splitlines(), strict=True)
    assert sum(a != b for a, b in lines) == 1
    gates.write_text(models + faulty)
    try:
        run_bench("core", TINY, "icarus", build_dir=gates.parent, netlist=gates, **LEARN)
    except BenchError as error:
        # Any other failure is none of the comparison's.
        if re.search(r"with [1-9]\d* mismatches", str(error)):
            return True
        raise
    return False


def test_cell_without_model_is_named() -> None:
    netlist = Netlist((), {"a": "LUT4", "b": "EHXPLLL"})
    with pytest.raises(NoModel, match="there is no model of EHXPLLL, a cell of erbium_tiny"):
        check_models("module LUT4(input A);\nendmodule\n", netlist, "erbium_tiny")
