"""Runs: trainings of one configuration with seeds of their own.

Each has a number, and a folder that holds all one may want to know. Its machine's seed is that of
the configuration, plus the number.
"""

from __future__ import annotations

import os
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from erbium import __version__
from erbium.golden.config import Config
from erbium.scripts.common.files import write_csv, write_json
from erbium.scripts.common.interrupt import CtrlC, Stopped
from erbium.scripts.common.progress import Bars
from erbium.scripts.data.augment import NONE, Augment
from erbium.scripts.data.source import Dataset
from erbium.scripts.diagnosis import examination
from erbium.scripts.diagnosis.examination import Examination
from erbium.scripts.train import plots
from erbium.scripts.train.checkpoint import Checkpoint, load
from erbium.scripts.train.training import CHECKPOINT, METRICS, check_new, metrics, seeded, train

#: Where this package lies; the folder of the clone, if it is one.
ROOT = Path(__file__).parents[2]

#: Figures that are averaged over the runs.
AVERAGED = (
    "test_error",
    "validation_error",
    "taught_error",
    "cpu_ms_per_training_sample",
    "synaptic_operations_per_sample",
)


def run(
    config: Config,
    dataset: Dataset,
    rates: list[int],
    *,
    runs: range,
    out: Path,
    bars: Bars,
    augment: Augment = NONE,
    engine: str = "fast",
    resume: bool = False,
) -> dict[str, object]:
    """Train once for each run, as many at a time as there are processor cores, and return the
    figures of all.

    Parameters
    ----------
    config, dataset, rates, augment, engine, resume
        As for `scripts.train.training.train`; the machine is that of run 0.
    runs : range
        Their numbers; the order of the samples and the machine depend on them.
    out : Path
        Folder of the runs: ``run-0`` and so on, and a summary of all.
    bars : Bars
        Shows the progress.

    Raises
    ------
    DataError
        As `scripts.train.training.train`.
    Stopped
        After Ctrl-C; every run has left a checkpoint.
    """
    if not resume:
        # Before any of them trains for hours.
        for number in runs:
            check_new(folder(out, number))
    begun = [number for number in runs if (folder(out, number) / CHECKPOINT).exists()]
    if resume and not begun:
        # Runs that were asked for only now may start; if there is nothing at all, `train` says so.
        begun = list(runs)
    with CtrlC() as ctrl_c, ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:

        def place(number: int) -> str:
            return "" if len(runs) == 1 else f"run {number}: "

        def one(number: int) -> Checkpoint:
            return train(
                seeded(config, number), dataset, rates, run=number, augment=augment,
                engine=engine, out=folder(out, number), resume=number in begun,
                report=bars if len(runs) == 1 else bars.line(f"run {number}"), ctrl_c=ctrl_c,
                after_pass=lambda state: examination.tell_early(state, dataset, place(number)),
            )  # fmt: skip

        futures = [pool.submit(one, number) for number in runs]
        errors = [error for future in futures if (error := future.exception()) is not None]
    if errors:
        # A real failure goes before the news that Ctrl-C was pressed.
        raise min(errors, key=lambda error: isinstance(error, Stopped))
    states = [future.result() for future in futures]
    found = []
    for number, state in zip(runs, states, strict=True):
        found.append(describe(state, dataset, folder(out, number)))
        examination.tell(found[-1], place(number))
    figures = summary(states)
    for values, each in zip(figures.get("runs", [figures]), found, strict=True):
        values |= {"samples": sizes(dataset)} | each.as_dict()
    write_json(out / METRICS, figures)
    return figures


def folder(out: Path, run: int) -> Path:
    """Return the folder of one run; an older program may have called it by its "seed"."""
    old, new = out / f"seed-{run}", out / f"run-{run}"
    return old if old.exists() and not new.exists() else new


def fingerprint(out: Path, runs: range) -> str | None:
    """Return the fingerprint of the data that the runs in `out` learn, if one has begun."""
    for number in runs:
        path = folder(out, number) / CHECKPOINT
        if path.exists():
            return load(path).plan.data_sha256
    return None


def describe(state: Checkpoint, dataset: Dataset, out: Path) -> Examination:
    """Write the figures and pictures of a finished run beside its checkpoint; return what is
    wrong with it.
    """
    found = examination.examine(state, dataset)
    figures = metrics(state) | {"samples": sizes(dataset)} | found.as_dict() | origin()
    write_json(out / METRICS, figures)
    seeds = {"run": state.plan.run, "seed": state.config.seed}
    write_csv(out / "epochs.csv", [seeds | entry for entry in state.history])
    plots.draw_all(state, dataset.test, out)
    return found


def sizes(dataset: Dataset) -> dict[str, int]:
    """Return how many samples each part has, by which a run finds them again."""
    return {name: len(part) for name, part in dataset.parts.items()}


def summary(states: list[Checkpoint]) -> dict[str, object]:
    """Return the figures of all runs: those of the only one, or means and deviations."""
    runs = [metrics(state) for state in states]
    if len(runs) == 1:
        return runs[0] | origin()
    values: dict[str, object] = {
        "preset": runs[0]["preset"],
        "data": runs[0]["data"],
        "run": [run["run"] for run in runs],
        "seed": [run["seed"] for run in runs],
        "config_sha256": [run["config_sha256"] for run in runs],
    } | origin()
    if "augment" in runs[0]:
        values["augment"] = runs[0]["augment"]
    for key in AVERAGED:
        found = [run[key] for run in runs]
        values[key] = statistics.fmean(found)
        values[f"{key}_deviation"] = statistics.stdev(found)
    return values | {"runs": runs}


def origin() -> dict[str, str | None]:
    """Return the version of this program and, in a clone, its commit, "-dirty" after changes."""
    found: dict[str, str | None] = {"erbium_version": __version__, "git_commit": None}
    # An installed package may lie in somebody else's repository.
    if (ROOT / ".git").exists():
        command = ["git", "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
        with suppress(OSError, subprocess.CalledProcessError):
            done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
            found["git_commit"] = done.stdout.strip()
    return found
