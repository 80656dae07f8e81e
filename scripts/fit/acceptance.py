"""How well a fit does: four known sets, each split in several ways, beside an MLP of its layers.

``python -m erbium.scripts.fit.acceptance`` runs what is left of it, and prints the means.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from erbium.golden.validate import DataError
from erbium.scripts.common import markdown
from erbium.scripts.common.files import write_json
from erbium.scripts.common.progress import Bars
from erbium.scripts.data.source import Source
from erbium.scripts.data.splitting import TEST, stratified
from erbium.scripts.fit import fitting
from erbium.scripts.fit.problem import pose

#: Where the published figures are.
PUBLISHED = Path("docs", "results", "fit", "acceptance.json")

#: What is kept of a fit.
KEPT = (
    "layers",
    "inputs",
    "validation_error",
    "test_error",
    "baseline_errors",
    "trials",
    "seconds",
)

#: Rows and columns of enlarged digits, and how often each pixel is repeated both ways.
SIDE, REPEATED = 20, 3

Rows = tuple[np.ndarray, np.ndarray]


def _table(name: str) -> Callable[[], Rows]:
    def load() -> Rows:
        from sklearn import datasets

        found = getattr(datasets, f"load_{name}")()
        return found.data, found.target

    return load


def _enlarged() -> Rows:
    """Return digits with each pixel repeated, cut to the middle."""
    x, y = _table("digits")()
    images = x.reshape(-1, 8, 8).repeat(REPEATED, axis=1).repeat(REPEATED, axis=2)
    first = (images.shape[1] - SIDE) // 2
    middle = slice(first, first + SIDE)
    return images[:, middle, middle].reshape(len(x), -1), y


#: Loads samples and classes of each set.
SETS: dict[str, Callable[[], Rows]] = {
    "wine": _table("wine"),
    "breast-cancer": _table("breast_cancer"),
    "digits": _table("digits"),
    "digits-20x20": _enlarged,
}


def write_split(path: Path, name: str, split: int) -> None:
    """Write a set with a fifth of each class told apart for the test."""
    x, y = SETS[name]()
    rest, aside = stratified(y, TEST, np.random.default_rng((split, 0)))
    np.savez(path, x=x[rest], y=y[rest], x_test=x[aside], y_test=y[aside])


def measure(name: str, split: int, minutes: float, bars: Bars) -> dict[str, Any]:
    """Fit one split of a set, as `erbium fit` does without any other argument."""
    with tempfile.TemporaryDirectory(prefix="erbium-") as folder:
        path = Path(folder, f"{name}.npz")
        write_split(path, name, split)
        figures = fitting.fit(pose(Source(str(path))), Path(folder, "fit"), minutes=minutes,
                              bars=bars)  # fmt: skip
    return {"data": name, "split": split, "minutes": minutes} | {k: figures[k] for k in KEPT}


def means(records: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Return the number of splits and the mean test errors of each set."""
    found = {}
    for name in SETS:
        of_set = [record for record in records if record["data"] == name]
        if of_set:
            found[name] = {
                "splits": len(of_set),
                "fit": float(np.mean([r["test_error"] for r in of_set])),
                **{each: float(np.mean([r["baseline_errors"][each] for r in of_set]))
                   for each in of_set[0]["baseline_errors"]},
            }  # fmt: skip
    return found


def published(records: list[dict[str, Any]]) -> str:
    """Return what docs/fit.md says of records: a table of means, and how they came about."""
    table = markdown.rows(
        ("data", "splits", "fit", "MLP of its layers", "logistic regression"),
        ((name, found["splits"],
          *(f"{100 * found[key]:.2f}" for key in ("fit", "mlp", "logistic_regression")))
         for name, found in means(records).items()),
    )  # fmt: skip
    trials = markdown.count_range(record["trials"] for record in records)
    return f"{table}\n\nTime of each fit: {records[0]['minutes']:g} min; trials: {trials}."


def run(out: Path, minutes: float, splits: int, bars: Bars) -> list[dict[str, Any]]:
    """Do what is left, and return all records; each is written when it is there."""
    records = json.loads(out.read_text()) if out.exists() else []
    for record in records:
        if record["minutes"] != minutes:
            raise DataError(
                f"'{out}' was measured with --minutes {record['minutes']}, not {minutes}; "
                "choose another --out"
            )
    done = {(record["data"], record["split"]) for record in records}
    for split in range(splits):
        for name in SETS:
            if (name, split) not in done:
                records.append(measure(name, split, minutes, bars))
                write_json(out, records)
    return records


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=10,
              show_default=True, help="Time of each fit")  # fmt: skip
@click.option("--splits", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=PUBLISHED, show_default=True)
def main(minutes: float, splits: int, out: Path) -> None:
    """Fit four known sets, each split in several ways, and print mean test errors."""
    with Bars(Console()) as bars:
        records = run(out, minutes, splits, bars)
    click.echo(published(records))


if __name__ == "__main__":
    main()
