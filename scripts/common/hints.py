"""Hints: what is odd but goes on all the same, in a line on standard error."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class DataWarning(UserWarning):
    """Something odd about data, with the remedy."""


class TrainingWarning(UserWarning):
    """Something wrong with what a training has come to, with the remedy."""


#: What is told in a line.
HINTS = (DataWarning, TrainingWarning)


@contextmanager
def told() -> Iterator[None]:
    """Write each hint once, as a line that names the program."""
    with warnings.catch_warnings():
        shown = warnings.showwarning

        def show(
            message: Warning | str, category: type[Warning], filename: str, lineno: int,
            file: TextIO | None = None, line: str | None = None,
        ) -> None:  # fmt: skip
            if issubclass(category, HINTS):
                print(f"erbium: warning: {' '.join(str(message).split())}", file=sys.stderr)
            else:
                shown(message, category, filename, lineno, file, line)

        warnings.showwarning = show
        for hint in HINTS:
            warnings.simplefilter("default", hint)
        yield


@contextmanager
def untold() -> Iterator[None]:
    """Keep hints to oneself: another process tells them already."""
    with warnings.catch_warnings():
        for hint in HINTS:
            warnings.simplefilter("ignore", hint)
        yield
