"""Commands that learn: one training, many, and the published results."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.scripts.cli.data_options import configured_for, with_data, with_hidden
from erbium.scripts.cli.options import (
    COUNT,
    FILE,
    FOLDER,
    Changes,
    save,
    with_augment,
    with_changes,
    with_json,
)
from erbium.scripts.common import tables
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.golden.config import Config
    from erbium.scripts.data.augment import Augment
    from erbium.scripts.data.source import Source
    from erbium.scripts.sweep import Instead


def _rates(_context: click.Context, _option: click.Parameter, text: str | None) -> list[int] | None:
    from erbium.scripts.train.rates import parsed

    try:
        return None if text is None else parsed(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


rates_option = click.option(
    "--rates",
    callback=_rates,
    help="Rate 0 to 256 per epoch, instead of --epochs, such as 256x3,128x2,64",
)


def _numbers(
    first: int | None, count: int | None, seed: int | None, seeds: int | None, config: Config
) -> range:
    """Return the numbers of the runs, which may be given by their old names.

    "Seed" was misunderstood: the seed of a machine is that of its configuration plus the run's
    number.
    """
    for old, new, name in ((seed, first, "run"), (seeds, count, "runs")):
        if old is not None and new is not None:
            raise click.BadParameter(f"--seed{name[3:]} is the old name of --{name}; give one")
    first, count = (
        next((value for value in values if value is not None), default)
        for values, default in (((first, seed), 0), ((count, seeds), 1))
    )
    if seed is not None or seeds is not None:
        from erbium.scripts.train.training import seeded

        click.echo(
            f"erbium: warning: --seed and --seeds are called --run and --runs now; run {first} has "
            f"seed {seeded(config, first).seed}, which is the configuration's, {config.seed}, plus "
            f"{first}",
            err=True,
        )
    return range(first, first + count)


@click.command()
@click.argument("name", metavar="[PRESET]", required=False)
@with_changes
@with_data
@with_hidden
@click.option("--epochs", type=COUNT, default=10, show_default=True, help="Passes over the data")
@rates_option
@with_augment
@click.option("--samples", type=int, help="Training samples to use  [default: all]")
@click.option("--validation", type=int, help="Validation samples to use  [default: all]")
@click.option("--test", type=int, help="Test samples to use  [default: all]")
@click.option("--run", "first", type=click.IntRange(min=0),
              help="Number of the first run: is added to the configuration's seed, and decides the "
              "order of the samples  [default: 0]")  # fmt: skip
@click.option("--runs", "count", type=COUNT, help="Trainings, with numbers that follow each other"
              "  [default: 1]")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), hidden=True)
@click.option("--seeds", type=COUNT, hidden=True)
@click.option("--engine", type=click.Choice(("fast", "numpy")), default="fast",
              show_default=True, help="Compiled, or NumPy: the results are the same")  # fmt: skip
@click.option("--out", type=FOLDER, help="Folder of the runs  [default: runs/NAME]")
@click.option("--resume", is_flag=True, help="Go on with the checkpoints in --out")
@with_json
def train(
    name: str | None, changes: Changes, data: Source, hidden: tuple[int, ...] | None,
    epochs: int, rates: list[int] | None,
    augment: Augment | None, samples: int | None, validation: int | None, test: int | None,
    first: int | None, count: int | None, seed: int | None, seeds: int | None, engine: str,
    out: Path | None, resume: bool, json_file: Path | None,
) -> None:  # fmt: skip
    """Train the golden model; draw what it learned.

    With --hidden, the network has the inputs and classes of the data, and PRESET may be left out.
    """
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.data.augment import NONE
    from erbium.scripts.data.source import load
    from erbium.scripts.train import runs, training

    config = configured_for(name, None, changes, data, hidden)
    numbers = _numbers(first, count, seed, seeds, config)
    out, console = out or Path("runs", config.name), Console()
    rates = training.falling_rates(epochs) if rates is None else rates
    with Bars(console) as bars:
        dataset = load(
            data, config, bars, limits=(samples, validation, test),
            sha256=runs.fingerprint(out, numbers) if resume else None,
        )  # fmt: skip
        figures = runs.run(
            config, dataset, rates, runs=numbers, out=out, bars=bars,
            augment=augment or NONE, engine=engine, resume=resume,
        )  # fmt: skip
    save(json_file, figures)
    console.print(tables.training(figures))
    if figures.get("classes") and figures.get("confusion"):
        console.print(tables.confusion(_counts(figures["confusion"]), figures["classes"]))
    click.echo(f"see {out}")


def _counts(confusion: list[list[int]]) -> dict[tuple[int, int], int]:
    """Return test samples by class and winner."""
    return {
        (label, winner): count
        for label, row in enumerate(confusion)
        for winner, count in enumerate(row)
    }


@click.command()
@click.argument("file", type=FILE)
@click.option("--data", help="Data to use instead of those the file names")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers to use")
@click.option("--workers", type=COUNT, help="Processes on this machine  [default: one per core]")
@click.option("--out", type=FOLDER, help="Folder of the results  [default: runs/sweep-NAME]")
@with_json
def sweep(
    file: Path, data: str | None, scheduler: str | None, workers: int | None, out: Path | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Run all trainings that a file describes, and those again that failed or are missing.

    Settings are ranked by their validation error; the test error is that of the best only.
    """
    if scheduler and workers:
        raise click.BadParameter("--workers starts its own; with --scheduler, leave it out")
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.sweep import Store, read, run, summary

    console = Console()
    with Bars(console) as bars:
        jobs = read(file, data, bars)
        store = Store(out or Path("runs", f"sweep-{jobs.name}"))
        failures = run(
            jobs, store, scheduler=scheduler, workers=workers, report=bars,
            failed=lambda failure: console.print(f"failed: {failure}", markup=False),
        )  # fmt: skip
    settings = summary.summarize(jobs, store)
    save(json_file, {"name": jobs.name, "data": jobs.data.name, "settings": settings,
                      "chosen": summary.chosen(settings),
                      "failed": [str(failure) for failure in failures]})  # fmt: skip
    console.print(summary.table(f"{jobs.name}, see {store.path.parent}", settings))
    if failures:
        raise Unequal(
            f"{len(failures)} of {len(jobs.jobs)} jobs failed, see above; run the same command to "
            "try them again"
        )


def _instead(_context: click.Context, _option: click.Parameter, texts: tuple[str, ...]) -> Instead:
    """Return one set of data for all sweeps, or several by the name that they stand for."""
    from erbium.scripts.data.fetch import SOURCES

    found: dict[str, str] = {}
    for text in texts:
        name, equals, data = text.partition("=")
        if not equals or name not in SOURCES:
            if len(texts) > 1:
                raise click.BadParameter(
                    f"{text!r} would stand for all data; with several, say for which: "
                    f"{' or '.join(f'{known}={text}' for known in SOURCES)}"
                )
            return text
        found[name] = data
    return found or None


@click.command()
@click.option("--data", multiple=True, callback=_instead, metavar="[NAME=]DATA",
              help="Data to use instead of those the sweeps name, or of those of this name; can be "
              "repeated")  # fmt: skip
@click.option("--quick", is_flag=True, help="Few samples and one seed, to see that all works")
@click.option("--draw", is_flag=True, help="Only draw and write what is already measured")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers to use")
@with_json
def results(
    data: Instead, quick: bool, draw: bool, scheduler: str | None, json_file: Path | None
) -> None:
    """Measure what docs/results.md states, as far as it is missing, and write it again."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.results import sweeps as campaign

    out, text, console = campaign.FOLDER, campaign.FOLDER.with_suffix(".md"), Console()
    if quick:
        out, text = Path("build", "results"), Path("build", "results.md")
    failures = []
    if not draw:
        with Bars(console) as bars:
            failures = campaign.measure(
                out, data=data, quick=quick, scheduler=scheduler, started=bars.line,
                failed=lambda failure: console.print(f"failed: {failure}", markup=False),
            )  # fmt: skip
    if failures:
        raise Unequal(f"{len(failures)} jobs failed, see above; run the same command to try again")
    jobs = campaign.described(quick)
    found = campaign.found(out, jobs)
    written = campaign.publish(found, out, text, campaign.missing(jobs, found))
    save(json_file, {"files": [str(path) for path in written]})
    for path in written:
        click.echo(path)
