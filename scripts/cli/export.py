"""The command that hands on what a training has learned."""

from __future__ import annotations

from pathlib import Path

import click

from erbium.golden.config_file import label
from erbium.scripts.cli.options import (
    FOLDER,
    Changes,
    save,
    with_changes,
    with_json,
    with_lanes,
)


@click.command()
@click.argument("run", type=click.Path(path_type=Path), metavar="RUN")
@with_lanes
@with_changes
@click.option("--out", type=FOLDER, help="Folder of the files  [default: build/export/NAME]")
@with_json
def export(
    run: Path, lanes: int | None, changes: Changes, out: Path | None, json_file: Path | None
) -> None:
    """Write a training's weights for other programs: NumPy, Verilog, C; and its configuration.

    If samples were made of other numbers, it is written how.

    RUN is the folder of a run, such as runs/digits/run-0, or a checkpoint.
    """
    from erbium.scripts.train import checkpoint
    from erbium.scripts.train.export import export as write

    path = checkpoint.find(run)
    state = checkpoint.load(path)
    given = changes if lanes is None else changes | {"lanes": lanes}
    config = checkpoint.machine(state, path, given)
    out = out or Path("build", "export", f"{label(config)}-{config.lanes}-run-{state.plan.run}")
    found = write(config, state.weights, out, state.plan.preparation)
    save(json_file, found | {"config": config.as_dict(), "run": state.plan.run})
    for file in found["files"]:
        click.echo(file)
