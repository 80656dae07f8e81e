"""Accumulators: sums of layers so small that the next word comes before the last is written.

A word takes three cycles from its read to its next read. Events of a layer of one or two groups
follow each other faster; their sums are taken from the registers behind the adder.
"""

from __future__ import annotations

import numpy as np

from golden.config import Config
from golden.cycle.control import Issue
from golden.layout import Layout


class Accumulators:
    """The sums of the last SYNAPSE operations, and which words they belong to.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    last, previous : int array [lanes]
        What the last SYNAPSE or NEURON operation left behind the adder, and the one before. It is
        a sum of weights only after SYNAPSE, and only then it is used.
    """

    def __init__(self, config: Config) -> None:
        self._layout = Layout(config)
        self.last = self.previous = np.zeros(config.lanes, dtype=np.int64)
        self._last_word: int | None = None
        self._previous_word: int | None = None

    def source(self, issue: Issue) -> str:
        """Return where an operation that enters finds its membranes: "last", "previous" or
        "memory".
        """
        if issue.operation in ("SYNAPSE", "NEURON"):
            if self._layout.forwards_last and issue.state == self._last_word:
                return "last"
            if self._layout.forwards_previous and issue.state == self._previous_word:
                return "previous"
        return "memory"

    def issued(self, issue: Issue) -> None:
        """Note which word an operation that enters belongs to."""
        if issue.operation in ("SYNAPSE", "NEURON"):
            self._previous_word = self._last_word
            self._last_word = issue.state if issue.operation == "SYNAPSE" else None

    def take(self, issue: Issue, sums: np.ndarray) -> None:
        """Take what the execute stage has computed for `issue`."""
        if issue.operation in ("SYNAPSE", "NEURON"):
            self.last, self.previous = sums, self.last
