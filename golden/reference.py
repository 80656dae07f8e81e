"""Reference: the network in floating point, for studies of error only.

It follows the same rule in the same order, driven by the same input spikes, but with real
numbers: nothing is rounded, nothing saturates, and weights have no limits. What is random in
the machine is replaced by its mean: a weight moves by exactly ``dendrite * 2**-shift``, thinned
events by a smaller step, blank-out by smaller weights. So its updates are what the machine's
are meant to be on average. Never compare it for equality.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE
from erbium.golden.error import ErrorNeurons, label_fires
from erbium.golden.feedback import feedback_weights, initial_weights
from erbium.golden.layout import Layout
from erbium.golden.plasticity import rate_of_tick
from erbium.golden.readout import Readout
from erbium.golden.validate import DataError, check_label, check_matrices, check_rate, check_ticks


class Reference:
    """The network in floating point.

    Parameters
    ----------
    config : Config
    weights : list of array [sources, targets], optional
        Start from these instead of the configuration's initial weights.

    Attributes
    ----------
    weights : list of float array [sources, targets]
        In the machine's units.
    """

    def __init__(self, config: Config, weights: Sequence[np.ndarray] | None = None) -> None:
        self.config = config
        self._layout = Layout(config)
        self.feedback = [matrix.astype(float) for matrix in feedback_weights(config)]
        self.load(initial_weights(config) if weights is None else weights)
        self._errors = ErrorNeurons(config)
        self._readout = Readout(config)
        self._clear()

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Replace all weights."""
        checked = check_matrices(self._layout, weights)
        self.weights = [np.array(matrix, dtype=float) for matrix in checked]
        if not all(np.isfinite(matrix).all() for matrix in self.weights):
            raise DataError("weights must be finite numbers; some are not")

    def _clear(self) -> None:
        sizes = [layer.targets for layer in self._layout.layers]
        self._membranes = [np.zeros(size) for size in sizes]
        self._dendrites = [np.zeros(size) for size in sizes]
        self._open = [np.zeros(size, dtype=bool) for size in sizes]
        self._rests = [np.zeros(size, dtype=int) for size in sizes]
        self._errors.clear()
        self._readout.clear()

    def run(
        self, events: Sequence[Sequence[int]], label: int = 0, rate: int = FULL_RATE
    ) -> np.ndarray:
        """Show a sample, given as firing inputs of every tick; return the spikes per class."""
        check_ticks(self._layout, events)
        check_label(self._layout, label)
        check_rate(rate)
        rate *= self.config.learning
        self._clear()
        for tick, sources in enumerate(events):
            spikes = np.asarray(sources, dtype=int)
            now = rate_of_tick(self.config, rate, tick, self._readout.lead(label))
            for layer in range(len(self._layout.layers)):
                self._synapses(layer, spikes, now)
                spikes = self._neurons(layer)
            if tick >= self.config.burn_in:
                self._read_out(tick, spikes, label, learn=rate > 0)
        return self._readout.counts.copy()

    def _synapses(self, layer: int, spikes: np.ndarray, rate: int) -> None:
        c, weights = self.config, self.weights[layer]
        share = c.transmit / 16
        self._membranes[layer] += share * 2 ** c.gain[layer] * weights[spikes].sum(axis=0)
        step = share * rate / FULL_RATE / 2**c.learning_shift
        weights[spikes] += step * np.where(self._open[layer], self._dendrites[layer], 0)

    def _neurons(self, layer: int) -> np.ndarray:
        c, membrane = self.config, self._membranes[layer]
        self._open[layer] = (c.gate_low[layer] < membrane) & (membrane < c.gate_high[layer])
        fires = (self._rests[layer] == 0) & (membrane >= c.threshold[layer])
        self._rests[layer] = np.where(fires, c.refractory[layer], self._rests[layer] - 1).clip(0)
        self._membranes[layer] = np.where(fires, 0, membrane * (1 - 2 ** -c.membrane_leak[layer]))
        self._dendrites[layer] *= 1 - 2 ** -c.dendrite_leak[layer]
        return np.flatnonzero(fires)

    def _read_out(self, tick: int, spikes: np.ndarray, label: int, learn: bool) -> None:
        labelled = learn and label_fires(self.config, tick)
        for k in spikes.tolist():
            self._readout.count(k)
            if learn:
                self._feed_back(k, self._errors.step(k, labelled and k == label, True))
        if labelled and label not in spikes:
            self._feed_back(label, self._errors.step(label, True, False))

    def _feed_back(self, k: int, sign: int) -> None:
        for dendrite, feedback in zip(self._dendrites, self.feedback, strict=True):
            dendrite += sign * feedback[k]
