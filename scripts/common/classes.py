"""What classes are called."""

from __future__ import annotations

from collections.abc import Sequence


def name_of(number: int, classes: Sequence[str]) -> str:
    """Return what a class is called: its name, or its number if it has none, as where a machine has
    more classes than the data.
    """
    return classes[number] if number < len(classes) else str(number)
