"""Long trainings in the emitted Verilog and in the compiled golden model, compared as they go.

After every batch of samples are compared: each winner and each count, synaptic operations, the
states of the random generators, and every weight. A state between two batches holds all that the
rest depends on, so a comparison can be stopped there and go on later.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.core import Outcomes
from erbium.golden.enums import Phase
from erbium.golden.fast import FastCore
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.sim.engines.native import NativeCore, NativeResult

#: Samples between two comparisons of all weights.
BATCH = 500


@dataclass(frozen=True)
class State:
    """A comparison between two batches.

    Attributes
    ----------
    weights : list of int array [sources, targets]
        Of the circuit; equal to the model's unless there is a mismatch.
    random : RandomState
    samples : int
        Samples compared.
    right : int
        Samples whose winner was their label, while learning.
    predictions_equal : int
        Samples with the model's winner and counts.
    cycles : int
    phase_cycles : dict of str to int
        The same cycles by name of `golden.enums.Phase`.
    operations : int
        Synaptic operations: synapses that were handed an event.
    weights_compared, weights_changed : int
        Weights compared with the model's after all batches together; weights that differ from
        their start at last.
    seconds, cpu_seconds : float
        Time in the simulated circuit: of the clock, and of the processor for this process.
    mismatch : str or None
        One line: where circuit and model differ first.
    """

    weights: list[np.ndarray]
    random: RandomState
    samples: int = 0
    right: int = 0
    predictions_equal: int = 0
    cycles: int = 0
    phase_cycles: dict[str, int] = dataclasses.field(
        default_factory=lambda: {phase.name: 0 for phase in Phase}
    )
    operations: int = 0
    weights_compared: int = 0
    weights_changed: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    mismatch: str | None = None

    @property
    def equal(self) -> bool:
        """Whether anything was learned and compared, and nothing differed."""
        learned = self.samples > 0 and self.weights_changed > 0
        return self.mismatch is None and learned and self.predictions_equal == self.samples

    def figures(self) -> dict[str, Any]:
        """Return all figures, ready for JSON."""
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("weights", "random")
        }
        speed = self.cycles / self.cpu_seconds if self.cpu_seconds else None
        return values | {"cycles_per_cpu_second": speed, "equal": self.equal}


def begin(config: Config) -> State:
    """Return the state before the first sample."""
    return State(initial_weights(config), RandomState.seeded(config.seed))


def compare(
    config: Config,
    samples: np.ndarray,
    labels: np.ndarray,
    state: State | None = None,
    *,
    build_dir: Path | str,
    batch: int = BATCH,
    verilog: str | None = None,
) -> Iterator[State]:
    """Learn samples in circuit and model, and yield the state after every batch.

    Parameters
    ----------
    config : Config
    samples : int array [count, inputs]
    labels : int array [count]
    state : State, optional
        Go on from here; `samples` are all of them, also those before.
    build_dir, verilog
        As for `NativeCore`.
    batch : int
        Samples between two comparisons.

    Yields
    ------
    State
        The last one has a `mismatch`, or all samples.
    """
    state = begin(config) if state is None else state
    circuit, model = NativeCore(config, build_dir, verilog=verilog), FastCore(config)
    for core in (circuit, model):
        core.load(state.weights)
        core.random = state.random
    while state.samples < len(samples) and state.mismatch is None:
        part = slice(state.samples, state.samples + batch)
        clock, cpu = time.perf_counter(), time.process_time()
        found = circuit.run_many(samples[part], labels[part], FULL_RATE * config.learning)
        seconds, cpu_seconds = time.perf_counter() - clock, time.process_time() - cpu
        expected = model.run_many(samples[part], labels[part], FULL_RATE * config.learning)
        state = _after(config, state, found, expected, labels[part])
        weights = circuit.weights
        differ = sum(int((a != b).sum()) for a, b in zip(weights, model.weights, strict=True))
        mismatch = state.mismatch
        if mismatch is None and circuit.random != model.random:
            mismatch = f"random states are {circuit.random}, expected {model.random}"
        if mismatch is None and differ:
            mismatch = f"{differ} weights differ after sample {state.samples - 1}"
        state = dataclasses.replace(
            state,
            weights=weights,
            random=circuit.random,
            weights_compared=state.weights_compared + sum(w.size for w in weights),
            weights_changed=sum(
                int((a != b).sum()) for a, b in zip(weights, initial_weights(config), strict=True)
            ),
            seconds=state.seconds + seconds,
            cpu_seconds=state.cpu_seconds + cpu_seconds,
            mismatch=mismatch,
        )
        yield state


def _after(
    config: Config,
    state: State,
    found: Sequence[NativeResult],
    expected: Outcomes,
    labels: np.ndarray,
) -> State:
    """Add a batch's results to the figures, and find the first that is not the model's."""
    mismatch, equal = None, 0
    for number, result in enumerate(found):
        counts = expected.counts[number]
        if result.winner == expected.winners[number] and np.array_equal(result.counts, counts):
            equal += 1
        elif mismatch is None:
            mismatch = (
                f"sample {state.samples + number}: winner {result.winner} with counts "
                f"{result.counts.tolist()}, expected {expected.winners[number]} with "
                f"{counts.tolist()}"
            )
    operations = sum(_operations(config, result) for result in found)
    if mismatch is None and operations != expected.synaptic_operations:
        mismatch = (
            f"{operations} synaptic operations in the {len(found)} samples from {state.samples} "
            f"on, expected {expected.synaptic_operations}"
        )
    return dataclasses.replace(
        state,
        samples=state.samples + len(found),
        right=state.right
        + sum(r.winner == label for r, label in zip(found, labels.tolist(), strict=True)),
        predictions_equal=state.predictions_equal + equal,
        cycles=state.cycles + sum(result.cycles for result in found),
        phase_cycles={
            name: count + sum(result.phase_cycles[name] for result in found)
            for name, count in state.phase_cycles.items()
        },
        operations=state.operations + operations,
        mismatch=mismatch,
    )


def _operations(config: Config, result: NativeResult) -> int:
    """Return the synaptic operations of a sample: spikes tell those of later layers, and the
    words that are left over those of the first.
    """
    layers = Layout(config).layers
    events = np.bincount(result.spikes[:, 0], minlength=len(layers))[: len(layers) - 1]
    later = list(zip(events.tolist(), layers[1:], strict=True))
    words = result.words - sum(count * layer.groups for count, layer in later)
    inputs, rest = divmod(words, layers[0].groups)
    # A rest is a word too many or too few: no number of events explains it.
    return -1 if rest else inputs * layers[0].targets + sum(n * y.targets for n, y in later)
