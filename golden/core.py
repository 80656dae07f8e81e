"""The machine, tick by tick: exact state after each tick, without clock cycles.

Order of a tick: for each layer, synapses (and their plasticity), then neurons; then, inside the
window that starts at `burn_in`, read-out, errors and feedback. `golden.cycle` says how the
circuit spreads this over clock cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from erbium.golden import plasticity, synapse
from erbium.golden.config import FULL_RATE, Config
from erbium.golden.encoder import Encoder
from erbium.golden.error import ErrorNeurons, label_fires
from erbium.golden.feedback import feedback_weights, initial_weights
from erbium.golden.layout import Layout
from erbium.golden.neuron import NeuronParameters, NeuronState
from erbium.golden.neuron import step as neuron_step
from erbium.golden.readout import Readout
from erbium.golden.rng import RandomState
from erbium.golden.validate import (
    check_label,
    check_number,
    check_random,
    check_rate,
    check_sample,
    check_samples,
    check_weights,
)


@dataclass
class Tick:
    """What happened in one tick.

    Attributes
    ----------
    number : int
        The tick.
    events : list of int array
        Firing inputs, then firing neurons of each layer, ascending.
    errors : list of (class, sign)
        Error spikes, in the order in which they are fed back.
    """

    number: int
    events: list[np.ndarray] = field(default_factory=list)
    errors: list[tuple[int, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """Outcome of a sample: the winning class, spikes per class, synaptic operations."""

    winner: int
    counts: np.ndarray
    synaptic_operations: int


@dataclass(frozen=True)
class Outcomes:
    """Outcome of several samples: winners [count], spikes per class [count, classes], and the
    synaptic operations of all.
    """

    winners: np.ndarray
    counts: np.ndarray
    synaptic_operations: int

    def error(self, labels: np.ndarray) -> float:
        """Return the fraction of samples whose winner is not their label."""
        check_number("labels", labels, len(self.winners))
        return float((self.winners != labels).mean())

    @classmethod
    def joined(cls, parts: Sequence[Outcomes]) -> Outcomes:
        """Return the outcome of all samples of `parts`, in their order."""
        return cls(
            np.concatenate([part.winners for part in parts]),
            np.concatenate([part.counts for part in parts]),
            sum(part.synaptic_operations for part in parts),
        )


class Core:
    """The golden model in its tick view.

    Parameters
    ----------
    config : Config
        The machine.
    weights : list of int array [sources, targets], optional
        Start from these instead of the configuration's initial weights.

    Raises
    ------
    ValueError
        If the weights have the wrong shape or leave the range of `weight_bits`.
    """

    def __init__(self, config: Config, weights: Sequence[np.ndarray] | None = None) -> None:
        self.config = config
        self.layout = Layout(config)
        self.feedback = feedback_weights(config)
        self.load(initial_weights(config) if weights is None else weights)
        self.parameters = [NeuronParameters.of(config, i) for i in range(len(self.layout.layers))]
        self.errors = ErrorNeurons(config)
        self.readout = Readout(config)
        self.reset()

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Replace all weights."""
        checked = check_weights(self.layout, weights)
        self.weights = [np.array(matrix, dtype=np.int64) for matrix in checked]

    def reset(self) -> None:
        """Do what the reset wire does: random generators to their seeds, weights unchanged."""
        # One object, which the encoder steps too.
        self._random = RandomState.seeded(self.config.seed)
        self.encoder = Encoder(self.config, self._random)
        self._clear()

    @property
    def random(self) -> RandomState:
        """States of the random generators, a copy; assign to replace them."""
        return replace(self._random)

    @random.setter
    def random(self, random: RandomState) -> None:
        check_random(random)
        vars(self._random).update(vars(RandomState.loaded(self.config, random)))

    def _clear(self) -> None:
        self.states = [NeuronState.cleared(layer.targets) for layer in self.layout.layers]
        self.errors.clear()
        self.readout.clear()
        self.synaptic_operations = 0

    def run(
        self, sample: np.ndarray | Sequence[Sequence[int]], label: int = 0, rate: int = FULL_RATE
    ) -> Result:
        """Show one sample, learning if `rate` is not 0, and return the outcome."""
        for _ in self.ticks(sample, label, rate):
            pass
        return self.result()

    def run_many(
        self, samples: np.ndarray, labels: np.ndarray | None = None, rate: int = FULL_RATE
    ) -> Outcomes:
        """Show samples [count, inputs] one after another; without labels, all are of class 0."""
        check_samples(self.layout, samples, labels)
        labels = np.zeros(len(samples), dtype=np.int64) if labels is None else labels
        results = [self.run(x, int(k), rate) for x, k in zip(samples, labels, strict=True)]
        return Outcomes(
            np.array([result.winner for result in results], dtype=np.int64),
            np.array([result.counts for result in results]).reshape(-1, self.layout.classes),
            sum(result.synaptic_operations for result in results),
        )

    def result(self) -> Result:
        """Return the outcome of the sample so far."""
        return Result(self.readout.winner, self.readout.counts.copy(), self.synaptic_operations)

    def ticks(
        self, sample: np.ndarray | Sequence[Sequence[int]], label: int = 0, rate: int = FULL_RATE
    ) -> Iterator[Tick]:
        """Show one sample and yield after every tick."""
        check_sample(self.layout, sample)
        check_label(self.layout, label)
        check_rate(rate)
        return self._ticks(sample, label, self.config.effective(rate))

    def _ticks(
        self, sample: np.ndarray | Sequence[Sequence[int]], label: int, rate: int
    ) -> Iterator[Tick]:
        self._clear()
        self.encoder.start(sample)
        for number in range(self.config.ticks):
            tick = Tick(number)
            tick.events.append(self.encoder.tick(number))
            now = plasticity.rate_of_tick(self.config, rate, number, self.readout.lead(label))
            for layer in self.layout.layers:
                self._synapses(layer.index, tick.events[-1], now)
                tick.events.append(self._neurons(layer.index))
            if number >= self.config.burn_in:
                self._read_out(tick, label, learn=rate > 0)
            yield tick

    def _synapses(self, index: int, events: np.ndarray, rate: int) -> None:
        """Deliver a tick's events to a layer: transmit the old weights, then update them.

        A source fires once a tick, so rows are independent and are updated together.
        """
        c, state, weights = self.config, self.states[index], self.weights[index]
        if not len(events):
            return
        learning = np.empty(len(events), dtype=bool)
        fractions = np.empty(len(events), dtype=np.int64)
        transmits = np.empty((len(events), weights.shape[1]), dtype=bool)
        for row in range(len(events)):
            learning[row] = plasticity.learns(self._random.event, rate)
            fractions[row] = plasticity.fraction(self._random.event, c.learning_shift, c.rounding)
            transmits[row] = synapse.transmissions(self._random.blank, weights.shape[1], c.transmit)
            self._random.step_event(c)
        old = weights[events]
        for row in range(len(events)):
            state.membrane = synapse.accumulate(
                state.membrane, old[row], transmits[row], c.gain[index]
            )
        open_ = learning[:, None] & transmits & (state.gate == 1)
        if (open_ & (state.dendrite != 0)).any():
            weights[events] = plasticity.update(
                old, state.dendrite, open_, fractions[:, None], c.learning_shift, c.weight_bits
            )
        self.synaptic_operations += old.size

    def _neurons(self, index: int) -> np.ndarray:
        self.states[index], fires = neuron_step(self.states[index], self.parameters[index])
        return np.flatnonzero(fires)

    def _read_out(self, tick: Tick, label: int, learn: bool) -> None:
        """Count output spikes; if learning, turn them and the label into error spikes."""
        labelled = learn and label_fires(self.config, tick.number)
        for k in tick.events[-1].tolist():
            self.readout.count(k)
            if learn:
                self._feed_back(tick, k, self.errors.step(k, labelled and k == label, True))
        if labelled and label not in tick.events[-1]:
            self._feed_back(tick, label, self.errors.step(label, True, False))

    def _feed_back(self, tick: Tick, k: int, sign: int) -> None:
        if not sign:
            return
        tick.errors.append((k, sign))
        for state, feedback in zip(self.states, self.feedback, strict=True):
            state.dendrite = state.dendrite + sign * feedback[k]
