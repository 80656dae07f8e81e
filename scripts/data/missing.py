"""What stands for a value that is missing."""

from __future__ import annotations

#: Texts, in small letters, that spreadsheets, R, pandas and Weka write where a value is missing.
MARKS = frozenset({"", "na", "n/a", "nan", "<na>", "null", "nil", "?"})

REMEDY = "remove the row, or put a value there"


def is_missing(text: str) -> bool:
    """Return whether a text stands for nothing."""
    return text.strip().lower() in MARKS


def shown(text: str) -> str:
    """Return how a message names the text of a missing value."""
    return repr(text) if text.strip() else "empty"
