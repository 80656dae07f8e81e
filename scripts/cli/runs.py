"""Commands that look at a run: what is wrong with it, and a page that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.scripts.cli.data_options import of_training, tell_other, with_data_of_run
from erbium.scripts.cli.options import COUNT, OUTPUT, save, with_json

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source
    from erbium.scripts.diagnosis.explanation import Explanation

with_run = click.argument("run", type=click.Path(path_type=Path), metavar="RUN")

with_samples = click.option(
    "--samples", type=COUNT, help="Training samples to watch  [default: 200, or all there are]"
)


def _explained(run: Path, data: Source, samples: int | None) -> Explanation:
    """Measure a run with its own data, unless others are named."""
    from erbium.scripts.diagnosis.examination import SAMPLES
    from erbium.scripts.diagnosis.explanation import explained
    from erbium.scripts.train import checkpoint
    from erbium.scripts.train.learned import data_of

    path = checkpoint.find(run)
    state = checkpoint.load(path)
    found = data_of(state, path, of_training(data, state))
    tell_other(found)
    return explained(state, found, samples or SAMPLES)


@click.command()
@with_run
@with_data_of_run
@with_samples
@with_json
def diagnose(run: Path, data: Source, samples: int | None, json_file: Path | None) -> None:
    """Explain a run: how it learned, what each layer does, what is wrong, and what helps.

    RUN is the folder of a run, such as runs/digits/run-0, or a checkpoint. Without --data, the
    data are those of the run. Test samples are not looked at again.
    """
    from erbium.scripts.diagnosis import printed

    found = _explained(run, data, samples)
    save(json_file, found.as_dict() | {"run_folder": str(run)})
    printed.show(Console(), found)


@click.command()
@with_run
@with_data_of_run
@with_samples
@click.option("--out", type=OUTPUT, help="The page  [default: view.html, beside the checkpoint]")
@with_json
def view(
    run: Path, data: Source, samples: int | None, out: Path | None, json_file: Path | None
) -> None:
    """Show a run in a page for any browser, which needs nothing but its file.

    Learning curve, what each layer does, spikes, membranes and dendrites, weights, confused
    classes, misread samples, and what is wrong. RUN and data are as for "erbium diagnose".
    """
    from erbium.scripts.train import checkpoint
    from erbium.scripts.view import page

    found = _explained(run, data, samples)
    out = out or checkpoint.find(run).parent / page.PAGE
    page.write(found, out)
    save(json_file, found.as_dict() | {"run_folder": str(run), "page": str(out)})
    click.echo(out)
