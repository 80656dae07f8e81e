"""Memory, clock cycle by clock cycle: one read, one write, never both at one address."""

from __future__ import annotations

import numpy as np


class Ram:
    """Words of lanes; the word that was read shows one cycle later.

    Block RAMs differ in what they give when a word is read while it is written, and logic that
    decides it would cost as much as a lane. The schedule avoids it, and this model insists.

    Parameters
    ----------
    name : str
        Of the memory, for messages.
    depth, lanes : int

    Attributes
    ----------
    latency : int
        Cycles from an address to its word.
    words : int array [depth, lanes]
    """

    latency = 1

    def __init__(self, name: str, depth: int, lanes: int) -> None:
        self._name = name
        self.words = np.zeros((depth, lanes), dtype=np.int64)
        self._output = self.words[0].copy()
        #: The output before the last clock edge.
        self.before = self._output

    def clock(self, read: int | None, write: int | None, data: np.ndarray) -> None:
        """End a cycle: read the word at `read` and write `data` to `write` (None is nothing).

        Raises
        ------
        AssertionError
            If both addresses are the same: the schedule is broken.
        """
        if read is not None and read == write:
            raise AssertionError(f"{self._name} word {read} is read while it is written")
        self.before = self._output
        if read is not None:
            self._output = self.words[read].copy()
        if write is not None:
            self.words[write] = data
