"""A plan as tables for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich import box
from rich.table import Table

from golden.config import Config
from scripts.fpga.clock import Clock
from scripts.fpga.plan import Plan
from scripts.fpga.throughput import Work
from scripts.tables import facts


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
    for heading in ("device", "memories", "needed"):
        table.add_column(heading, no_wrap=True)
    for heading in ("clock,\nMHz", "us to\nlearn", "us to\ninfer", "learned\nper second"):
        table.add_column(heading, justify="right", no_wrap=True)
    for plan, clock in zip(found, clocks, strict=True):
        speed = work.at(clock.mhz)
        table.add_row(
            plan.device,
            "fit" if plan.fits else "too large",
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
    for uses in zip(*(plan.uses for plan in families.values()), strict=True):
        memory = uses[0].memory
        cells = (f"{use.count} {use.cell}" if use.count else use.cell for use in uses)
        table.add_row(memory.name, f"{memory.depth:,} x {memory.width:,}", *cells)
    return table
