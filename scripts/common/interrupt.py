"""Ctrl-C at a moment of our choosing."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType


class Stopped(Exception):
    """The user stopped a command that can go on later; the message says how."""


class CtrlC:
    """While this context is entered, Ctrl-C waits for the next call of `check`.

    A sample that is cut in two would leave half of its learning in the weights.
    """

    def __init__(self) -> None:
        self._pressed = False

    def __enter__(self) -> CtrlC:
        # Python handles signals in the main thread only.
        self._main = threading.current_thread() is threading.main_thread()
        if self._main:
            self._before = signal.signal(signal.SIGINT, self._press)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._main:
            signal.signal(signal.SIGINT, self._before)

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._pressed = True

    def check(self) -> None:
        """Raise `KeyboardInterrupt` if Ctrl-C was pressed since the context was entered."""
        if self._pressed:
            raise KeyboardInterrupt
