"""A plan as tables for the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table

from erbium.golden.config import Config
from erbium.scripts.common.tables import facts
from erbium.scripts.fpga.blocks import LOGIC, Use, total
from erbium.scripts.fpga.clock import Clock
from erbium.scripts.fpga.plan import Plan
from erbium.scripts.fpga.throughput import Work


def plans(
    config: Config, found: Sequence[Plan], clocks: Sequence[Clock], work: Work, data: str
) -> Iterable[Table]:
    """Yield what is known about a core before synthesis: cycles, devices, and memories."""
    yield facts(
        f"{config.name}, {config.lanes} lanes; activity of {data}",
        [
            ("cycles of a training sample", work.training_cycles),
            ("cycles of an inference sample", work.inference_cycles),
            ("synaptic operations of a training sample", work.synaptic_operations),
        ],
    )
    yield _devices(found, clocks, work)
    yield _memories(found)


def _devices(found: Sequence[Plan], clocks: Sequence[Clock], work: Work) -> Table:
    table = Table(box=box.SIMPLE)
    for heading in ("device", "fits", "needed"):
        table.add_column(heading, no_wrap=True)
    for heading in ("clock\nMHz", "learn\nus", "infer\nus", "learned\n1/s"):
        table.add_column(heading, justify="right", no_wrap=True)
    for plan, clock in zip(found, clocks, strict=True):
        speed = work.at(clock.mhz)
        table.add_row(
            plan.device,
            "yes" if plan.fits else "no",
            "\n".join(f"{n.needed:,} of {n.available:,} {n.what}" for n in plan.needs),
            f"{clock.mhz:g}\n({clock.origin})",
            f"{speed['training_sample_us']:,.0f}",
            f"{speed['inference_sample_us']:,.0f}",
            f"{speed['training_samples_per_second']:,.0f}",
        )
    return table


def _memories(found: Sequence[Plan]) -> Table:
    table = Table(box=box.SIMPLE)
    table.add_column("memory")
    table.add_column("words x bits", justify="right", no_wrap=True)
    # Devices of one family spend the same: the first stands for all.
    families: dict[object, Plan] = {}
    for plan in found:
        families.setdefault(plan.uses, plan)
    for plan in families.values():
        table.add_column(plan.device)
    # Memories that differ in the numbers in their names only, such as those of lanes, share a row.
    alike: dict[tuple[str, int, int], list[tuple[Use, ...]]] = {}
    for uses in zip(*(plan.uses for plan in families.values()), strict=True):
        memory = uses[0].memory
        kind = re.sub(r"\d+", "*", memory.name), memory.depth, memory.width
        alike.setdefault(kind, []).append(uses)
    for (name, depth, width), rows in alike.items():
        cells = (total(column) or {LOGIC: ""} for column in zip(*rows, strict=True))
        texts = (" ".join(f"{n} {cell}".strip() for cell, n in found.items()) for found in cells)
        times = f"{len(rows)} of " if len(rows) > 1 else ""
        table.add_row(name, f"{times}{depth:,} x {width:,}", *texts)
    return table
