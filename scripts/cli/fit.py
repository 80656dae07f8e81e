"""The command that finds a network for somebody's data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.scripts.cli.data_options import with_data_argument, with_hidden
from erbium.scripts.cli.options import COUNT, FOLDER, save, with_json

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source


@click.command()
@with_data_argument
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=10,
              show_default=True, help="Time for all of it, about")  # fmt: skip
@click.option("--trials", type=COUNT, help="Most trials  [default: as many as there is time for]")
@click.option("--device", metavar="DEVICE", help="Device that the memories have to fit, as up5k")
@with_hidden
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True,
              help="Of machines and search")  # fmt: skip
@click.option("--out", type=FOLDER, help="Folder of what is found  [default: runs/fit-DATA]")
@click.option("--resume", is_flag=True, help="Go on with the search in --out")
@with_json
def fit(
    data: Source, minutes: float, trials: int | None, device: str | None,
    hidden: tuple[int, ...] | None, seed: int, out: Path | None, resume: bool,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Find a network for your data: propose, search, train, compare.

    DATA is a CSV, .npz or .npy file; a folder of images by class, or with MNIST's files; or the
    name of a set, as for --data of other commands. Choices are made by validation samples; test
    samples are looked at once, at the end.
    """
    from erbium.extras import require

    require("optuna")
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.common.tables import facts
    from erbium.scripts.data.fitted import named_after
    from erbium.scripts.fit import fitting
    from erbium.scripts.fit.problem import pose
    from erbium.scripts.fpga.device import find_device

    console = Console()
    found = find_device(device) if device else None
    with Bars(console) as bars:
        problem = pose(data, hidden=hidden, device=found, seed=seed, report=bars)
        out = out or Path("runs", f"fit-{named_after(data.name, ())}")
        figures = fitting.fit(
            problem, out, minutes=minutes, trials=trials, resume=resume, bars=bars
        )
    save(json_file, figures)
    rows = [
        ("network", "-".join(map(str, figures["layers"]))),
        ("inputs added", figures["inputs"] or "none"),
        ("trials", str(figures["trials"])),
        ("validation error", f"{figures['validation_error']:.2%}"),
        ("test error", f"{figures['test_error']:.2%}"),
        *((f"test error, {name.replace('_', ' ')}", f"{error:.2%}")
          for name, error in figures["baseline_errors"].items()),
        ("configuration", figures["config"]),
        ("run", figures["run"]),
    ]  # fmt: skip
    console.print(facts(f"fit of {figures['data']}", rows))
    click.echo(f"see {figures['page']}")
