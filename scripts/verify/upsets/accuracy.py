"""Accuracy against flip rate: the emitted Verilog learns a data set while its bits flip.

The host does what any host can: if no answer comes in time, it pulses the reset wire, which keeps
the weights, and goes on with the next sample. In the policy "scrub" it does so before every
sample, and gives the random generators their states back.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.fast import FastCore
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.common.workers import workers
from erbium.scripts.data.source import Dataset, load
from erbium.sim.engines.native import SimulationError
from erbium.sim.upsets.recovery import Upset, UpsetCore
from erbium.sim.upsets.storage import Storage

BUILD_DIR = Path("build", "native")

#: Flips per bit and sample.
RATES = (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)

#: Curves: which bits flip, and whether the host resets before every sample.
CURVES = {
    "weights": ("weights", False),
    "states": ("states", False),
    "control": ("control", False),
    "control, reset before every sample": ("control", True),
}

#: Memories beside the weights, and lanes: what a neuron or input is at the moment.
STATES = ("membrane_memory", "dendrite_memory", "input_memory", "phase_memory", "datapath")


@dataclass(frozen=True)
class Job:
    """A training under upsets."""

    curve: str
    rate: float
    seed: int
    samples: int | None


def bits_of(storage: Storage) -> str | None:
    """Return which of the three sets of bits a storage belongs to.

    The feedback ROM belongs to none: it is fixed, and mended only by configuring the chip again.
    """
    if storage.kind == "weight_memory, words":
        return "weights"
    if storage.kind.startswith("feedback_memory, words"):
        return None
    return "states" if storage.kind.startswith(STATES) else "control"


def train(config: Config, data: Dataset, job: Job) -> dict[str, Any]:
    """Learn all training samples once while bits flip; test what was learned without flips."""
    which, scrub = CURVES[job.curve]
    core = UpsetCore(config, BUILD_DIR)
    places = [(i, s) for i, s in enumerate(core.storages) if bits_of(s) == which]
    ends = np.cumsum([s.bits for _, s in places])
    random = np.random.default_rng((job.seed, RATES.index(job.rate), list(CURVES).index(job.curve)))
    part = data.train if job.samples is None else data.train.first(job.samples, "samples")
    order = np.random.default_rng(job.seed).permutation(len(part.labels))
    resets = flips = 0
    cycles = core.run(part.samples[order[0]], int(part.labels[order[0]])).cycles
    for index in order[1:].tolist():
        upsets = []
        for bit in random.integers(0, ends[-1], random.poisson(job.rate * ends[-1])).tolist():
            place = int(np.searchsorted(ends, bit, side="right"))
            number, storage = places[place]
            word, inside = divmod(bit - int(ends[place] - storage.bits), storage.width)
            upsets.append(Upset(int(random.integers(1, cycles + 1)), number, word, inside))
        flips += len(upsets)
        if scrub:
            state = core.random
            core.plan([])
            core.reset()
            core.random = state
        core.plan(upsets)
        try:
            cycles = core.run(part.samples[index], int(part.labels[index])).cycles
        except SimulationError:
            resets += 1
            core.plan([])
            core.reset()
    core.plan([])
    core.reset()
    return {
        "curve": job.curve, "bits": int(ends[-1]), "rate": job.rate, "seed": job.seed,
        "samples": len(part.labels), "flips": flips, "resets": resets,
        "accuracy": _accuracy(config, core.weights, data),
    }  # fmt: skip


def _accuracy(config: Config, weights: Sequence[np.ndarray], data: Dataset) -> float:
    golden = FastCore(config, weights)
    outcomes = golden.run_many(data.test.samples, data.test.labels, 0)
    return float(np.mean(outcomes.winners == data.test.labels))


def train_all(
    config: Config, source: str, samples: int | None, seeds: Sequence[int], jobs: int,
    told: Report = silent,
) -> dict[str, Any]:  # fmt: skip
    """Train at every rate, with every seed, on several processes."""
    data = load(source, config)
    # Compiled once, before several processes would do it at the same time.
    UpsetCore(config, BUILD_DIR)
    plan = [Job(c, r, s, samples) for c in CURVES for r in RATES for s in seeds]
    rows = {}
    with workers(jobs) as pool:
        futures = {pool.submit(train, config, data, job): job for job in plan}
        for done, future in enumerate(as_completed(futures), 1):
            rows[futures[future]] = future.result()
            told("trainings under upsets", done, len(plan), None)
    return {
        "preset": config.name,
        "config_sha256": config.sha256,
        "data": data.name,
        "learning_rate": FULL_RATE,
        "plan": {"rates": RATES, "seeds": list(seeds)},
        "trainings": [rows[job] for job in plan],
    }
