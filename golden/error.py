"""Error neurons: compare label spikes with prediction spikes, one pair per class.

E+ counts label spikes that the prediction did not answer, E- the opposite; both stop at 0 and
fire at `error_threshold`. They see only classes with an event in the tick, so silence is free.
"""

from __future__ import annotations

import numpy as np

from erbium.golden.config import Config
from erbium.golden.layout import Layout


class ErrorNeurons:
    """Accumulators of E+ and E- for all classes."""

    def __init__(self, config: Config) -> None:
        self._threshold = config.error_threshold
        self._classes = Layout(config).classes
        self.clear()

    def clear(self) -> None:
        """Start a sample."""
        self.plus = np.zeros(self._classes, dtype=np.int64)
        self.minus = np.zeros(self._classes, dtype=np.int64)

    def step(self, k: int, label: bool, prediction: bool) -> int:
        """Give class `k` its spikes of this tick; return the error spike: +1, -1 or 0."""
        difference = int(label) - int(prediction)
        self.plus[k] = max(self.plus[k] + difference, 0)
        self.minus[k] = max(self.minus[k] - difference, 0)
        if self.plus[k] >= self._threshold:
            self.plus[k] -= self._threshold
            return 1
        if self.minus[k] >= self._threshold:
            self.minus[k] -= self._threshold
            return -1
        return 0


def label_fires(config: Config, tick: int) -> bool:
    """Say whether the true class's label neuron fires in `tick`."""
    return tick >= config.burn_in and (tick - config.burn_in) % config.label_period == 0
