"""A sweep as it is written down: a TOML file that becomes a list of jobs.

::

    name = "weight-bits"
    data = "mnist"
    [defaults]
    preset = "mnist-100"
    rates = [256, 256, 128, 64]
    seeds = 5
    [[jobs]]
    grid = { weight_bits = [2, 3, 4], transmit = [14, 16] }
    [[jobs]]
    preset = "mnist-200"
    seeds = 2

`grid` stands for all combinations of its configuration values, `seeds` for seeds 0, 1 and so on.
A job takes from the defaults what it does not say itself and what its rule has a use for.
"""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden.config import NAME, ConfigError
from golden.validate import DataError
from scripts.data import load
from scripts.fetch import SOURCES
from scripts.progress import Report, silent
from scripts.sweep.job import BASELINES, LIMITS, Job, SweepError
from scripts.sweep.work import MEASURES

#: What the file may hold, and each of its jobs; the defaults are like a job.
SWEEP_KEYS = ("name", "data", "defaults", "jobs")
TABLES = ("config", "grid", "options", "faults")
JOB_KEYS = ("preset", "rule", "rates", "epochs", *LIMITS, "seeds", "measure", *TABLES)

#: Defaults that mean nothing to a baseline. Of a configuration, it has nothing but layers.
NOT_OF_BASELINES = ("rates", "measure", "options", "faults")


@dataclass(frozen=True)
class Sweep:
    """A sweep, checked and ready to run.

    Attributes
    ----------
    name : str
        Its name.
    data : str
        Name of the data set, or its folder as an absolute path.
    jobs : tuple of Job
        In the order of the file; seeds of one setting are neighbours.
    """

    name: str
    data: str
    jobs: tuple[Job, ...]


def read(path: Path, data: str | None = None, report: Report = silent) -> Sweep:
    """Return the sweep described in the file `path`.

    Parameters
    ----------
    path : Path
        The file.
    data : str, optional
        Data to use instead of those the file names.
    report : Report
        Told the bytes of data that have to be fetched.

    Raises
    ------
    SweepError
        If anything in it could not be run; the message names the file, the job and the value.
    """
    values = _described(path, data)
    source, jobs, loaded = absolute(values["data"]), [], Fingerprints(report)
    for place, job in _jobs(path, values):
        with _named(place):
            jobs.append(dataclasses.replace(job, data_sha256=loaded.of(source, job)))
    return Sweep(values["name"], source, tuple(jobs))


def jobs_of(path: Path) -> list[Job]:
    """Return the jobs described in `path` without a look at the data, and so without its
    fingerprint.
    """
    return [job for _, job in _jobs(path, _described(path, None))]


def _described(path: Path, data: str | None) -> dict[str, Any]:
    with path.open("rb") as file, _named(f"'{path}'"):
        values = _top(_parsed(file.read()), data)
    with _named(f"'{path}', defaults"):
        _check_entry(values["defaults"])
    return values


def _jobs(path: Path, values: dict[str, Any]) -> Iterator[tuple[str, Job]]:
    """Yield each job with the place where it is described."""
    for number, own in enumerate(values["jobs"], 1):
        place = f"'{path}', job {number}"
        with _named(place):
            _check_entry(own)
            jobs = list(_expanded(values["name"], values["defaults"], own))
        for job in jobs:
            yield place, job


def absolute(data: str) -> str:
    """Return `data` in a form that means the same to a worker in any folder."""
    return data if data == "digits" or data in SOURCES else str(Path(data).resolve())


@contextmanager
def _named(place: str) -> Iterator[None]:
    try:
        yield
    except (SweepError, ConfigError, DataError) as error:
        raise SweepError(f"{place}: {error}") from error


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        return tomllib.loads(content.decode())
    except ValueError as error:
        raise SweepError(f"is no TOML file: {error}") from error


def _top(values: dict[str, Any], data: str | None) -> dict[str, Any]:
    _check_keys(values, SWEEP_KEYS)
    values = {"defaults": {}, "jobs": []} | values
    if data is not None:
        values["data"] = data
    name = values.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SweepError(
            f"name must start with a letter and hold letters, digits and '-' only, not {name!r}"
        )
    if not isinstance(values.get("data"), str):
        raise SweepError(
            f"data must be 'digits', {', '.join(map(repr, SOURCES))} or a folder, "
            f"not {values.get('data')!r}; name it in the file or with --data"
        )
    if not isinstance(values["jobs"], list) or not values["jobs"]:
        raise SweepError(f"jobs must be one table [[jobs]] or more, not {values['jobs']!r}")
    return values


def _check_keys(values: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in values:
        if key not in known:
            raise SweepError(f"unknown key {key!r}; choose from: {', '.join(known)}")


def _check_entry(entry: Any) -> None:
    """Refuse a job, or the defaults, of the wrong shape; `Job` checks what is in it."""
    if not isinstance(entry, dict):
        raise SweepError(f"must be a table, such as {{ preset = 'tiny' }}, not {entry!r}")
    _check_keys(entry, JOB_KEYS)
    for table in TABLES:
        if not isinstance(entry.get(table, {}), dict):
            raise SweepError(f"{table} must be a table of names and values, not {entry[table]!r}")
    for key, choices in entry.get("grid", {}).items():
        if not isinstance(choices, list) or not choices:
            raise SweepError(f"{key} of grid must list one value or more, not {choices!r}")
        if key in entry.get("config", {}):
            raise SweepError(f"{key} is both in config and in grid; remove one of them")


def _expanded(name: str, defaults: dict[str, Any], own: dict[str, Any]) -> Iterator[Job]:
    """Yield a job for every point of the grid and every seed."""
    rule = own.get("rule", defaults.get("rule", "erbp"))
    values = _merged(_inherited(defaults, rule), own)
    if "preset" not in values:
        raise SweepError("there is no preset; give one here or in the defaults")
    grid, seeds = values.pop("grid"), values.pop("seeds", 1)
    if type(seeds) is not int or seeds < 1:
        raise SweepError(f"seeds must be an integer from 1, not {seeds!r}")
    if (measure := values.get("measure")) is not None and measure not in list(MEASURES):
        known = ", ".join(MEASURES) or "there is none"
        raise SweepError(f"unknown measure {measure!r}; choose one of: {known}")
    for point in itertools.product(*grid.values()):
        config = values["config"] | dict(zip(grid, point, strict=True))
        for seed in range(seeds):
            yield Job(**values | {"name": name, "config": config, "seed": seed})


def _inherited(defaults: dict[str, Any], rule: object) -> dict[str, Any]:
    """Return the defaults that a job of this rule has a use for."""
    if rule not in BASELINES:
        return {key: value for key, value in defaults.items() if key != "epochs"}
    kept = {key: value for key, value in defaults.items() if key not in NOT_OF_BASELINES}
    for table in ("config", "grid"):
        kept[table] = {k: v for k, v in defaults.get(table, {}).items() if k == "layers"}
    return kept


def _merged(defaults: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Return a job's values over the defaults; tables are merged entry by entry."""
    merged = defaults | own
    for table in TABLES:
        merged[table] = defaults.get(table, {}) | own.get(table, {})
    # A single value of a job takes the place of the default's many.
    for key in own.get("config", {}):
        merged["grid"].pop(key, None)
    return merged


class Fingerprints:
    """Fingerprints of data that fit a job, each found out only once."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._known: dict[tuple[object, ...], str] = {}

    def of(self, source: str, job: Job) -> str:
        """Return the fingerprint of the samples that `job` takes from `source`."""
        machine, limits = job.machine, (job.samples, job.validation, job.test)
        # What decides whether data fit, and what the message would name.
        key = (machine.name, machine.layers[0], machine.layers[-1], *limits)
        if key not in self._known:
            dataset = load(source, machine, self._report)
            self._known[key] = dataset.limited(*limits).sha256
        return self._known[key]
