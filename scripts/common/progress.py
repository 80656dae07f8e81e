"""Progress on the terminal: one bar for each phase of a command."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

#: Called with a phase's name, the samples done, their total, and how many were recognised
#: (None where nobody counts).
Report = Callable[[str, int, int, int | None], None]


def silent(phase: str, done: int, total: int, correct: int | None) -> None:
    """Report nothing."""


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s", style="cyan")


#: Seconds between two drawings: the compiled model shows thousands of samples in a second.
INTERVAL = 0.1


class Bars:
    """Show progress while entered; an object of this class is a `Report`."""

    def __init__(self, console: Console) -> None:
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("[green]{task.fields[accuracy]}"),
            _Speed(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=console,
        )
        self._lines: dict[str, int] = {}
        self._drawn: dict[str, float] = {}

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bars.stop()

    def __call__(self, phase: str, done: int, total: int, correct: int | None) -> None:
        """Show that `done` of `total` samples are through, of which `correct` were right."""
        self._show(phase, phase, done, total, correct)

    def line(self, name: str) -> Report:
        """Return a report that has one line for all of its phases."""

        def report(phase: str, done: int, total: int, correct: int | None) -> None:
            self._show(name, f"{name}, {phase}", done, total, correct)

        return report

    def _show(self, line: str, text: str, done: int, total: int, correct: int | None) -> None:
        now = time.monotonic()
        if line not in self._lines:
            self._lines[line] = self._bars.add_task(text, total=total, accuracy="")
        elif done < total and now < self._drawn.get(line, 0.0) + INTERVAL:
            return
        self._drawn[line] = now
        accuracy = "" if correct is None else f"{correct / done:7.2%} right"
        self._bars.update(
            self._lines[line], description=text, completed=done, total=total, accuracy=accuracy
        )
