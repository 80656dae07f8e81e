"""Tables for the terminal: every figure of a result is in its own row."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from erbium.golden.presets import PRESETS, preset
from erbium.scripts.common import tables
from erbium.scripts.fpga import CriticalPath, FpgaResult, find_device
from erbium.scripts.fpga import plan_tables as planned
from erbium.scripts.fpga.bitstream import BitstreamResult
from erbium.scripts.fpga.clock import Clock
from erbium.scripts.fpga.plan import plan
from erbium.scripts.fpga.throughput import Work

PATH = CriticalPath("control.a", "datapath.b", 3.25, 4.75, 9, ("control.a",), True)


def cells(table: Table) -> list[tuple[str, ...]]:
    """Return the rows of a table."""
    return list(zip(*(list(column.cells) for column in table.columns), strict=True))


def test_values_are_readable() -> None:
    values = [("a", True), ("b", False), ("c", 12_345), ("d", 0.123456), ("e", 1234.6),
              ("f", {"x": 1, "y": 2000}), ("g", "text"), ("h", -1000.0), ("i", 999.4), ("j", None),
              ("k", 0)]  # fmt: skip
    table = tables.facts("a title", values)
    assert table.title == "a title"
    assert dict(cells(table)) == {
        "a": "yes", "b": "no", "c": "12,345", "d": "0.1235", "e": "1,235", "f": "x 1, y 2,000",
        "g": "text", "h": "-1,000", "i": "999.4", "j": "None", "k": "0",
    }  # fmt: skip


def test_presets_are_described() -> None:
    found = {row[0]: row[1:] for row in cells(tables.presets(PRESETS.values()))}
    assert set(found) == set(PRESETS)
    one = preset("mnist-100")
    synapses = 784 * 100 + 100 * 10
    assert found["mnist-100"] == (
        "784-100-10", f"{synapses:,}", str(one.weight_bits),
        f"{synapses * one.weight_bits / 1024:,.0f}", str(one.lanes), str(one.ticks),
    )  # fmt: skip


def test_names_of_presets_are_whole_in_a_usual_terminal() -> None:
    console = Console(width=80)
    with console.capture() as capture:
        console.print(tables.presets(PRESETS.values()))
    assert "…" not in capture.get()


def result(**changes: object) -> FpgaResult:
    values = {
        "preset": "tiny", "lanes": 3, "device": "ecp5-25", "luts": 1111, "ffs": 2222,
        "brams": {"DP16KD": 33, "OTHER": 44}, "weight_brams": 5,
        "weight_memory_in_block_ram": True, "memories": {}, "distributed_ram": 6, "dsps": 7,
        "cells": {}, "seeds": (1, 2, 3), "fmax_mhz": 88.5, "fmax_range": (80.25, 99.75),
        "critical_path": PATH, "tools": {}, "bitstream": "top.bit",
    }  # fmt: skip
    return FpgaResult(**values | changes)


def test_synthesis_is_told() -> None:
    table = tables.synthesis(result())
    assert table.title == "tiny, 3 lanes, on ecp5-25"
    assert cells(table) == [
        ("4-input LUTs", "1,111"), ("flip-flops", "2,222"), ("block RAMs DP16KD", "33"),
        ("block RAMs OTHER", "44"), ("multipliers", "7"),
        ("clock", "88.5 MHz, 80.25 to 99.75 over (1, 2, 3)"),
        ("critical path", "control.a to datapath.b, 9 cells"), ("bitstream", "top.bit"),
    ]  # fmt: skip
    bare = result(fmax_mhz=None, fmax_range=None, critical_path=None, bitstream=None, seeds=())
    assert [name for name, _ in cells(tables.synthesis(bare))][-1] == "multipliers"


def test_bitstream_is_told() -> None:
    found = BitstreamResult(
        board="ulx3s", device="ecp5-85", preset="tiny", lanes=3, bitstream="top.bit", size=12_345,
        asked_mhz=60, clock_mhz=59.5, fmax_mhz=71.25, luts=1111, ffs=2222, brams={"DP16KD": 33},
        dsps=7, critical_path=PATH, tools={},
    )  # fmt: skip
    table = tables.bitstream(found)
    assert table.title == "tiny, 3 lanes, on ulx3s"
    assert cells(table) == [
        ("file", "top.bit"), ("bytes", "12,345"), ("clock asked", "60 MHz"),
        ("clock made", "59.5 MHz"), ("clock reached", "71.25 MHz"), ("4-input LUTs", "1,111"),
        ("flip-flops", "2,222"), ("block RAMs DP16KD", "33"),
    ]  # fmt: skip


def test_training_is_told() -> None:
    figures = {
        "preset": "tiny", "data": "noise", "run": 3, "seed": 4, "test_error": 0.1111,
        "validation_error": 0.2222, "taught_error": 0.3333,
        "synaptic_operations_per_sample": 5555.4, "cpu_ms_per_training_sample": 0.66666,
    }  # fmt: skip
    assert cells(tables.training(figures)) == [
        ("test error", "11.11%"), ("validation error", "22.22%"),
        ("error while being taught", "33.33%"), ("synaptic operations per sample", "5,555"),
        ("processor time per sample (ms)", "0.6667"),
    ]  # fmt: skip
    assert tables.training(figures).title == "tiny, noise, run 3 (seed 4)"
    several = figures | {"test_error_deviation": 0.0123}
    assert cells(tables.training(several))[0] == ("test error", "11.11% +- 1.23%")
    assert cells(tables.training(several))[1] == ("validation error", "22.22%")


def test_plans_are_told() -> None:
    config = preset("digits")
    chips = [find_device(name) for name in ("up5k", "ecp5-25", "ecp5-85")]
    found = [plan(config, chip) for chip in chips]
    clocks = [Clock(20.0, "measured"), Clock(50.0, "given"), Clock(200.0, "target")]
    work = Work(4, 1000.0, 500.0, 3000.0)
    first, devices, memories = planned.plans(config, found, clocks, work, "noise")
    assert cells(first) == [
        ("cycles of a training sample", "1,000"), ("cycles of an inference sample", "500"),
        ("synaptic operations of a training sample", "3,000"),
    ]  # fmt: skip
    assert first.title == "digits, 4 lanes; activity of noise"
    for row, one, mhz, origin in zip(cells(devices), found, (20, 50, 200),
                                     ("measured", "given", "target"), strict=True):  # fmt: skip
        needs = "\n".join(f"{n.needed:,} of {n.available:,} {n.what}" for n in one.needs)
        assert row == (
            one.device, "yes" if one.fits else "no", needs, f"{mhz}\n({origin})",
            f"{1000 / mhz:,.0f}", f"{500 / mhz:,.0f}", f"{1000 * mhz:,.0f}",
        )  # fmt: skip
    # The two of one family spend the same.
    assert [column.header for column in memories.columns] == [
        "memory", "words x bits", "up5k", "ecp5-25",
    ]  # fmt: skip
    rows = {row[0]: row[1:] for row in cells(memories)}
    lanes = [use for use in found[0].uses if "weight_memory" in use.memory.name]
    memory = lanes[0].memory
    assert rows["datapath.weight_memory.lane_*_*.words"] == (
        f"4 of {memory.depth:,} x {memory.width:,}",
        f"{sum(use.count for use in lanes)} SB_RAM40_4K",
        " ".join(f"{use.count * 4} {use.cell}" for use in found[1].uses
                 if use.memory.name == memory.name),
    )  # fmt: skip
    assert rows["datapath.membrane_memory.words"][0].startswith(
        f"{found[0].uses[4].memory.depth:,} x "
    )
