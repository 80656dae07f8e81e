"""A sweep as it is written down: a TOML file that becomes a list of jobs.

::

    name = "weight-bits"
    data = "mnist"
    [defaults]
    preset = "mnist-100"
    rates = [256, 256, 128, 64]
    runs = 5
    [[jobs]]
    grid = { weight_bits = [2, 3, 4], transmit = [14, 16] }
    [[jobs]]
    preset = "mnist-200"
    runs = 2

`grid` stands for all combinations of its configuration values, `runs` for runs 0, 1 and so on:
the number of a run is added to the configuration's seed. (`runs` was called `seeds`, and still may
be.) A job takes from the defaults what it does not say itself and what its rule has a use for.
`rates` may be short, as "256x3,128x3,64"; `augment = { shift = 1 }` moves training images;
`recipe = { rate = 0.03 }` changes constants of a network in floating point.
Beside `data`, `full_scale`, `keep_order`, `label`, `header`, `scaling`, `inputs` (a list) and
`split` mean what the options of `erbium train` do.
"""

from __future__ import annotations

import dataclasses
import itertools
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from erbium.golden.config import NAME, ConfigError
from erbium.golden.config_file import SUFFIX
from erbium.golden.config_file import load as load_config
from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.reading import NAMES
from erbium.scripts.data.source import FULL_SCALE, Dataset, Source, load
from erbium.scripts.sweep.job import BASELINES, LIMITS, Job, SweepError
from erbium.scripts.sweep.work import MEASURES

#: What the file may hold, and each of its jobs; the defaults are like a job.
SOURCE_KEYS = tuple(field.name for field in dataclasses.fields(Source) if field.name != "name")
SWEEP_KEYS = ("name", "data", *SOURCE_KEYS, "defaults", "jobs")
TABLES = ("config", "grid", "options", "faults", "augment", "recipe")
JOB_KEYS = ("preset", "rule", "rates", "epochs", *LIMITS, "runs", "seeds", "measure", *TABLES)

#: Defaults that mean nothing to this machine, and to a baseline, which has nothing but layers of a
#: configuration.
ONLY_OF_BASELINES = ("epochs", "recipe")
NOT_OF_BASELINES = ("rates", "measure", "options", "faults", "augment")


@dataclass(frozen=True)
class Sweep:
    """A sweep, checked and ready to run.

    Attributes
    ----------
    name : str
        Its name.
    data : Source
        The data set; a folder has its absolute path.
    jobs : tuple of Job
        In the order of the file; runs of one setting are neighbours.
    """

    name: str
    data: Source
    jobs: tuple[Job, ...]


#: Data to use instead of those that a file names: one for all, or each by its name.
Instead = str | Mapping[str, str] | None


def read(path: Path, data: Instead = None, report: Report = silent) -> Sweep:
    """Return the sweep described in the file `path`.

    Parameters
    ----------
    path : Path
        The file.
    data : str or dict, optional
        Data to use instead of those the file names; or instead of data of some names.
    report : Report
        Told the bytes of data that have to be fetched.

    Raises
    ------
    SweepError
        If anything in it could not be run; the message names the file, the job and the value.
    """
    values = _described(path, data)
    source = dataclasses.replace(values["source"], name=absolute(values["data"]))
    jobs, loaded = [], Fingerprints(report)
    for place, job in _jobs(path, values):
        with _named(place):
            jobs.append(dataclasses.replace(job, data_sha256=loaded.of(source, job)))
    return Sweep(values["name"], source, tuple(jobs))


def jobs_of(path: Path) -> list[Job]:
    """Return the jobs described in `path` without a look at the data, and so without its
    fingerprint.
    """
    return [job for _, job in _jobs(path, _described(path, None))]


def data_of(path: Path) -> str:
    """Return the name of the data that the sweep in `path` names."""
    return _described(path, None)["data"]


def _described(path: Path, data: Instead) -> dict[str, Any]:
    with path.open("rb") as file, _named(f"'{path}'"):
        values = _top(_parsed(file.read()), data)
    with _named(f"'{path}', defaults"):
        values["defaults"] = _entry(values["defaults"])
    return values


def _jobs(path: Path, values: dict[str, Any]) -> Iterator[tuple[str, Job]]:
    """Yield each job with the place where it is described."""
    for number, own in enumerate(values["jobs"], 1):
        place = f"'{path}', job {number}"
        with _named(place):
            jobs = list(_expanded(values["name"], values["defaults"], _entry(own), path.parent))
        for job in jobs:
            yield place, job


def absolute(data: str) -> str:
    """Return `data` in a form that means the same to a worker in any folder."""
    return data if data in NAMES else str(Path(data).resolve())


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


def _top(values: dict[str, Any], data: Instead) -> dict[str, Any]:
    _check_keys(values, SWEEP_KEYS)
    values = {"full_scale": FULL_SCALE, "keep_order": False, "defaults": {}, "jobs": []} | values
    if isinstance(data, Mapping):
        data = data.get(str(values.get("data")))
    if data is not None:
        values["data"] = data
    name = values.get("name")
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SweepError(
            f"name must start with a letter and hold letters, digits and '-' only, not {name!r}"
        )
    if not isinstance(values.get("data"), str):
        raise SweepError(
            f"data must be {', '.join(map(repr, NAMES))}, a file or a folder, not "
            f"{values.get('data')!r}; name it in the file or with --data"
        )
    if type(values["full_scale"]) is not int or not 1 <= values["full_scale"] <= FULL_SCALE:
        raise SweepError(
            f"full_scale must be an integer from 1 to {FULL_SCALE}, not {values['full_scale']!r}"
        )
    if not isinstance(values["keep_order"], bool):
        raise SweepError(f"keep_order must be true or false, not {values['keep_order']!r}")
    values["source"] = _source(values)
    if not isinstance(values["jobs"], list) or not values["jobs"]:
        raise SweepError(f"jobs must be one table [[jobs]] or more, not {values['jobs']!r}")
    return values


def _source(values: dict[str, Any]) -> Source:
    """Return the data that a file names, taken as it says."""
    if not isinstance(values.get("label"), str | None):
        raise SweepError(f"label must be a text, such as 'last' or '3', not {values['label']!r}")
    if not isinstance(values.get("header"), bool | None):
        raise SweepError(f"header must be true or false, not {values['header']!r}")
    inputs = values.get("inputs", [])
    if not isinstance(inputs, list):
        raise SweepError(f"inputs must be a list, such as ['pairs', 'bias'], not {inputs!r}")
    given = {key: values[key] for key in SOURCE_KEYS if key in values}
    return Source(values["data"], **given | {"inputs": tuple(inputs)})


def _check_keys(values: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in values:
        if key not in known:
            raise SweepError(f"unknown key {key!r}; choose from: {', '.join(known)}")


def _entry(entry: Any) -> dict[str, Any]:
    """Return a job, or the defaults, unless of the wrong shape; `Job` checks what is in it."""
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
    if "seeds" not in entry:
        return entry
    if "runs" in entry:
        raise SweepError("seeds is the old name of runs; remove one of them")
    return {"runs" if key == "seeds" else key: value for key, value in entry.items()}


def _expanded(
    name: str, defaults: dict[str, Any], own: dict[str, Any], folder: Path
) -> Iterator[Job]:
    """Yield a job for every point of the grid and every run."""
    rule = own.get("rule", defaults.get("rule", "erbp"))
    values = _merged(_inherited(defaults, rule), own)
    if "preset" not in values:
        raise SweepError("there is no preset; give one here or in the defaults")
    if str(values["preset"]).endswith(SUFFIX):
        # Workers elsewhere do not have the file, and it may change.
        machine = load_config(folder / values["preset"])
        values |= {"preset": machine.name, "file": machine.as_dict()}
    grid, runs = values.pop("grid"), values.pop("runs", 1)
    if type(runs) is not int or runs < 1:
        raise SweepError(f"runs must be an integer from 1, not {runs!r}")
    if (measure := values.get("measure")) is not None and measure not in list(MEASURES):
        known = ", ".join(MEASURES) or "there is none"
        raise SweepError(f"unknown measure {measure!r}; choose one of: {known}")
    for point in itertools.product(*grid.values()):
        config = values["config"] | dict(zip(grid, point, strict=True))
        for run in range(runs):
            yield Job(**values | {"name": name, "config": config, "run": run})


def _inherited(defaults: dict[str, Any], rule: object) -> dict[str, Any]:
    """Return the defaults that a job of this rule has a use for."""
    if rule not in BASELINES:
        return {key: value for key, value in defaults.items() if key not in ONLY_OF_BASELINES}
    kept = {key: value for key, value in defaults.items() if key not in NOT_OF_BASELINES}
    for table in ("config", "grid"):
        kept[table] = {k: v for k, v in defaults.get(table, {}).items() if k == "layers"}
    if rule == "bp":
        kept["recipe"] = {k: v for k, v in defaults.get("recipe", {}).items() if k != "feedback"}
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
        self._known: dict[tuple[object, ...], tuple[str, Dataset]] = {}

    def of(self, source: Source, job: Job) -> str:
        """Return the fingerprint of the samples that `job` takes from `source`, if it can."""
        machine = job.machine
        limits = (job.samples, job.validation, job.test)
        # What decides whether data fit, and what the message would name.
        key = (machine.name, machine.layers[0], machine.layers[-1], *limits)
        if key not in self._known:
            dataset = load(source, machine, self._report, limits=limits)
            # What the samples are like; all of them would fill the memory.
            one = dataset.train.chosen(np.array([0]))
            self._known[key] = (
                dataset.sha256,
                dataclasses.replace(dataset, train=one, validation=one, test=one),
            )
        sha256, like = self._known[key]
        Augment.of(job.augment).image(like.train, like.name)
        return sha256
