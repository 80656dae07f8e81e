"""Queues, clock cycle by clock cycle: twin of Amaranth's ``SyncFIFOBuffered``."""

from __future__ import annotations

from collections import deque

from golden.config import Config
from golden.layout import Layout

#: Words of input events that wait between encoder and synapses.
INPUT_QUEUE_DEPTH = 17


def spike_queue_depth(config: Config) -> int:
    """Return the groups that the spike queue holds: all of the largest layer, and one more.

    At least three, so that the ring behind the output register has an address.
    """
    return max(3, *(layer.groups + 1 for layer in Layout(config).layers))


class Queue:
    """First in, first out, with a register at the output.

    An entry that goes into an empty queue comes out two cycles later.

    Parameters
    ----------
    depth : int
        Entries that fit, the one in the output register included.
    """

    def __init__(self, depth: int) -> None:
        self._depth = depth
        self.reset()

    def reset(self) -> None:
        """Empty the queue."""
        self._inner: deque[object] = deque()
        self.output: object = None
        self.output_valid = False

    @property
    def ready(self) -> bool:
        """Whether an entry is taken in this cycle."""
        return len(self._inner) < self._depth - 1

    def clock(self, entry: object, take: bool) -> None:
        """End a cycle: offer `entry` (None is nothing), and take the output if `take`."""
        written = entry is not None and self.ready
        if self._inner and (not self.output_valid or take):
            self.output = self._inner.popleft()
            self.output_valid = True
        elif take:
            self.output_valid = False
        if written:
            self._inner.append(entry)
