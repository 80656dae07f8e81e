"""Measuring the survey: one file for each core and device, kept until something changes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.hw.verilog.emission import emit_core
from erbium.scripts import fpga
from erbium.scripts.common.files import write_json
from erbium.scripts.fpga import DoesNotFit, FlowError, find_device, synthesize
from erbium.scripts.fpga.examples import examples
from erbium.scripts.fpga.plan import plan
from erbium.scripts.fpga.survey.entries import Job, Survey
from erbium.scripts.fpga.throughput import Work, work
from erbium.scripts.fpga.tools import YOSYS, version
from erbium.sim.sources import digest

#: Files of finished jobs.
FOLDER = Path("runs", "fpga")

#: What decides a result, beside the job with its Verilog and the tools.
SOURCES = (fpga,)

Row = dict[str, Any]


@dataclass(frozen=True)
class Failure:
    """A job that could not be done, and why."""

    job: Job
    reason: str

    def __str__(self) -> str:
        config = self.job.config
        return f"{config.name}, {config.lanes} lanes, {self.job.device}: {self.reason}"


class Measurement:
    """Runs jobs of a survey, and finds those again that are finished.

    Parameters
    ----------
    survey : Survey
    folder : Path
        Where files of finished jobs are.
    build_dir : Path
        Where netlists, reports and logs go.
    """

    def __init__(self, survey: Survey, folder: Path, build_dir: Path) -> None:
        self._survey = survey
        self._folder = folder
        self._build_dir = build_dir
        self._sources = digest(SOURCES)
        self._versions: dict[str, str] = {}
        self._verilog: dict[Config, str] = {}
        self._work: dict[Config, Work] = {}

    def path(self, job: Job) -> Path:
        """Return the file of a job's row; its name is a hash of all that decides the row."""
        tools = (YOSYS, find_device(job.device).family.placer)
        values = {
            "config": job.config.as_dict(),
            "device": job.device,
            "seeds": job.seeds,
            "data": [self._survey.data, self._survey.samples],
            "verilog": self._circuit(job.config),
            "sources": self._sources,
            "tools": [self._version(tool) for tool in tools],
        }
        digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()
        return self._folder / f"{digest[:16]}.json"

    def _circuit(self, config: Config) -> str:
        """Return a hash of the Verilog of a core, without its comments, which say who wrote it."""
        if config not in self._verilog:
            lines = emit_core(config).splitlines()
            code = "\n".join(line for line in lines if not line.startswith("//"))
            self._verilog[config] = hashlib.sha256(code.encode()).hexdigest()
        return self._verilog[config]

    def _version(self, tool: str) -> str:
        if tool not in self._versions:
            self._versions[tool] = version(tool)
        return self._versions[tool]

    def find(self, job: Job) -> Row | None:
        """Return the row of a job if it is finished."""
        path = self.path(job)
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None

    def run(
        self, jobs: Iterable[Job], finished: Callable[[int], None], told: Callable[[str], None]
    ) -> list[Failure]:
        """Do those of `jobs` that are not finished; return what failed.

        Parameters
        ----------
        jobs : iterable of Job
        finished : callable
            Told how many are through.
        told : callable
            Told in a few words what begins.
        """
        failures = []
        for done, job in enumerate(jobs, 1):
            if self.find(job) is None:
                try:
                    write_json(self.path(job), self._row(job, told))
                except FlowError as error:
                    failures.append(Failure(job, str(error)))
            finished(done)
        return failures

    def _row(self, job: Job, told: Callable[[str], None]) -> Row:
        config = job.config
        row: Row = {"device": job.device, "preset": config.name, "lanes": config.lanes,
                    "config": config.as_dict()}  # fmt: skip
        missing = [need for need in plan(config, find_device(job.device)).needs if not need.met]
        if missing:
            need = missing[0]
            return row | {"misfit": f"needs {need.needed:,} {need.what}, has {need.available:,}"}
        folder = self._build_dir / f"{config.name}-{config.lanes}-{job.device}"
        try:
            result = synthesize(
                config, job.device, build_dir=folder, seeds=range(1, job.seeds + 1),
                place=job.seeds > 0, progress=told,
            )  # fmt: skip
        except DoesNotFit as error:
            return row | {"misfit": str(error)}
        row |= result.as_dict()
        if result.fmax_mhz is not None:
            told(f"count the cycles of {config.name} with {config.lanes} lanes")
            found = self._cost(config)
            row |= dataclasses.asdict(found) | found.at(result.fmax_mhz)
        return row

    def _cost(self, config: Config) -> Work:
        if config not in self._work:
            some = examples(self._survey.data, config, self._survey.samples)
            self._work[config] = work(config, some.samples, some.labels)
        return self._work[config]


def results(survey: Survey, find: Callable[[Job], Row | None]) -> dict[str, Any]:
    """Return all rows that are measured, for programs."""
    features = [
        {"name": feature.name, "count": feature.count}
        | {"with": find(feature.having), "without": find(feature.lacking)}
        for feature in survey.features
    ]
    return {
        "data": Path(survey.data).name,
        "samples": survey.samples,
        "cores": [row for job in survey.cores if (row := find(job)) is not None],
        "features": features,
    }
