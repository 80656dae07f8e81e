"""Commands that run circuit against model for long: epochs, random configurations, tapes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from erbium.golden.config_file import label
from erbium.scripts.cli.campaign_options import finish, origin, with_jobs, with_out, with_seed
from erbium.scripts.cli.data_options import with_data_by_default
from erbium.scripts.cli.options import (
    COUNT,
    FOLDER,
    OUTPUT,
    Changes,
    configured,
    with_augment,
    with_changes,
    with_lanes,
    with_preset,
)
from erbium.scripts.common import tables
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.scripts.data.augment import Augment
    from erbium.scripts.data.source import Source


@click.command()
@click.argument("name", metavar="PRESET", default="mnist-100")
@with_data_by_default("mnist")
@click.option("--samples", type=COUNT, help="Learn so many samples  [default: all]")
@with_augment
@with_lanes
@with_changes
@click.option("--runs", type=FOLDER, default=Path("runs", "epoch"), show_default=True,
              help="Where the checkpoint is kept")  # fmt: skip
@with_out("epoch")
def epoch_equal(
    name: str, data: Source, samples: int | None, augment: Augment | None, lanes: int | None,
    changes: Changes, runs: Path, out: Path,
) -> None:  # fmt: skip
    """Learn an epoch in the emitted Verilog and in the golden model; compare everything.

    A command that was stopped goes on from its checkpoint.
    """
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.data.source import load
    from erbium.scripts.verify.epoch import augmented, run
    from erbium.sim.compare.long_training import State

    config, console = configured(name, lanes, changes), Console()
    # Which folder holds the data is nobody's business; its name is.
    short = Path(data.name).name
    words = [short if word == data.name else word for word in sys.argv[1:]]
    # Now: somebody may edit the sources while this runs.
    figures = origin(config.seed) | {"command": shlex.join(["erbium", *words])}
    with Bars(console) as bars:
        part = augmented(load(data, config, bars), samples, augment)

        def progress(state: State) -> None:
            speed = state.cycles / state.seconds / 1e6 if state.seconds else 0
            bars.line("samples")(
                f"{speed:.2f} million cycles/s", state.samples, len(part), state.right or None
            )

        moved = f"-{augment}" if augment else ""
        path = runs / f"{label(config)}-{config.lanes}-{short}-{len(part)}{moved}.npz"
        state = run(config, part, path, progress, build_dir=Path("build", "native"))
    figures |= {"preset": label(config), "lanes": config.lanes, "data": short}
    figures |= ({"augment": augment.as_dict()} if augment else {}) | state.figures()
    shown = tables.facts(f"{label(config)}: golden model and Verilog", state.figures().items())
    finish("epoch", figures, out, shown)


@click.command()
@click.argument("scenario", required=False)
@click.option("--engine", "engines", multiple=True, metavar="NAME",
              help="Run the given scenario on this engine only; can be repeated")  # fmt: skip
@click.option("--configurations", type=COUNT, default=200, show_default=True)
@click.option("--first", type=click.IntRange(min=0), default=0, help="Number of the first one")
@with_jobs
@with_out("agree")
def agree(
    scenario: str | None, engines: tuple[str, ...], configurations: int, first: int, jobs: int,
    out: Path,
) -> None:  # fmt: skip
    """Draw machines and stories, and run each on several engines; or run one, given as JSON."""
    from erbium.sim.compare.agreement import ENGINES, Disagreement
    from erbium.sim.compare.agreement import agree as run
    from erbium.sim.host.draws import Scenario

    console, build_dir = Console(), Path("build", "agree")
    if unknown := [name for name in engines if name not in ENGINES]:
        raise click.BadParameter(f"{unknown[0]!r} is no engine; choose of: {', '.join(ENGINES)}")
    if scenario is not None:
        try:
            given = Scenario.from_json(scenario)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
        try:
            counts = run(given, engines or ENGINES, build_dir=build_dir)
        except Disagreement as error:
            raise Unequal(str(error)) from error
        console.print(tables.facts("all engines agree", counts.items()))
        return
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.agree import run as campaign

    figures = origin(first)
    with Bars(console) as bars:
        found = campaign(
            configurations, first, jobs, build_dir,
            lambda done: bars("configurations", done, configurations, None),
        )  # fmt: skip
    shown = tables.facts("random configurations", found.items())
    finish("agree", figures | found, out, shown)


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=30.0,
              show_default=True)  # fmt: skip
@click.option("--cycles", type=COUNT, default=50_000_000, show_default=True,
              help="Clock cycles of each machine")  # fmt: skip
@click.option("--only", type=click.IntRange(min=0), help="Run this machine alone, once")
@click.option("--runs", type=FOLDER, default=Path("runs", "soak"), show_default=True,
              help="Where the count of all runs is kept")  # fmt: skip
@with_seed
@with_jobs
@with_out("soak")
def soak(
    minutes: float, cycles: int, only: int | None, runs: Path, seed: int, jobs: int, out: Path
) -> None:
    """Run random machines with random traffic for long; the count goes on from run to run."""
    from erbium.scripts.verify.soak import Count, run, stretch

    console, build_dir = Console(), Path("build", "soak")
    if only is not None:
        found, _, failures = stretch(seed, only, cycles, 60 * minutes, build_dir)
        console.print(tables.facts(f"machine {only}", found.as_dict().items()))
        if failures:
            raise Unequal(failures[0])
        return
    figures = origin(seed)
    with console.status("build and run random machines") as status:

        def progress(found: dict[str, Any]) -> None:
            status.update(
                f"{found['configurations']:,} machines, {found['cycles']['verilator']:,} cycles "
                f"on Verilator, {found['cycles']['icarus']:,} on Icarus"
            )

        found = run(
            Count(runs, seed), seed, minutes=minutes, cycles=cycles, jobs=jobs,
            build_dir=build_dir, progress=progress,
        )  # fmt: skip
    finish("soak", figures | found, out, tables.facts("all runs together", found.items()))


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
    from erbium.scripts.verify.replay import run
    from erbium.sim.host.scenarios import SAMPLES

    config, console, figures = configured(name, lanes, changes), Console(), origin(seed)
    with console.status("replay") as status:
        found = run(config, seed, samples or SAMPLES, status.update)
    shown = tables.facts(f"{label(config)}: every port and unit", found.items())
    finish("replay", figures | found, out, shown)
