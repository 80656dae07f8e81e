"""What a sweep has found: a line for each setting, over its runs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from rich import box
from rich.table import Table

from erbium.scripts.sweep.description import Sweep
from erbium.scripts.sweep.job import AUGMENTS, BASELINES, FAULTS, LIMITS, Job
from erbium.scripts.sweep.store import Store

#: What is averaged over the runs.
FIGURE = "test_error"


def summarize(sweep: Sweep, store: Store) -> list[dict[str, Any]]:
    """Return, for each setting of `sweep`, its values and its mean test error.

    Jobs that differ only in their runs are one setting. Of the values, those are left out that
    are the same in all settings. `test_error` and `test_error_deviation` are None while there is
    no result, or only one.
    """
    settings: dict[str, tuple[dict[str, object], set[str]]] = {}
    for job, values in zip(sweep.jobs, _values(sweep.jobs), strict=True):
        settings.setdefault(repr(values), (values, set()))[1].add(job.key)
    return [
        {"setting": values, "jobs": len(keys)} | _figures(keys, store)
        for values, keys in settings.values()
    ]


def _figures(keys: set[str], store: Store) -> dict[str, Any]:
    found = [record["result"][FIGURE] for key, record in store.records.items() if key in keys]
    return {
        "finished": len(found),
        FIGURE: statistics.fmean(found) if found else None,
        f"{FIGURE}_deviation": statistics.stdev(found) if len(found) > 1 else None,
    }


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
        return row | {"layers": machine["layers"], "epochs": job.epochs}
    row |= {name: machine[name] for name in ("layers", *config)} | {"rates": list(job.rates)}
    row |= {name: job.faults.get(name) for name in FAULTS}
    row |= {name: job.augment.get(name, 0) for name in AUGMENTS}
    return row | {f"options.{name}": job.options.get(name) for name in options}


def table(title: str, settings: list[dict[str, Any]]) -> Table:
    """Return the figures of `summarize` as a table for the terminal."""
    found = Table(title=title, title_justify="left", box=box.SIMPLE)
    found.add_column("setting")
    for heading in ("runs", "test error", "deviation"):
        found.add_column(heading, justify="right", no_wrap=True)
    for entry in settings:
        finished, jobs = entry["finished"], entry["jobs"]
        found.add_row(
            ", ".join(_readable(name, value) for name, value in entry["setting"].items()),
            str(jobs) if finished == jobs else f"{finished} of {jobs}",
            _percent(entry[FIGURE]),
            _percent(entry[f"{FIGURE}_deviation"]),
        )
    return found


def _readable(name: str, value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if name in ("preset", "rule") else f"{name.removeprefix('options.')} {text}"


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
