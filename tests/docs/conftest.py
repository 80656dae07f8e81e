"""What the tests of docs/specification.md share: the text in parts, and runs in which a host plays
what the text says.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Request
from erbium.golden.cycle.sample import pixels
from erbium.golden.cycle.spikes import Spikes
from erbium.golden.enums import Operation, Phase
from erbium.golden.feedback import initial_weights

Rows = list[list[str]]


@dataclass
class Specification:
    """docs/specification.md: its text, and the tables and waves that have a caption."""

    text: str

    def section(self, number: str) -> str:
        """Return a section, such as "12.8", up to the next heading."""
        return re.search(rf"^#+ {re.escape(number)} .*?(?=^#|\Z)", self.text, re.M | re.S)[0]

    def table(self, name: str) -> Rows:
        """Return a table: its header and its body; empty if there is none of this name."""
        pattern = rf"^\*Table: {re.escape(name)}\*\n\n((?:\|.*\n)+)"
        found = re.search(pattern, self.text, re.M)
        if found is None:
            return []
        lines = [line[1:-1].split("|") for line in found[1].splitlines()]
        rows = [[cell.strip().replace("`", "") for cell in line] for line in lines]
        return [rows[0], *rows[2:]]

    def waves(self) -> dict[str, str]:
        """Return all waves, without their indentation."""
        found = re.findall(r"^\*Wave: (.+)\*\n\n((?:    .*\n)+)", self.text, re.M)
        return {name: re.sub(r"^    ", "", drawn, flags=re.M) for name, drawn in found}


@pytest.fixture(scope="session")
def specification() -> Specification:
    return Specification((Path(__file__).parents[2] / "docs" / "specification.md").read_text())


@dataclass
class Cycle:
    """One clock cycle of a run: what the host drives, and what the golden model does."""

    host: Host
    reset: bool
    record: Record
    spikes: Spikes | None
    read_word: int
    queued: int

    @property
    def phase(self) -> str:
        return Phase(self.record["control"]["phase"]).name

    @property
    def operation(self) -> str:
        return Operation(self.record["control"]["operation"]).name

    @property
    def starts(self) -> bool:
        """Whether a request is transferred."""
        return bool(self.record["control"]["start"])

    @property
    def finishes(self) -> bool:
        """Whether a result is transferred."""
        return bool(self.record["control"]["finish"])


@dataclass
class Play:
    """A machine with its initial weights, and a host that follows a plan.

    Attributes
    ----------
    pixel, event, request, access : deque
        What is still to be offered: pairs of the first cycle in which it may be, and the item.
    patience : int
        A result or a word is taken in this cycle of those in which it is offered; 0 is the first.
    cycles : list of Cycle
    """

    config: Config
    patience: int = 0
    pixel: deque = field(default_factory=deque)
    event: deque = field(default_factory=deque)
    request: deque = field(default_factory=deque)
    access: deque = field(default_factory=deque)
    cycles: list[Cycle] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.core = CycleCore(self.config)
        self.core.load(initial_weights(self.config))
        self._waited = 0

    @property
    def now(self) -> int:
        """The next cycle's number."""
        return len(self.cycles)

    def offer(self, stream: str, items: Sequence[object], first: int = 0) -> None:
        """Offer items one after the other from cycle `first` on."""
        getattr(self, stream).extend((first, item) for item in items)

    def learn(self, shown: Sequence[tuple[object, int]], first: int = 0) -> None:
        """Offer samples of intensities, and requests to learn them."""
        self.offer("pixel", [word for sample, _ in shown for word in pixels(sample)], first)
        self.offer("request", [Request(label, 256) for _, label in shown], first)

    def step(self, reset: bool = False) -> Cycle:
        """Live through one cycle; after one with `reset`, the host has nothing left to offer."""
        streams = ("pixel", "event", "request", "access")
        queues = {name: getattr(self, name) for name in streams}
        due = {name: q[0][1] if q and q[0][0] <= self.now else None for name, q in queues.items()}
        takes = self._waited >= self.patience
        host = Host(**due, result_ready=takes, access_ready=takes)
        spikes, read = self.core.datapath.spikes, self.core.datapath.read_weights
        places = self.core.spikes._queue
        queued = len(places._inner) + places.output_valid
        record = self.core.step(host)
        cycle = Cycle(host, reset, record, spikes, self.core.datapath.weight_word(read), queued)
        self.cycles.append(cycle)
        control = record["control"]
        ready = {
            "pixel": record.get("samples", {}).get("ready"),
            "event": record["core"]["inputs_ready"],
            "request": control["request_ready"],
            "access": control["access_ready"],
        }
        for name, queue in queues.items():
            if reset:
                queue.clear()
            elif due[name] is not None and ready[name]:
                queue.popleft()
        offered = control["result_valid"] or control["read_valid"]
        self._waited = self._waited + 1 if offered and not takes else 0
        if offered and takes:
            self._waited = 0
        if reset:
            self.core.reset()
        return cycle

    def until(self, ends: Callable[[Cycle], bool], budget: int = 5000) -> Cycle:
        """Go on until the cycle for which `ends` holds, and return it."""
        for _ in range(budget):
            if ends(cycle := self.step()):
                return cycle
        raise AssertionError(f"not reached within {budget} cycles")


@pytest.fixture(scope="session")
def play() -> type[Play]:
    return Play


@pytest.fixture(scope="session")
def training(specification) -> list[tuple[np.ndarray, int]]:
    """The training samples of section 11, with their labels."""
    rows = specification.table("training samples")[1:]
    return [(np.array([int(x) for x in row[1].split(", ")]), int(row[2])) for row in rows]


@pytest.fixture(scope="session")
def outside() -> Callable[[int, int], list[Event]]:
    """Return sample `number` of variant `events` (section 11.3) as `i_event` takes it."""

    def sample(ticks: int, number: int = 0) -> list[Event]:
        events = []
        for tick in range(ticks):
            fires = [s for s in range(12) if (5 * s + 3 * tick + 7 * number) % 11 < 3]
            events += [*map(Event, fires), Event(0, end=True, last=tick == ticks - 1)]
        return events

    return sample


@pytest.fixture
def stated(specification) -> Callable[[str, Rows], None]:
    """Check that a table of the text reads as computed; a failure shows how it must read."""

    def check(name: str, rows: Rows) -> None:
        lines = [f"| {' | '.join(row)} |" for row in rows]
        text = "\n".join([lines[0], "|" + " --- |" * len(rows[0]), *lines[1:]])
        assert specification.table(name) == rows, f"table {name!r} must read:\n{text}"

    return check
