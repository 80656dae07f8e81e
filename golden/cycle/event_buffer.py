"""Event buffer of the guard, clock cycle by clock cycle: whole samples of events, or none of it."""

from __future__ import annotations

from collections import deque

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.enums import GuardError
from erbium.golden.words import outside_event_word


class EventBuffer:
    """Keeps the events of a sample back until it has ended well. Of a bad one, a single word stays:
    the `last` of a sample without an `end`, which no good one has.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    head : Event or None
        Oldest word of all samples that have ended, in the output register.
    """

    def __init__(self, config: Config) -> None:
        self._inputs, self._ticks = config.layers[0], config.ticks
        self._depth = config.event_buffer
        self._fields = outside_event_word(config)
        self.reset()

    def reset(self) -> None:
        """Empty the buffer."""
        self._ended: deque[Event] = deque()
        self.head: Event | None = None
        self._discards = False
        self._begin()

    def _begin(self) -> None:
        """Be before the first event of a sample."""
        self._unfinished: list[Event] = []
        self._tick, self._previous = 0, -1
        self._spoiled = False

    @property
    def ready(self) -> bool:
        """Whether an event is taken: there is room, or waiting would make none."""
        return len(self._ended) + len(self._unfinished) < self._depth or not self._ended

    @property
    def complete(self) -> bool:
        """Whether a sample is there, good or bad."""
        return self.head is not None and not self._discards

    @property
    def bad(self) -> bool:
        """Whether the oldest sample is bad."""
        return self.head is not None and self.head.last and not self.head.end

    @property
    def discards(self) -> bool:
        """Whether the oldest sample is being discarded."""
        return self._discards

    def errors(self, event: Event | None, drop: bool) -> int:
        """Return the flags that an event raises which is offered now; the first one that raises
        any spoils its sample, and what follows raises none.
        """
        if event is None or drop or not self.ready or self._spoiled:
            return 0
        ends = self._tick == self._ticks - 1
        found = {
            GuardError.ORDER: not event.end and event.source <= self._previous,
            GuardError.SOURCE: not event.end and event.source >= self._inputs,
            GuardError.TICKS: event.last != ends if event.end else event.last,
            GuardError.OVERFLOW: len(self._unfinished) == self._depth,
        }
        return sum(error.flag for error, raised in found.items() if raised)

    def observe(self, event: Event | None, drop: bool) -> dict[str, int]:
        """Return the record of this cycle, in which the host offers `event`."""
        return {
            "ready": int(self.ready),
            "raised": self.errors(event, drop),
            "complete": int(self.complete),
            "bad": int(self.bad),
            "discards": int(self._discards),
            "head": self.head.bits(self._fields) if self.head else 0,
        }

    def clock(self, event: Event | None, drop: bool, take: bool, discard: bool) -> None:
        """End a cycle: offer `event`, or drop the unfinished sample; take the head if `take`;
        from the next cycle on, discard the oldest sample if `discard`.
        """
        spoils = self._spoiled or self.errors(event, drop) != 0
        taken = event is not None and self.ready
        take = take or self._discards
        ends = take and self.head is not None and self.head.last
        self._discards = discard or (self._discards and not ends)
        if self._ended and (self.head is None or take):
            self.head = self._ended.popleft()
        elif take:
            self.head = None
        if drop:
            self._begin()
        elif taken:
            self._append(event, spoils)

    def _append(self, event: Event, spoils: bool) -> None:
        self._spoiled = spoils
        if event.last:
            bad = [Event(event.source, end=False, last=True)]
            self._ended.extend(bad if spoils else [*self._unfinished, event])
            self._begin()
        elif spoils:
            self._unfinished = []
        else:
            self._unfinished.append(event)
            self._tick += event.end
            self._previous = -1 if event.end else event.source
