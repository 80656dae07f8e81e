"""How well a fit does: four known sets, each split in several ways, beside an MLP of its layers.

``python -m erbium.scripts.fit.acceptance`` runs what is left of it, and prints the means. With
``--at-once 8``, eight fits share the processor, and their minutes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console

from erbium.golden.validate import DataError
from erbium.scripts.common import markdown
from erbium.scripts.common.files import write_json
from erbium.scripts.common.progress import Bars
from erbium.scripts.data.splitting import TEST, stratified

_ERBIUM = str(Path(sys.executable).with_name("erbium"))

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


def measure(name: str, split: int, minutes: float) -> dict[str, Any]:
    """Fit one split of a set by `erbium fit --minutes N`, without any other choice."""
    with tempfile.TemporaryDirectory(prefix="erbium-") as folder:
        path, found = Path(folder, f"{name}.npz"), Path(folder, "found.json")
        write_split(path, name, split)
        arguments = ["--minutes", f"{minutes:g}", "--out", str(Path(folder, "fit"))]
        done = subprocess.run(
            [_ERBIUM, "fit", str(path), *arguments, "--json", str(found)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise click.ClickException(f"fit of {name}, split {split}: {done.stderr.strip()}")
        figures = json.loads(found.read_text())
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
    first = records[0]
    return (
        f"{table}\n\nTime of each fit: {first['minutes']:g} min, {first['at_once']} at once; "
        f"trials: {trials}."
    )


def run(out: Path, minutes: float, splits: int, at_once: int, bars: Bars) -> list[dict[str, Any]]:
    """Do what is left, and return all records; each is written when it is there."""
    records = json.loads(out.read_text()) if out.exists() else []
    for record in records:
        if (record["minutes"], record["at_once"]) != (minutes, at_once):
            raise DataError(
                f"'{out}' was measured with --minutes {record['minutes']} --at-once "
                f"{record['at_once']}, not {minutes} and {at_once}; choose another --out"
            )
    done = {(record["data"], record["split"]) for record in records}
    left = [(name, split) for split in range(splits) for name in SETS]
    left = [each for each in left if each not in done]
    lock = threading.Lock()

    def one(each: tuple[str, int]) -> None:
        record = measure(*each, minutes) | {"at_once": at_once}
        with lock:
            records.append(record)
            records.sort(key=lambda record: (record["split"], list(SETS).index(record["data"])))
            write_json(out, records)
            bars("fits", len(records), len(SETS) * splits, None)

    # A fit is a process of its own: the threads only wait for them.
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        list(pool.map(one, left))
    return records


@click.command()
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=10,
              show_default=True, help="Time of each fit")  # fmt: skip
@click.option("--splits", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--at-once", type=click.IntRange(min=1), default=1, show_default=True,
              help="Fits that share the processor")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), default=PUBLISHED, show_default=True)
def main(minutes: float, splits: int, at_once: int, out: Path) -> None:
    """Fit four known sets, each split in several ways, and print mean test errors."""
    with Bars(Console()) as bars:
        records = run(out, minutes, splits, at_once, bars)
    click.echo(published(records))


if __name__ == "__main__":
    main()
