"""Tables for the terminal: headings, sides, and names that stay whole on a narrow screen."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from erbium.golden.presets import PRESETS, preset
from erbium.scripts.common import tables
from erbium.scripts.fpga import find_device, plan_tables
from erbium.scripts.fpga.clock import Clock
from erbium.scripts.fpga.plan import plan
from erbium.scripts.fpga.throughput import Work
from erbium.scripts.verify import formal

TINY = preset("tiny")


def columns(table: Table) -> list[tuple[str, str, bool]]:
    """Return heading, side and whether it stays in one line, of each column."""
    return [(str(one.header), one.justify, one.no_wrap) for one in table.columns]


def test_facts_have_no_headings() -> None:
    console = Console(width=60)
    with console.capture() as capture:
        console.print(tables.facts("of tiny", [("samples", 12_345)]))
    lines = [line.strip() for line in capture.get().splitlines() if line.strip()]
    assert [" ".join(line.split()) for line in lines] == ["of tiny", "samples 12,345"]


def test_columns_of_presets() -> None:
    right = ("synapses", "weight\nbits", "weights\nKibit", "lanes", "ticks")
    assert columns(tables.presets(PRESETS.values())) == [
        ("preset", "left", True),
        ("layers", "left", True),
        *((heading, "right", True) for heading in right),
    ]


def test_columns_of_a_plan() -> None:
    devices = ("ecp5-25", "ecp5-85", "up5k")
    found = [plan(TINY, find_device(name)) for name in devices]
    clocks = [Clock(50.0, "measured") for _ in devices]
    work = Work(lanes=2, training_cycles=100, inference_cycles=80, synaptic_operations=40)
    _, sizes, memories = plan_tables.plans(TINY, found, clocks, work, "digits")
    right = ("clock\nMHz", "learn\nus", "infer\nus", "learned\n1/s")
    assert columns(sizes) == [
        *((heading, "left", True) for heading in ("device", "fits", "needed")),
        *((heading, "right", True) for heading in right),
    ]
    # Devices of one family share a column.
    assert columns(memories) == [
        ("memory", "left", False),
        ("words x bits", "right", True),
        ("ecp5-25", "left", False),
        ("up5k", "left", False),
    ]


def test_proofs_have_a_row_each() -> None:
    def proof(name: str, *faults: str) -> dict[str, object]:
        twins = [{"fault": fault, "cycle": 7 + n} for n, fault in enumerate(faults)]
        return {"name": name, "method": "induction", "bound": "for ever",
                "covers": {"a": 1, "b": 2}, "twins": twins, "seconds": 12.6}  # fmt: skip

    table = formal.table({"proofs": [proof("one", "x", "y"), proof("two")]})
    assert list(zip(*(column.cells for column in table.columns), strict=True)) == [
        ("one", "induction", "for ever", "2", "x (7)\ny (8)", "13"),
        ("two", "induction", "for ever", "2", "", "13"),
    ]
