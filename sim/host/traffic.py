"""Random traffic for a core: samples, labels, rates, and a host that stalls."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE
from erbium.golden.cycle.core import Host, Record
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.cycle.sample import pixels
from erbium.golden.rng import RandomState
from erbium.sim.host.ports import taken

Sample = np.ndarray | list[list[int]]

#: Stands among a sample's inputs where the host drops the sample: only a guard knows that.
DROP = object()

#: Where a `HostQueue` keeps what it has for a stream.
QUEUES = {
    "i_pixel": "pixels",
    "i_event": "events",
    "i_request": "requests",
    "i_access": "accesses",
}


def random_sample(config: Config, rng: random.Random) -> Sample:
    """Draw a sample: intensities, a third of them 0, or events of every tick."""
    inputs = config.layers[0]
    if config.encoder == "events":
        most = max(1, inputs // 3)
        return [
            sorted(rng.sample(range(inputs), rng.randint(0, most))) for _ in range(config.ticks)
        ]
    return np.array([rng.choice((0, rng.randint(1, 255), 255)) for _ in range(inputs)])


def as_events(sample: list[list[int]]) -> list[Event]:
    """Return an event sample as the core's `i_event` stream takes it."""
    events = [
        event
        for sources in sample
        for event in (*(Event(int(source)) for source in sources), Event(0, end=True))
    ]
    return [*events[:-1], Event(0, end=True, last=True)]


@dataclass
class HostQueue:
    """What the host still has to send, and how often it stalls.

    Attributes
    ----------
    stall : float
        Probability that a stream's next offer, or readiness, waits for another cycle.
    holds_result : bool
        Take no result.
    clears_errors : bool
        Tell the guard in the next cycle to forget all errors.
    """

    rng: random.Random
    stall: float = 0.0
    pixels: deque[int] = field(default_factory=deque)
    events: deque[Event] = field(default_factory=deque)
    requests: deque[Request] = field(default_factory=deque)
    accesses: deque[Access] = field(default_factory=deque)
    randoms: deque[RandomState] = field(default_factory=deque)
    holds_result: bool = False
    clears_errors: bool = False
    _offered: set[str] = field(default_factory=set)

    def send(self, config: Config, sample: Sample, label: int, rate: int = FULL_RATE) -> None:
        """Queue a sample and the request to run it."""
        if config.encoder == "events":
            self.events.extend(as_events(sample))
        else:
            self.pixels.extend(pixels(sample))
        self.requests.append(Request(label, rate))

    def _goes(self) -> bool:
        return self.rng.random() >= self.stall

    def _offer(self, name: str) -> object:
        """Return the head of a stream; an offer, once made, stays until it is taken."""
        queue = getattr(self, name)
        if not queue or not (name in self._offered or self._goes()):
            return None
        self._offered.add(name)
        return queue[0]

    def _drops(self) -> bool:
        """Whether the host drops the unfinished sample now, in place of the next input."""
        queue = self.pixels or self.events
        if not queue or queue[0] is not DROP:
            return False
        queue.popleft()
        return True

    def drive(self) -> Host:
        """Return what the host drives in the next cycle."""
        drop, clear, self.clears_errors = self._drops(), self.clears_errors, False
        return Host(
            drop=drop,
            clear=clear,
            pixel=None if drop else self._offer("pixels"),
            event=None if drop else self._offer("events"),
            request=self._offer("requests"),
            access=self._offer("accesses"),
            random=self.randoms.popleft() if self.randoms else None,
            result_ready=self._goes() and not self.holds_result,
            access_ready=self._goes(),
        )

    def taken(self, host: Host, record: Record) -> None:
        """Drop what has been taken in the cycle that gave `record`."""
        for member in taken(host, record):
            name = QUEUES[member]
            getattr(self, name).popleft()
            self._offered.discard(name)

    def clear(self) -> None:
        """Forget everything that is under way, as after a reset."""
        for queue in (self.pixels, self.events, self.requests, self.accesses, self.randoms):
            queue.clear()
        self._offered.clear()
