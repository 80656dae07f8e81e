"""What a machine does: how often each layer fires, which gates are open, what errors would change.

Everything is counted on training samples, in the order of the pass that would come next, on
weights that stay as they are: see `scripts.diagnosis.frozen`.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from erbium.golden.config import ALWAYS_TRANSMITS, Config
from erbium.golden.error import label_fires
from erbium.golden.fixed import saturate
from erbium.scripts.data.source import Dataset
from erbium.scripts.diagnosis import frozen
from erbium.scripts.train.checkpoint import Checkpoint

#: Share of the ticks in which a neuron can fire, from which on it is saturated: it says the same
#: of every sample.
SATURATED = 0.9


@dataclass(frozen=True)
class LayerActivity:
    """What a layer of neurons does.

    Attributes
    ----------
    name : str
        "hidden layer 1" and so on, or "output layer".
    neurons : int
        How many there are; `silent` and so on are some of them.
    spikes, rate : float
        Spikes of a neuron in a sample, and in a tick.
    silent, saturated : int
        Neurons that never fire; that fire in nearly every tick in which they can, in all samples.
    clipped : float
        Share of membranes, over all ticks, that were excited beyond the range of `state_bits`. One
        that is inhibited beyond it is silent either way: twice the threshold is enough below
        (docs/results.md, "Bits of a neuron's state").
    gate_open : float
        Share of gates that are open, over all ticks in which errors can be learned from.
    gates_closed, gates_open : int
        Neurons whose gate is never open; that is never closed.
    weights_at_limits : float
        Share of weights that are the smallest or largest of `weight_bits`.
    updates : float
        Weights that a sample changes at full rate, expected.
    """

    name: str
    neurons: int
    spikes: float
    rate: float
    silent: int
    saturated: int
    clipped: float
    gate_open: float
    gates_closed: int
    gates_open: int
    weights_at_limits: float
    updates: float


@dataclass(frozen=True)
class Activity:
    """What a machine does with some samples; means are over these.

    Attributes
    ----------
    samples : int
        How many.
    mistakes : float
        Share that is not recognised.
    input_spikes : float
        Spikes of all inputs in a sample.
    silent_inputs : int
        Inputs that never fire.
    label_spikes, output_spikes : float
        Spikes of the label and of all output neurons in a sample, from `burn_in` on.
    error_spikes : float
        Error spikes of a sample.
    mute_classes : tuple of int
        Classes of these samples whose output neuron never fires.
    unanswered : float
        Share of label and output spikes that error spikes stand for; 0 if there are none.
    layers : tuple of LayerActivity
        First hidden layer first.
    """

    samples: int
    mistakes: float
    input_spikes: float
    silent_inputs: int
    label_spikes: float
    output_spikes: float
    error_spikes: float
    mute_classes: tuple[int, ...]
    unanswered: float
    layers: tuple[LayerActivity, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return every figure, ready for JSON."""
        values = dataclasses.asdict(self)
        return values | {name: list(values[name]) for name in ("mute_classes", "layers")}


def measure(state: Checkpoint, dataset: Dataset, count: int) -> Activity:
    """Return what the machine of a training does with `count` training samples, or all there are,
    as one more pass would show them.
    """
    part = dataset.train
    chosen = state.plan.order(state.epoch, len(part))[:count]
    samples = state.plan.shown(part, state.epoch, chosen)
    # So small matrices are multiplied faster by one thread than by several that wait for another.
    with threadpool_limits(1, "blas"):
        return _watch(state, samples, part.labels[chosen])


def _watch(state: Checkpoint, samples: np.ndarray, labels: np.ndarray) -> Activity:
    config, count = state.config, len(samples)
    seen = [
        _Layer(config, index, state.weights[index], count) for index in range(len(state.weights))
    ]
    inputs, winners = np.zeros(config.layers[0], dtype=np.int64), _Winners(count, config.layers[-1])
    answers = np.zeros(config.layers[-1], dtype=np.int64)
    errors = 0
    for moment in frozen.ticks(config, state.weights, state.random, samples, labels):
        inputs += moment.spikes[0].sum(axis=0)
        learning = winners.lead(labels) < (config.learning_margin or np.inf)
        for layer in seen:
            layer.add(moment, learning)
        if moment.number >= config.burn_in:
            winners.add(moment.spikes[-1])
            answers += moment.spikes[-1].sum(axis=0)
            errors += int(np.abs(moment.errors).sum())
    labelled = sum(label_fires(config, tick) for tick in range(config.ticks))
    heard = labelled + answers.sum() / count
    return Activity(
        samples=count,
        mistakes=float((winners.winner != labels).mean()),
        input_spikes=float(inputs.sum() / count),
        silent_inputs=int((inputs == 0).sum()),
        label_spikes=labelled,
        output_spikes=float(answers.sum() / count),
        error_spikes=errors / count,
        mute_classes=tuple(k for k in np.unique(labels).tolist() if not answers[k]),
        unanswered=min(1.0, float(errors / count * config.error_threshold / heard))
        if heard
        else 0.0,
        layers=tuple(layer.result() for layer in seen),
    )


def layer_names(config: Config) -> list[str]:
    """Return what the layers of neurons are called."""
    hidden = [f"hidden layer {number}" for number in range(1, len(config.layers) - 1)]
    return [*hidden, "output layer"]


class _Layer:
    """Counts what a layer does."""

    def __init__(self, config: Config, index: int, weights: np.ndarray, samples: int) -> None:
        self._config, self._index, self._samples = config, index, samples
        self._weights = weights
        size = weights.shape[1]
        self._spikes = np.zeros(size, dtype=np.int64)
        self._open = np.zeros(size, dtype=np.int64)
        self._judged = 0
        self._clipped = 0
        self._updates = 0.0

    def add(self, moment: frozen.Moment, learning: np.ndarray) -> None:
        """Count a tick of all samples; `learning` [samples]: their true class does not yet lead by
        the margin from which on weights rest.
        """
        before, membrane = moment.before[self._index], moment.sums[self._index]
        self._spikes += moment.spikes[self._index + 1].sum(axis=0)
        self._clipped += int((saturate(membrane, self._config.state_bits) < membrane).sum())
        # The first error spikes come in tick `burn_in`, and the next tick's events learn from them,
        # if weights change by then.
        if moment.number >= max(self._config.burn_in + 1, self._config.learning_start):
            events = moment.spikes[self._index].sum(axis=1)[learning]
            open_ = before.gate[learning] == 1
            self._judged += len(open_)
            self._open += open_.sum(axis=0)
            moved = (self._moves(before.dendrite[learning]) * open_).sum(axis=1)
            self._updates += float((events * moved).sum())

    def _moves(self, dendrite: np.ndarray) -> np.ndarray:
        """Return how probably an event changes a weight, for each dendrite of an open gate."""
        c, step = self._config, 1 << self._config.learning_shift
        if c.rounding == "nearest":
            moved = ((dendrite + (step >> 1)) >> c.learning_shift != 0).astype(float)
        else:
            moved = np.minimum(np.abs(dendrite) / step, 1.0)
        return moved * (c.transmit / ALWAYS_TRANSMITS)

    def result(self) -> LayerActivity:
        """Return what was counted."""
        c, size, index = self._config, len(self._spikes), self._index
        most = -(-c.ticks // (c.refractory[index] + 1)) * self._samples
        top = 1 << (c.weight_bits - 1)
        at_limits = (self._weights == -top) | (self._weights == top - 1)
        mean = float(self._spikes.mean() / self._samples)
        return LayerActivity(
            name=layer_names(c)[index],
            neurons=size,
            spikes=mean,
            rate=mean / c.ticks,
            silent=int((self._spikes == 0).sum()),
            saturated=int((self._spikes >= SATURATED * most).sum()),
            clipped=self._clipped / (self._samples * c.ticks * size),
            gate_open=float(self._open.mean() / self._judged) if self._judged else 0.0,
            gates_closed=int((self._open == 0).sum()),
            gates_open=int((self._open == self._judged).sum()),
            weights_at_limits=float(at_limits.mean()),
            updates=self._updates / self._samples,
        )


class _Winners:
    """The winner of each sample; see `golden.readout.Readout`."""

    def __init__(self, samples: int, classes: int) -> None:
        self._counts = np.zeros((samples, classes), dtype=np.int64)
        self.winner = np.zeros(samples, dtype=np.int64)

    def lead(self, labels: np.ndarray) -> np.ndarray:
        """Return by how many spikes the true class of each sample leads all others."""
        others = self._counts.copy()
        own = others[np.arange(len(labels)), labels]
        others[np.arange(len(labels)), labels] = -1
        return own - others.max(axis=1)

    def add(self, spikes: np.ndarray) -> None:
        """Count a tick's output spikes, class after class."""
        rows = np.arange(len(spikes))
        for k in range(spikes.shape[1]):
            self._counts[:, k] += spikes[:, k]
            better = self._counts[:, k] > self._counts[rows, self.winner]
            self.winner[better] = k
