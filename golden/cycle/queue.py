"""Queues, clock cycle by clock cycle: as Amaranth's ``SyncFIFOBuffered``."""

from __future__ import annotations

from collections import deque


class Queue:
    """First in, first out, with a register at the output.

    Parameters
    ----------
    depth : int
        Entries that fit, the one in the output register included.

    Attributes
    ----------
    latency : int
        Cycles after which an entry that goes into an empty queue comes out.
    """

    latency = 2

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
