"""Input queue, clock cycle by clock cycle."""

from __future__ import annotations

from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.queue import Queue
from erbium.golden.words import INPUT_QUEUE_DEPTH


class InputQueue(Queue):
    """Events between encoder and synapses: words of them go in, they come out one by one."""

    def __init__(self) -> None:
        super().__init__(INPUT_QUEUE_DEPTH)

    def reset(self) -> None:
        """Empty the queue."""
        super().reset()
        self._taken = 0

    @property
    def event(self) -> Event | None:
        """Event offered in this cycle."""
        return self.output[self._taken] if self.output_valid else None

    def clock(self, entry: object, take: bool) -> None:
        """End a cycle: offer a word of events, and take an event if `take`."""
        last = self.output_valid and self._taken == len(self.output) - 1
        if self.output_valid and take:
            self._taken = 0 if last else self._taken + 1
        super().clock(entry, take and (last or not self.output_valid))
