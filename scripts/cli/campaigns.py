"""Commands that run for long: whole epochs and random configurations, circuit against model."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import click
from rich.console import Console

from scripts import tables
from scripts.cli.coverage import origin, with_out
from scripts.cli.options import COUNT, FOLDER, configured, with_lanes
from scripts.files import write_json
from scripts.shell import Unequal


@click.command()
@click.argument("name", metavar="PRESET", default="mnist-100")
@click.option("--data", default="mnist", show_default=True, help="As for `erbium train`")
@click.option("--samples", type=COUNT, help="Learn so many samples  [default: all]")
@with_lanes
@click.option("--runs", type=FOLDER, default=Path("runs", "epoch"), show_default=True,
              help="Where the checkpoint is kept")  # fmt: skip
@with_out("epoch")
def epoch_equal(
    name: str, data: str, samples: int | None, lanes: int | None, runs: Path, out: Path
) -> None:
    """Learn an epoch in the emitted Verilog and in the golden model; compare everything.

    A command that was stopped goes on from its checkpoint.
    """
    from scripts.data import load
    from scripts.epoch import all_training, run
    from scripts.progress import Bars
    from sim.epoch import State

    config, console = configured(name, lanes, {}), Console()
    # Which folder holds the data is nobody's business; its name is.
    words = [Path(data).name if word == data else word for word in sys.argv[1:]]
    # Now: somebody may edit the sources while this runs.
    figures = origin(config.seed) | {"command": shlex.join(["erbium", *words])}
    with Bars(console) as bars:
        part = all_training(load(data, config, bars)).first(samples, "training samples")

        def progress(state: State) -> None:
            speed = state.cycles / state.seconds / 1e6 if state.seconds else 0
            bars.line("samples")(
                f"{speed:.2f} million cycles/s", state.samples, len(part), state.right or None
            )

        path = runs / f"{name}-{config.lanes}-{Path(data).name}-{len(part)}.npz"
        state = run(config, part, path, progress, build_dir=Path("build", "native"))
    figures |= {"preset": name, "lanes": config.lanes, "data": Path(data).name}
    figures |= state.figures()
    write_json(out, figures)
    console.print(tables.facts(f"{name}: golden model and Verilog", state.figures().items()))
    if not state.equal:
        raise Unequal(f"circuit and golden model differ: {state.mismatch}")
