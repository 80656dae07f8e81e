"""How fast a core works through samples: clock cycles, exactly as in the circuit.

`golden.cycle` says what happens in each cycle, so the prediction is a run of that model. A count
holds for the samples, labels and weights that it was made with, because only events cost time.
"""

from __future__ import annotations

import random
import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore
from erbium.golden.enums import Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.validate import check_sequence
from erbium.sim.host.traffic import HostQueue

#: Told the samples done and their total.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class SampleCycles:
    """Clock cycles of one sample, since the result before it was taken (or since the start).

    Attributes
    ----------
    phases : dict of str to int
        Cycles of each phase of the schedule.
    synaptic_operations : int
        Synapses that were handed an event.
    """

    phases: dict[str, int]
    synaptic_operations: int

    @property
    def cycles(self) -> int:
        """All cycles."""
        return sum(self.phases.values())

    @property
    def loaded(self) -> int:
        """The cycles, if all inputs had been there when the machine was free."""
        return self.cycles - max(0, self.phases["IDLE"] - 1)


def predict_cycles(
    config: Config,
    samples: Sequence[Any],
    labels: Sequence[int] | np.ndarray,
    weights: Sequence[np.ndarray] | None = None,
    rate: int = FULL_RATE,
    *,
    random: RandomState | None = None,
    progress: Progress = lambda done, total: None,
) -> list[SampleCycles]:
    """Return what each of `samples` takes, with a host that never waits.

    Parameters
    ----------
    config : Config
    samples : sequence
        Intensities, or for encoder "events" the events of each tick.
    labels : sequence of int
    weights : list of int array, optional
        Start with these instead of the configuration's initial weights.
    rate : int
        Learning rate, 0 (inference) to 256.
    random : RandomState, optional
        Start with the generators in this state instead of their seeds.
    progress : callable, optional
    """
    check_sequence(Layout(config), samples, labels, rate)
    core = CycleCore(config)
    core.load(initial_weights(config) if weights is None else weights)
    if random is not None:
        core.random = RandomState(**vars(random))
    # The tick view has the same events, and counts their synapses.
    counting = Core(config, weights)
    if random is not None:
        counting.random = random
    found = []
    for phases, sample, label in zip(_phases(core, samples, labels, rate), samples, labels,
                                     strict=True):  # fmt: skip
        operations = counting.run(sample, int(label), rate).synaptic_operations
        found.append(SampleCycles(phases, operations))
        progress(len(found), len(samples))
    return found


def _phases(
    core: CycleCore, samples: Sequence[Any], labels: Sequence[int] | np.ndarray, rate: int
) -> Iterator[dict[str, int]]:
    """Run all samples and yield the cycles of each one's phases."""
    host = HostQueue(random.Random(0))
    for sample, label in zip(samples, labels, strict=True):
        host.send(core.config, sample, int(label), rate)
    for _ in labels:
        phases: Counter[str] = Counter(dict.fromkeys(Phase.__members__, 0))
        finished = False
        while not finished:
            driven = host.drive()
            record = core.step(driven)
            host.taken(driven, record)
            phases[Phase(record["control"]["phase"]).name] += 1
            finished = bool(record["control"]["finish"])
        yield dict(phases)


@dataclass(frozen=True)
class Work:
    """What a sample costs on average, apart from the clock.

    Attributes
    ----------
    lanes : int
        Synapses that can be handled in a cycle.
    training_cycles, inference_cycles : float
        Clock cycles of a sample, once its inputs are there.
    synaptic_operations : float
        Synapses that a training sample's events reach.
    """

    lanes: int
    training_cycles: float
    inference_cycles: float
    synaptic_operations: float

    def at(self, mhz: float) -> dict[str, float]:
        """Return speeds at a clock.

        The peak is that of a core whose lanes all work in every cycle; the other figures are
        those of whole samples, with all phases and idle lanes.
        """
        hertz = mhz * 1e6
        return {
            "sop_per_second_peak": self.lanes * hertz,
            "sop_per_second": self.synaptic_operations / self.training_cycles * hertz,
            "training_samples_per_second": hertz / self.training_cycles,
            "inference_samples_per_second": hertz / self.inference_cycles,
            "training_sample_us": self.training_cycles / mhz,
            "inference_sample_us": self.inference_cycles / mhz,
        }


def work(
    config: Config,
    samples: Sequence[Any],
    labels: Sequence[int] | np.ndarray,
    weights: Sequence[np.ndarray] | None = None,
    *,
    random: RandomState | None = None,
    progress: Progress = lambda done, total: None,
) -> Work:
    """Predict what `samples` cost, first while they are learned and then again without learning.

    Both passes begin with the same weights, and are the same if the machine cannot learn.
    Parameters are those of `predict_cycles`.
    """
    check_sequence(Layout(config), samples, labels, 0)
    total = 2 * len(samples)
    taught = FULL_RATE if config.learning else 0
    passes = [
        predict_cycles(
            config, samples, labels, weights, rate, random=random,
            progress=lambda done, _, before=before: progress(before + done, total),
        )
        for rate, before in ((taught, 0), (0, len(samples)))
    ]  # fmt: skip
    training, inference = passes
    return Work(
        config.lanes,
        statistics.fmean(sample.loaded for sample in training),
        statistics.fmean(sample.loaded for sample in inference),
        statistics.fmean(sample.synaptic_operations for sample in training),
    )
