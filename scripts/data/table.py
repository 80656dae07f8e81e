"""A table as text: whether its first row has names, and which column has the labels."""

from __future__ import annotations

import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.labels import LAST, place_of
from erbium.scripts.data.missing import is_missing

#: Names of columns that are taken for the labels if no column is named by the user.
LABELS = ("label", "class", "target")

#: Samples of each class that a table needs; a label that fewer have is odd.
NEEDED = 3

#: Numbers of a line in the file and cells of a row.
Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """Rows of cells.

    Attributes
    ----------
    path : Path
        The file.
    names : list of str
        Names of its columns, empty if it has none.
    rows : list of tuple
        Line in the file, and the cells.
    """

    path: Path
    names: list[str]
    rows: list[Row]

    def place(self, line: int, column: int) -> str:
        """Name a cell as one finds it in the file."""
        name = f" ({self.names[column]!r})" if self.names else ""
        return f"'{self.path}' row {line}, column {column + 1}{name}"


def number(cell: str) -> float | None:
    """Return a cell's number; None for a text. Digits of programs, as 1_000, are text."""
    try:
        return None if "_" in cell else float(cell)
    except ValueError:
        return None


def is_header(first: list[str], label: str | None) -> bool:
    """Return whether a row has names: no number, where samples have numbers."""
    if label in first and number(str(label)) is None:
        return True
    # A label may be a word in any row.
    place = place_of(label or LAST, len(first))
    others = [cell for at, cell in enumerate(first) if at != place and not is_missing(cell)]
    return bool(others) and all(number(cell) is None for cell in others)


def check_first(table: Table, label: int) -> None:
    """Refuse a first row of numbers that can be no sample, and tell of one that may be names."""
    (line, first), *others = table.rows
    columns = [cell for at, cell in enumerate(first) if at != label]
    labels = [cells[label] for _, cells in others]
    if not labels or any(number(cell) is None for cell in columns):
        return
    numbered = len(columns) > 1 and (_counts_up(first) or _counts_up(columns))
    shown = f"'{table.path}' row {line} ({_few(first)})"
    remedy = "if it has names of columns, give --header"
    if _unlike(first[label], labels) or (numbered and first[label] not in labels):
        raise DataError(
            f"{shown} can be no sample, for no other row has a label like {first[label]!r}; "
            f"{remedy}, else correct it or give --no-header"
        )
    rare = first[label] not in labels and min(Counter(labels).values()) >= NEEDED
    if numbered or rare:
        warnings.warn(
            f"{shown} is taken for a sample; {remedy}, and if not, --no-header",
            DataWarning, stacklevel=3,
        )  # fmt: skip


def check_first_unlabelled(table: Table) -> None:
    """Tell of a first row of numbers that may be names, where there are no labels to know it by."""
    line, first = table.rows[0]
    if len(first) > 1 and _counts_up(first):
        warnings.warn(
            f"'{table.path}' row {line} ({_few(first)}) is taken for a sample; if it has names of "
            "columns, give --header, and if not, --no-header",
            DataWarning, stacklevel=3,
        )  # fmt: skip


def check_unlabelled(table: Table, label: str | None, learned: tuple[str, ...]) -> None:
    """Refuse a column that has the labels by its name, where each should be one of a sample.

    `label` is what a training called it, unless that is but a place, and `learned` are its names
    of the others.
    """
    if place_of(label or LAST, len(table.rows[0][1])) is not None:
        label = None
    for column, name in enumerate(table.names, 1):
        if name not in learned and (name == label or name.lower() in LABELS):
            raise DataError(
                f"'{table.path}' has labels in column {column}, for it is called {name!r}, and "
                f"{len(table.names) - 1} other columns, but samples with {len(table.names)} were "
                "learned from; give the columns that were learned, and labels beside them or "
                "none (if it has no labels, rename it)"
            )


def _counts_up(cells: list[str]) -> bool:
    """Return whether cells are 0, 1, 2 and so on, or begin with 1, as programs name columns."""
    return cells in ([str(first + at) for at in range(len(cells))] for first in (0, 1))


def _unlike(label: str, labels: list[str]) -> bool:
    """Return whether all other labels are words or all are whole numbers, and this one is not."""
    kinds = {_kind(other) for other in labels}
    return kinds in ({"word"}, {"whole"}) and _kind(label) not in kinds and not is_missing(label)


def _kind(text: str) -> str:
    value = number(text)
    if value is None:
        return "word"
    return "whole" if value.is_integer() else "other"


def _few(cells: list[str]) -> str:
    """Return the first cells of a row."""
    return ", ".join(cells[:4]) + (", ..." if len(cells) > 4 else "")


def label_column(table: Table, label: str | None) -> int:
    """Return which column the labels are in, 0 for the first."""
    names, columns = table.names, len(table.rows[0][1])
    if label is None:
        return _usual(table, columns)
    place = place_of(label, columns)
    if label in names:
        named = names.index(label)
        if place not in (None, named):
            warnings.warn(
                f"'{table.path}' has a column called {label!r}, and --label {label} takes that one "
                f"(column {named + 1}); if column {place + 1} is meant, give its name, "
                f"{names[place]!r}",
                DataWarning, stacklevel=3,
            )  # fmt: skip
        return named
    if place is not None:
        return place
    known = f"choose of: {', '.join(names)}; or " if names else "it has no row of names; "
    raise DataError(
        f"'{table.path}' has no column {label!r}; {known}give --label first, last, or a number "
        f"from 1 to {columns}"
    )


def _usual(table: Table, columns: int) -> int:
    """Return the column that is called like one of labels, else the last."""
    there = [at for at, name in enumerate(table.names) if name.lower() in LABELS]
    if len(there) > 1:
        found = " and ".join(repr(table.names[at]) for at in there)
        raise DataError(
            f"'{table.path}' has columns called {found}, and either may have the labels; say which "
            f"with --label {table.names[there[0]]}, and leave the other out if it is no input"
        )
    return there[0] if there else columns - 1
