"""Read-out: count the output spikes of a sample; know the winner, and its lead, at any time."""

from __future__ import annotations

import numpy as np

from erbium.golden.config import Config
from erbium.golden.layout import Layout


class Readout:
    """Class counters; the winner is the class that reached the highest count first."""

    def __init__(self, config: Config) -> None:
        self._classes = Layout(config).classes
        self.clear()

    def clear(self) -> None:
        """Start a sample: all counts 0, winner 0."""
        self.counts = np.zeros(self._classes, dtype=np.int64)
        self.winner = 0

    def count(self, k: int) -> None:
        """Count a spike of output neuron `k`."""
        self.counts[k] += 1
        if self.counts[k] > self.counts[self.winner]:
            self.winner = k

    def lead(self, label: int) -> int:
        """Return by how many spikes the true class leads all others; negative if it does not."""
        return int(self.counts[label] - np.delete(self.counts, label).max())
