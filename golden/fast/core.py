"""The compiled engine in use: like `golden.core.Core`, some hundred times as fast."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE, Outcomes, Result
from erbium.golden.fast.kernel import run_sample, run_samples
from erbium.golden.fast.machine import build_machine, build_state
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.validate import (
    check_label,
    check_random,
    check_rate,
    check_sample,
    check_samples,
    check_weights,
)


class FastCore:
    """The golden model, compiled; in use like `golden.core.Core`, without its per-tick view.

    Parameters
    ----------
    config : Config
        The machine.
    weights : list of int array [sources, targets], optional
        Start from these instead of the configuration's initial weights.
    """

    def __init__(self, config: Config, weights: Sequence[np.ndarray] | None = None) -> None:
        self.config = config
        self.layout = Layout(config)
        self._machine = build_machine(config)
        self._state = build_state(config, self._machine)
        self.load(initial_weights(config) if weights is None else weights)
        self.reset()

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Replace all weights."""
        checked = check_weights(self.layout, weights)
        for mine, matrix in zip(self.matrices(), checked, strict=True):
            mine[:] = matrix

    def matrices(self) -> list[np.ndarray]:
        """The weights themselves [sources, targets] of every layer, to be changed in place."""
        m, found = self._machine, []
        for layer, base, padded in zip(self.layout.layers, m.weight_base, m.padded, strict=True):
            rows = self._state.weights[base : base + layer.sources * padded]
            found.append(rows.reshape(layer.sources, padded)[:, : layer.targets])
        return found

    @property
    def weights(self) -> list[np.ndarray]:
        """The weights [sources, targets] of every layer; copies."""
        return [matrix.astype(np.int64) for matrix in self.matrices()]

    def reset(self) -> None:
        """Do what the reset wire does: random generators to their seeds, weights unchanged."""
        self.random = RandomState.seeded(self.config.seed)

    @property
    def random(self) -> RandomState:
        """States of the random generators; assign to replace them."""
        return RandomState(*self._state.random.tolist())

    @random.setter
    def random(self, random: RandomState) -> None:
        check_random(random)
        random = RandomState.loaded(self.config, random)
        self._state.random[:] = (random.event, random.blank, random.encoder)

    def run(
        self, sample: np.ndarray | Sequence[Sequence[int]], label: int = 0, rate: int = FULL_RATE
    ) -> Result:
        """Show one sample, learning if `rate` is not 0, and return the outcome."""
        check_sample(self.layout, sample)
        check_label(self.layout, label)
        check_rate(rate)
        rate = self.config.effective(rate)
        outside, intensities = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
        if self.config.encoder == "events":
            outside = np.array([i for tick in sample for i in (*tick, -1)], dtype=np.int64)
        else:
            intensities = np.ascontiguousarray(sample, dtype=np.uint8)
        winner, operations = run_sample(
            self._machine, self._state, intensities, outside, label, rate
        )
        return Result(int(winner), self._state.counts.copy(), int(operations))

    def run_many(
        self, samples: np.ndarray, labels: np.ndarray | None = None, rate: int = FULL_RATE
    ) -> Outcomes:
        """Show samples [count, inputs] one after another; without labels, all are of class 0."""
        check_samples(self.layout, samples, labels)
        check_rate(rate)
        rate = self.config.effective(rate)
        if labels is None:
            labels = np.zeros(len(samples))
        winners = np.empty(len(samples), dtype=np.int64)
        counts = np.empty((len(samples), self.layout.classes), dtype=np.int64)
        operations = run_samples(
            self._machine,
            self._state,
            np.ascontiguousarray(samples, dtype=np.uint8),
            np.ascontiguousarray(labels, dtype=np.int64),
            rate,
            winners,
            counts,
        )
        return Outcomes(winners, counts, int(operations))
