"""Accumulators: sums of layers so small that the next word comes before the last is written.

A word can be read again four operations later. Events of a layer of up to three groups follow
each other faster; their sums are taken from registers behind the adder.
"""

from __future__ import annotations

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.operation import Issue
from erbium.golden.enums import Operation
from erbium.golden.layout import SUMS_UNDER_WAY, Layout

#: Operations that leave a membrane behind the adder; a sum of weights only after SYNAPSE.
LEAVES_SUM = (Operation.SYNAPSE, Operation.NEURON)


class Accumulators:
    """The last sums, latest first, and which words they belong to.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._forwards = Layout(config).forwards
        zero = np.zeros(config.lanes, dtype=np.int64)
        self._sums = [zero] * SUMS_UNDER_WAY
        self._words: list[int | None] = [None] * SUMS_UNDER_WAY

    def source(self, issue: Issue) -> int:
        """Return how many operations ago the word's latest sum is made, seen from the operation
        that enters; 0 if it is in memory.
        """
        if issue.operation in LEAVES_SUM:
            for distance in self._forwards:
                if self._words[distance - 1] == issue.state:
                    return distance
        return 0

    def issued(self, issue: Issue) -> None:
        """Note which word an operation that enters belongs to."""
        if issue.operation in LEAVES_SUM:
            word = issue.state if issue.operation == Operation.SYNAPSE else None
            self._words = [word, *self._words[:-1]]

    def take(self, issue: Issue, membranes: np.ndarray) -> None:
        """Take what the execute stage has computed for `issue`."""
        if issue.operation in LEAVES_SUM:
            self._sums = [membranes, *self._sums[:-1]]

    def sum(self, distance: int) -> np.ndarray:
        """Return the sum that was made so many operations ago, seen from the execute stage."""
        return self._sums[distance - 1]
