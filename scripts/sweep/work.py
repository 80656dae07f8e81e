"""What a worker does with one job; it may run in any process, on any machine."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from typing import Any

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.hints import untold
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.source import Dataset, Source, load
from erbium.scripts.sweep.job import BASELINES, Job
from erbium.scripts.train.baseline import train_baseline
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.measures import everything, faults, readout, writes
from erbium.scripts.train.training import MakeEngine, metrics, train
from erbium.scripts.train.weight_faults import FaultyCore

#: Finds out more about a trained machine than its errors; its figures join the result.
Measure = Callable[[Checkpoint, Dataset, dict[str, float]], dict[str, Any]]

#: Measurements by name.
MEASURES: dict[str, Measure] = {
    "readout": readout,
    "faults": faults,
    "writes": writes,
    "all": everything,
}

#: Figures of a training that repeat what the job already says.
KNOWN = ("preset", "config", "config_sha256", "data", "data_sha256", "rule", "layers", "rates",
         "augment", "run", "seed")  # fmt: skip


def run_job(job: Job, data: Source) -> dict[str, Any]:
    """Run `job` on `data`, whose name may be an absolute folder, and return its figures.

    Raises
    ------
    DataError
        If this machine's data are not those that the sweep was read with.
    """
    # Time of the whole process, which has one job: recognition takes several threads.
    began = time.process_time()
    dataset = _dataset(job, data)
    if job.rule in BASELINES:
        layers, epochs = job.machine.layers, job.epochs
        result = _new(
            train_baseline(job.rule, layers, dataset, epochs, job.run, recipe=job.constants)
        )
    else:
        engine: str | MakeEngine = "fast"
        if job.faults:
            samples = len(dataset.train) * len(job.rates)
            engine = functools.partial(FaultyCore, **job.faults, samples=samples, seed=job.run)
        state = train(
            job.machine, dataset, list(job.rates), run=job.run,
            augment=Augment.of(job.augment), engine=engine,
        )  # fmt: skip
        result = _new(metrics(state))
        if job.measure is not None:
            result |= MEASURES[job.measure](state, dataset, job.options)
    result |= {"training_samples": len(dataset.train), "test_samples": len(dataset.test)}
    return result | {"cpu_seconds": round(time.process_time() - began, 3)}


def _new(figures: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in figures.items() if key not in KNOWN}


def _dataset(job: Job, data: Source) -> Dataset:
    layers = job.machine.layers
    limits = (job.samples, job.validation, job.test)
    dataset, found = _limited(data, layers[0], layers[-1], *limits)
    if found != job.data_sha256:
        raise DataError(
            f"data '{data.name}' are not those that the sweep was read with; give every worker the "
            "same"
        )
    return dataset


@functools.cache
def _limited(data: Source, inputs: int, classes: int, *limits: int | None) -> tuple[Dataset, str]:
    dataset = _whole(data, inputs, classes).limited(*limits)
    return dataset, dataset.sha256


@functools.cache
def _whole(data: Source, inputs: int, classes: int) -> Dataset:
    # Of a machine, only inputs and classes matter to data; all machines of these share them.
    # What is odd about them was told when the sweep was read.
    with untold():
        return load(data, Config(name="any", layers=(inputs, 1, classes)))
