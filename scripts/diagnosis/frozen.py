"""Many samples at once on weights that stay as they are: what each sample would ask for.

It steps the neurons of the golden model (`golden.neuron`) for all samples together, with errors,
feedback and gates as in learning, but no weight is written. So a few hundred samples take a
fraction of a second, and none of them depends on those before it. While all synapses transmit,
spikes are those of the golden model bit for bit; with blank-out, NumPy draws who transmits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS, Config
from erbium.golden.encoder import Encoder
from erbium.golden.error import label_fires
from erbium.golden.feedback import feedback_weights
from erbium.golden.neuron import NeuronParameters, NeuronState, step
from erbium.golden.rng import RandomState

#: Seed of the draws of blank-out, which are not the machine's.
BLANK_SEED = 0


@dataclass
class Moment:
    """What happened in one tick of all samples.

    Attributes
    ----------
    number : int
        The tick.
    before : list of NeuronState
        States that the tick's events met, arrays [samples, neurons] of every layer.
    sums : list of int array [samples, neurons]
        Membranes with the tick's weights, before they saturate.
    spikes : list of bool array [samples, neurons]
        Of the inputs, then of every layer.
    errors : int array [samples, classes]
        Error spikes: +1, -1 or 0.
    """

    number: int
    before: list[NeuronState]
    sums: list[np.ndarray] = field(default_factory=list)
    spikes: list[np.ndarray] = field(default_factory=list)
    errors: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.int64))


def ticks(
    config: Config,
    weights: list[np.ndarray],
    random: RandomState,
    samples: np.ndarray,
    labels: np.ndarray,
) -> Iterator[Moment]:
    """Show samples [count, inputs] of classes [count] together, and yield after every tick.

    Each has the phases that it would have if they were shown one after another without learning,
    from the random state `random` on.
    """
    count, classes = len(samples), config.layers[-1]
    fired = _inputs(config, random, samples)
    parameters = [NeuronParameters.of(config, i) for i in range(len(weights))]
    feedback = feedback_weights(config)
    # Sums of integers that are far below 2**53: exact, and many times as fast as int64.
    matrices = [matrix.astype(np.float64) for matrix in weights]
    states = [_cleared(count, size) for size in config.layers[1:]]
    plus, minus = (np.zeros((count, classes), dtype=np.int64) for _ in range(2))
    draws = np.random.default_rng(BLANK_SEED)
    for number in range(config.ticks):
        moment = Moment(number, list(states), spikes=[_fires(fired, number, config.layers[0])])
        for layer, matrix in enumerate(matrices):
            events, state = moment.spikes[-1], states[layer]
            membrane = state.membrane + (_sum(config, events, matrix, draws) << config.gain[layer])
            met = NeuronState(membrane, state.dendrite, state.gate, state.refractory)
            states[layer], fires = step(met, parameters[layer])
            moment.sums.append(membrane)
            moment.spikes.append(fires)
        moment.errors = _errors(config, moment, labels, plus, minus)
        for layer, matrix in enumerate(feedback):
            states[layer].dendrite = states[layer].dendrite + moment.errors @ matrix
        yield moment


def _cleared(count: int, size: int) -> NeuronState:
    return NeuronState(*(np.zeros((count, size), dtype=np.int64) for _ in range(4)))


def _inputs(config: Config, random: RandomState, samples: np.ndarray) -> list[list[np.ndarray]]:
    """Return which inputs fire, for each tick of each sample: few of many, so their numbers."""
    encoder = Encoder(config, RandomState(**vars(random)))
    fired = []
    for sample in samples:
        encoder.start(sample)
        fired.append([encoder.tick(number) for number in range(config.ticks)])
    return fired


def _fires(fired: list[list[np.ndarray]], number: int, inputs: int) -> np.ndarray:
    """Return whether each input fires in a tick: [samples, inputs]."""
    fires = np.zeros((len(fired), inputs), dtype=bool)
    for row, events in zip(fires, fired, strict=True):
        row[events[number]] = True
    return fires


def _sum(
    config: Config, events: np.ndarray, matrix: np.ndarray, draws: np.random.Generator
) -> np.ndarray:
    """Return what a tick's events bring to each target."""
    if config.transmit == ALWAYS_TRANSMITS:
        return (events @ matrix).astype(np.int64)
    total = np.zeros((len(events), matrix.shape[1]), dtype=np.int64)
    for row, fired in zip(total, events, strict=True):
        rows = matrix[fired]
        row[:] = np.where(draws.integers(16, size=rows.shape) < config.transmit, rows, 0).sum(0)
    return total


def _errors(
    config: Config, moment: Moment, labels: np.ndarray, plus: np.ndarray, minus: np.ndarray
) -> np.ndarray:
    """Compare label and output of a tick as `golden.error.ErrorNeurons` does; count in `plus`
    and `minus`. A class without an event, or with both, changes nothing there either.
    """
    errors = np.zeros_like(plus)
    if moment.number < config.burn_in:
        return errors
    difference = -moment.spikes[-1].astype(np.int64)
    if label_fires(config, moment.number):
        difference[np.arange(len(labels)), labels] += 1
    for counter, sign in ((plus, 1), (minus, -1)):
        np.maximum(counter + sign * difference, 0, out=counter)
        fires = counter >= config.error_threshold
        counter[fires] -= config.error_threshold
        errors[fires] = sign
    return errors
