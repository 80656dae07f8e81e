"""Long trainings in the emitted Verilog and in the compiled golden model, compared as they go.

After every batch of samples are compared: each winner and each count, the spikes that it stands
for, synaptic operations, the states of the random generators, and every weight. A state between
two batches holds all that the rest depends on, so a comparison can be stopped there and go on.
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
from erbium.sim.compare.comparer import Comparer
from erbium.sim.compare.observation import Observation, of_circuit
from erbium.sim.engines.native import NativeCore, NativeResult

#: What is compared of each sample, and of a batch as a whole.
EACH = ("winner", "counts", "output_spikes")
WHOLE = ("random", "synaptic_operations", "weights")

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
        learned = self.samples > 0 and self.weights_compared > 0 and self.weights_changed > 0
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
        comparer = Comparer(*EACH, *WHOLE)
        state = _after(config, state, found, expected, labels[part], comparer)
        weights, where = circuit.weights, f"after {state.samples} samples"
        comparer.value("random", where, circuit.random, model.random)
        comparer.weights(where, weights, model.weights)
        state = dataclasses.replace(
            state,
            weights=weights,
            random=circuit.random,
            weights_compared=state.weights_compared + comparer.compared["weights"],
            weights_changed=sum(
                int((a != b).sum()) for a, b in zip(weights, initial_weights(config), strict=True)
            ),
            seconds=state.seconds + seconds,
            cpu_seconds=state.cpu_seconds + cpu_seconds,
            mismatch=comparer.mismatch,
        )
        yield state


def _after(
    config: Config,
    state: State,
    results: Sequence[NativeResult],
    outcomes: Outcomes,
    labels: np.ndarray,
    comparer: Comparer,
) -> State:
    """Compare a batch's results with the model's, and add them to the figures."""
    layout = Layout(config)
    found = [of_circuit(layout, result) for result in results]
    expected = [
        Observation(winner, counts, output_spikes=counts)
        for winner, counts in zip(outcomes.winners.tolist(), outcomes.counts, strict=True)
    ]
    equal = comparer.sample_sequence(found, expected, state.samples, EACH)
    # The model counts them over the batch.
    each = [one.synaptic_operations for one in found]
    operations = -1 if min(each) < 0 else sum(each)
    where = f"samples {state.samples} to {state.samples + len(found) - 1}"
    comparer.value("synaptic_operations", where, operations, outcomes.synaptic_operations)
    return dataclasses.replace(
        state,
        samples=state.samples + len(found),
        right=state.right
        + sum(r.winner == label for r, label in zip(results, labels.tolist(), strict=True)),
        predictions_equal=state.predictions_equal + equal,
        cycles=state.cycles + sum(result.cycles for result in results),
        phase_cycles={
            name: count + sum(result.phase_cycles[name] for result in results)
            for name, count in state.phase_cycles.items()
        },
        operations=state.operations + operations,
    )
