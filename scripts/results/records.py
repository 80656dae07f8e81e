"""Finished jobs of a sweep, and how their figures are summed up."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.scripts.sweep import Job, Store
from erbium.scripts.sweep.job import BASELINES


@dataclass(frozen=True)
class Record:
    """One finished job.

    Attributes
    ----------
    job, result : dict
        As the store has them.
    """

    job: dict[str, Any]
    result: dict[str, Any]

    @property
    def config(self) -> Config:
        """The machine of the job, as it was then, but for the seed, which is that of its run."""
        return Config.from_dict(self.job["machine"]).replace(seed=0)

    @property
    def run(self) -> int:
        """The number of the run."""
        return self.job["run"]

    @property
    def rule(self) -> str:
        """How it learned: "erbp", "rbp" or "bp"."""
        return self.job["rule"]


@dataclass(frozen=True)
class Spread:
    """Mean, and standard deviation between seeds (0 for a single one)."""

    mean: float
    deviation: float
    count: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Sum up `values`."""
        found = list(values)
        deviation = statistics.stdev(found) if len(found) > 1 else 0.0
        return cls(statistics.fmean(found), deviation, len(found))

    @property
    def standard_error(self) -> float:
        """Of the mean."""
        return self.deviation / math.sqrt(self.count)

    def percent(self) -> str:
        """Write a fraction as percent, with its deviation."""
        mean = f"{100 * self.mean:.2f}"
        return f"{mean} ± {100 * self.deviation:.2f}" if self.count > 1 else mean


def load(folder: Path, jobs: Iterable[Job]) -> list[Record]:
    """Return those of `jobs` that are finished in the store `folder`, in their order.

    Data are not compared: they may not be at hand.
    """
    stored = {_identity(row["job"]): row for row in Store(folder).records.values()}
    rows = [stored.get(_identity(job.as_dict())) for job in jobs]
    return [Record(row["job"], row["result"]) for row in rows if row is not None]


def _identity(job: dict[str, Any]) -> str:
    """Return what a job does, on whatever data."""
    left_out = ("name", "preset", "config", "data_sha256")
    machine = Config.from_dict(job["machine"])
    does = machine.layers if job["rule"] in BASELINES else machine.sha256
    values = {k: v for k, v in job.items() if k not in left_out} | {"machine": does}
    return json.dumps(values, sort_keys=True)


def grouped(records: Iterable[Record], key: Callable[[Record], Any]) -> dict[Any, list[Record]]:
    """Return records by `key`, in the order of their first occurrence."""
    found: dict[Any, list[Record]] = {}
    for record in records:
        found.setdefault(key(record), []).append(record)
    return found


def spread(records: Iterable[Record], figure: str = "test_error") -> Spread:
    """Sum up one figure of some jobs."""
    return Spread.of(record.result[figure] for record in records)
