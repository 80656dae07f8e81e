"""A live view of a machine that learns, for the terminal.

The link offers winners, the spikes of each class in the last sample, errors, and on request the
performance counters. It does not tell how many neurons of a hidden layer spike; that is taken from
the golden model, which has the machine's weights, for the last sample shown again.
"""

from __future__ import annotations

import time
from collections import deque

import numpy as np
from rich import box
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from erbium.golden.core import Core
from erbium.scripts.device.compared import Block, Compared

#: Answers over which accuracy is stated, and seconds over which speed is.
ANSWERS, SECONDS = 500, 5.0

#: Seconds between two looks at what costs commands of their own.
INTERVAL = 0.5

#: Cells of a bar.
WIDTH = 30


class Monitor:
    """Shows what a training does while it is entered; told by `Compared`, and as a `Report`.

    Parameters
    ----------
    console : Console
    title : str
        What is shown.
    """

    def __init__(self, console: Console, title: str) -> None:
        self._title = title
        self._right: deque[bool] = deque(maxlen=ANSWERS)
        self._times: deque[tuple[float, int]] = deque([(time.monotonic(), 0)])
        self._phase, self._done, self._total = "start", 0, 1
        self._looked = float("-inf")
        self._facts: list[tuple[str, str]] = []
        self.counts = np.zeros(0, dtype=np.int64)
        self.spikes: list[int] = []
        self._live = Live(console=console, refresh_per_second=4, get_renderable=self.render)

    def __enter__(self) -> Monitor:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def __call__(self, phase: str, done: int, total: int, correct: int | None) -> None:
        """Take progress; see `Report`."""
        self._phase, self._done, self._total = phase, done, total

    def watch(self, core: Compared, block: Block) -> None:
        """Take samples that were shown."""
        now = time.monotonic()
        if block.labels is not None:
            self._right += (block.winners == block.labels).tolist()
        self._times.append((now, core.shown))
        while len(self._times) > 2 and self._times[0][0] < now - SECONDS:
            self._times.popleft()
        if now >= self._looked + INTERVAL:
            self._look(core, block.samples[-1])
            self._looked = time.monotonic()

    @property
    def speed(self) -> float:
        """Samples a second, of late."""
        (began, first), (ended, last) = self._times[0], self._times[-1]
        return (last - first) / (ended - began) if ended > began else 0.0

    def _look(self, core: Compared, sample: np.ndarray) -> None:
        device = core.device
        self.counts = device.counts
        self.spikes = spikes_per_layer(core, sample)
        errors, traffic = device.errors(), device.traffic
        self._facts = [
            ("errors of samples", _named(errors.guard, errors.guard_count)),
            ("errors on the line", _named(errors.link, errors.link_count)),
            ("sent again", f"{traffic.retries:,} of {traffic.transactions:,} commands"),
            ("golden model", core.unequal or "agrees so far"),
        ]
        if device.config.counters:
            counters = device.counters()
            self._facts += [(name, f"{counters[name]:,}") for name in ("events", "weight_writes")]

    def render(self) -> RenderableType:
        """Return the view."""
        facts = Table(box=None, show_header=False)
        if self._right:
            accuracy = sum(self._right) / len(self._right)
            facts.add_row("right while taught", f"{accuracy:.1%} of the last {len(self._right)}")
        facts.add_row("speed", f"{self.speed:,.1f} samples a second")
        for name, value in self._facts:
            facts.add_row(name, value)
        bars = Table.grid(padding=(0, 4))
        bars.add_row(
            _bars("spikes of each class", [str(k) for k in range(len(self.counts))], self.counts),
            _bars("spikes of each layer (of the model)", _layers(self.spikes), self.spikes),
        )
        progress = Table.grid(padding=(0, 1))
        progress.add_row(
            Text(self._phase), ProgressBar(self._total, self._done, width=WIDTH),
            Text(f"{self._done}/{self._total}"),
        )  # fmt: skip
        return Panel(Group(progress, facts, bars), title=escape(self._title), box=box.ROUNDED)


def spikes_per_layer(core: Compared, sample: np.ndarray) -> list[int]:
    """Return how often the inputs and each layer spike if `sample` is shown without learning."""
    model = Core(core.config, core.golden.weights)
    model.random = core.golden.random
    ticks = [[len(events) for events in tick.events] for tick in model.ticks(sample, 0, 0)]
    return np.sum(ticks, axis=0).tolist()


def _layers(spikes: list[int]) -> list[str]:
    hidden = [f"hidden {number}" for number in range(1, len(spikes) - 1)]
    return ["inputs", *hidden, "classes"][: len(spikes)]


def _bars(title: str, names: list[str], values: np.ndarray | list[int]) -> Table:
    table = Table(title=title, title_justify="left", box=None, show_header=False)
    top = max([*values, 1])
    for name, value in zip(names, values, strict=True):
        table.add_row(name, ProgressBar(int(top), int(value), width=WIDTH // 2), str(int(value)))
    return table


def _named(names: tuple[str, ...], count: int) -> str:
    return f"{count:,}: {', '.join(names)}" if count else "none"
