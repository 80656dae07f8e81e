"""Pieces of Markdown: tables, figures, numbers."""

from __future__ import annotations

from collections.abc import Iterable


def rows(headings: Iterable[str], cells: Iterable[Iterable[object]]) -> str:
    """Return a table."""
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *cells]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def figure(folder: str, name: str, alternative: str) -> str:
    """Return a figure, with words for those who cannot see it."""
    return f"![{alternative}]({folder}/{name}.png)"


def count_range(counts: Iterable[int]) -> str:
    """Write the smallest and the largest number, or the only one."""
    found = sorted(set(counts))
    return " to ".join(f"{count:,}" for count in found[:: max(1, len(found) - 1)])
