"""What a sweep has found: a line for each setting, over its runs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from rich import box
from rich.table import Table

from erbium.scripts.sweep.description import Sweep
from erbium.scripts.sweep.job import AUGMENTS, BASELINES, CONSTANTS, FAULTS, LIMITS, Job
from erbium.scripts.sweep.store import Store

#: What settings are ranked by; the test part is for the one that is chosen so.
RANKED = "validation_error"

#: What is averaged over the runs.
FIGURES = (RANKED, "test_error")


def summarize(sweep: Sweep, store: Store) -> list[dict[str, Any]]:
    """Return, for each setting of `sweep`, its values and its mean validation and test error.

    Jobs that differ only in their runs are one setting. Of the values, those are left out that
    are the same in all settings. An error is None while there is no result, and its deviation
    while there is but one. The order is that of the sweep.
    """
    settings: dict[str, tuple[dict[str, object], set[str]]] = {}
    for job, values in zip(sweep.jobs, _values(sweep.jobs), strict=True):
        settings.setdefault(repr(values), (values, set()))[1].add(job.key)
    return [
        {"setting": values, "jobs": len(keys)} | _figures(keys, store)
        for values, keys in settings.values()
    ]


def _figures(keys: set[str], store: Store) -> dict[str, Any]:
    results = [record["result"] for key, record in store.records.items() if key in keys]
    values: dict[str, Any] = {"finished": len(results)}
    for figure in FIGURES:
        found = [result[figure] for result in results if result.get(figure) is not None]
        values[figure] = statistics.fmean(found) if found else None
        values[f"{figure}_deviation"] = statistics.stdev(found) if len(found) > 1 else None
    return values


def ranked(settings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return settings by their validation error, the best first; last those without a result.

    Of equals, the one that the sweep names first comes first.
    """
    return sorted(settings, key=lambda entry: (entry[RANKED] is None, entry[RANKED]))


def chosen(settings: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the setting with the least validation error, of those that are finished; or None.

    A mean over some of the runs would be compared with means over all.
    """
    done = [entry for entry in settings if entry["finished"] == entry["jobs"]]
    return ranked(done)[0] if done else None


def _values(jobs: Iterable[Job]) -> list[dict[str, object]]:
    """Return what tells jobs apart, except for runs; and always the preset."""
    # A dict keeps the order in which names occur.
    config = list({name: None for job in jobs for name in job.config})
    options = list({name: None for job in jobs for name in job.options})
    rows = [_row(job, config, options) for job in jobs]
    names = list({name: None for row in rows for name in row})
    varied = [name for name in names if name == "preset" or _varies(name, rows)]
    return [{name: row[name] for name in varied if name in row} for row in rows]


def _varies(name: str, rows: list[dict[str, object]]) -> bool:
    """Return whether rows have several values; what a rule has no use for is no value."""
    return len({repr(row[name]) for row in rows if name in row}) > 1


def _row(job: Job, config: list[str], options: list[str]) -> dict[str, object]:
    """Return a job's values that its rule has a use for; of its preset what it leaves to that."""
    # The machine's own seed differs in every job.
    machine = job.machine.as_dict() | {"seed": job.config.get("seed", job.start.seed)}
    row: dict[str, object] = {"preset": job.preset, "rule": job.rule}
    row |= {name: getattr(job, name) for name in (*LIMITS, "measure")}
    if job.rule in BASELINES:
        row |= {"layers": machine["layers"], "epochs": job.epochs}
        return row | {f"recipe.{name}": job.recipe.get(name, "usual") for name in CONSTANTS}
    row |= {name: machine[name] for name in ("layers", *config)} | {"rates": list(job.rates)}
    row |= {name: job.faults.get(name) for name in FAULTS}
    row |= {name: job.augment.get(name, 0) for name in AUGMENTS}
    return row | {f"options.{name}": job.options.get(name) for name in options}


def table(title: str, settings: list[dict[str, Any]]) -> Table:
    """Return the figures of `summarize` as a table for the terminal, the best setting first.

    It states the test error of that one only: to choose by test errors would be to learn from
    the test part, which then says nothing about other samples any more.
    """
    found = Table(title=title, title_justify="left", box=box.SIMPLE)
    found.add_column("setting")
    for heading in ("runs", "validation error", "deviation"):
        found.add_column(heading, justify="right", no_wrap=True)
    for entry in ranked(settings):
        finished, jobs = entry["finished"], entry["jobs"]
        found.add_row(
            _named(entry),
            str(jobs) if finished == jobs else f"{finished} of {jobs}",
            _percent(entry[RANKED]),
            _percent(entry[f"{RANKED}_deviation"]),
        )
    if best := chosen(settings):
        error, deviation = best["test_error"], best["test_error_deviation"]
        spread = "" if deviation is None else f" +- {_percent(deviation)}"
        found.caption = f"chosen: {_named(best)}; its test error: {_percent(error)}{spread}"
        found.caption_justify = "left"
    return found


def _named(entry: dict[str, Any]) -> str:
    return ", ".join(_readable(name, value) for name, value in entry["setting"].items())


def _readable(name: str, value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    name = name.removeprefix("options.").removeprefix("recipe.")
    return text if name in ("preset", "rule") else f"{name} {text}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
