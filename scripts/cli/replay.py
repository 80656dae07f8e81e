"""The command that compares every cycle at the speed of compiled code."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.golden.config_file import label
from erbium.scripts.cli.campaign_options import origin, with_seed
from erbium.scripts.cli.options import (
    COUNT,
    OUTPUT,
    Changes,
    configured,
    save,
    with_changes,
    with_lanes,
    with_preset,
)
from erbium.scripts.common import tables
from erbium.scripts.common.shell import Unequal


@click.command()
@with_preset
@with_lanes
@with_changes
@click.option("--samples", type=COUNT, help="Samples in a row  [default: those of the bench]")
@with_seed
@click.option("--out", type=OUTPUT, help="File of the report's figures")
def replay(
    name: str, lanes: int | None, changes: Changes, samples: int | None, seed: int, out: Path | None
) -> None:
    """Run the bench of the core from a tape, at the speed of compiled code.

    What the golden model does in every cycle is recorded once, and kept until the model or the
    bench changes. The Verilog is built anew each time.
    """
    from erbium.sim.host.scenarios import SAMPLES
    from erbium.sim.tape.replay import replay as run

    config, console, figures = configured(name, lanes, changes), Console(), origin(seed)
    with console.status("replay") as status:
        found = run(
            config,
            build_dir=Path("build", "tape"),
            seed=seed,
            samples=samples or SAMPLES,
            told=status.update,
        )
    save(out, figures | found.as_dict())
    console.print(tables.facts(f"{label(config)}: every port and unit", found.as_dict().items()))
    if found.mismatch:
        raise Unequal(f"circuit and golden model differ in {found.mismatch}")
