"""Tables as text: CSV, with a row of names or none, and one column of labels."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import labels
from erbium.scripts.data.missing import REMEDY, is_missing, shown
from erbium.scripts.data.numbering import tell_numbers
from erbium.scripts.data.raw import Raw
from erbium.scripts.data.table import (
    Row,
    Table,
    check_first,
    check_first_unlabelled,
    check_unlabelled,
    is_header,
    label_column,
    number,
)  # fmt: skip

#: What may stand between two cells; of those in the first line, the most frequent is taken. A comma
#: that is no more frequent than another may be that of decimals.
DELIMITERS = ";\t,"

#: How programs write truths, in lower case.
TRUTHS = ("true", "false")

#: A number with a comma for decimals.
COMMA = re.compile(r"[+-]?[\d.]*,\d+([eE][+-]?\d+)?")


def read(path: Path, label: str | None, header: bool | None) -> Raw:
    """Return the samples of a file.

    Parameters
    ----------
    path : Path
    label : str, optional
        Name of the column of the labels, "first", "last", or its number, 1 for the first. Without,
        it is the column called as one of `LABELS`, else the last.
    header : bool, optional
        Whether the first row has names. Without, it has if none of its cells is a number.

    Raises
    ------
    DataError
        If a cell is missing or no number, or rows differ in length; the message says where.
    """
    rows = _rows(path)
    table = _table(path, rows, is_header(rows[0][1], label) if header is None else header)
    column = label_column(table, label)
    if header is None and not table.names:
        check_first(table, column)
    values = np.array(list(_values(table, column)))
    tell_numbers(table, values, column)
    texts = [cells[column] for _, cells in table.rows]
    return Raw(
        str(path), values,
        labels.canonical(texts, lambda at: table.place(table.rows[at][0], column)),
        cell=lambda row, at: table.place(table.rows[row][0], at + (at >= column)),
        names=tuple(table.names[:column] + table.names[column + 1 :]),
    )  # fmt: skip


def read_unlabelled(
    path: Path,
    columns: int,
    header: bool | None,
    label: str | None = None,
    learned: tuple[str, ...] = (),
) -> Raw | None:
    """Return the samples of a file without labels: it has as many columns as samples have; None if
    it has others.

    Parameters
    ----------
    path : Path
    columns : int
        Numbers in a sample.
    header : bool, optional
        Whether the first row has names. Without, it has if none of its cells is a number.
    label : str, optional
        What the column of the labels was called in the data that were learned.
    learned : tuple of str
        What the others were called there, if they had names.

    Raises
    ------
    DataError
        If a cell is missing or no number, or if a column has the labels by its name.
    """
    rows = _rows(path)
    first = rows[0][1]
    if len(first) != columns:
        return None
    named = all(number(cell) is None for cell in first) if header is None else header
    table = _table(path, rows, named)
    check_unlabelled(table, label, learned)
    if header is None and not named:
        check_first_unlabelled(table)
    # No column is passed over.
    values = np.array(list(_values(table, columns)))
    return Raw(
        str(path), values, np.array([]), cell=lambda row, at: table.place(table.rows[row][0], at),
        names=tuple(table.names),
    )  # fmt: skip


def _table(path: Path, rows: list[Row], named: bool) -> Table:
    """Return rows as a table with samples, and with names that are told apart if it has any."""
    table = Table(path, rows[0][1] if named else [], rows[1:] if named else rows)
    if not table.rows:
        raise DataError(f"'{path}' has names of columns, but no sample; give a row for each")
    if named:
        _check_names(table)
    return table


def _rows(path: Path) -> list[Row]:
    try:
        # A mark at the beginning, as Excel writes it, is no part of the first name.
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"'{path}' is no text in UTF-8 (byte {error.start}); save it as CSV in UTF-8"
        ) from error
    beginning = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=max(DELIMITERS, key=beginning.count), strict=True
    )
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader
                if any(map(str.strip, cells)) or len(cells) > 1]  # fmt: skip
    except csv.Error as error:
        raise DataError(f"'{path}' row {reader.line_num} is no CSV: {error}; correct it") from error
    if not rows:
        raise DataError(f"'{path}' is empty; give a row for each sample")
    line, first = rows[0]
    for other, cells in rows:
        if len(cells) != len(first):
            raise DataError(
                f"'{path}' row {other} has {len(cells)} cells, but row {line} has {len(first)}; "
                "give each row the same"
            )
    if len(first) < 2:
        raise DataError(
            f"'{path}' has one column; give one for the labels and others for the sample, with a "
            "comma, semicolon or tabulator between them"
        )
    return rows


def _check_names(table: Table) -> None:
    for column, name in enumerate(table.names, 1):
        if not name:
            raise DataError(
                f"'{table.path}' has no name for column {column}; name it, or leave it out if it "
                "numbers the rows (pandas: to_csv(index=False))"
            )
    twice = [name for name, count in Counter(table.names).items() if count > 1]
    if twice:
        raise DataError(
            f"'{table.path}' has several columns called {twice[0]!r}; rename all but one"
        )


def _values(table: Table, label: int) -> Iterator[np.ndarray]:
    """Yield the numbers of each row, without its label."""
    for line, cells in table.rows:
        others = cells[:label] + cells[label + 1 :]
        try:
            row = np.array(others, dtype=np.float64)
        except ValueError:
            row = np.array([np.nan])
        if not np.isfinite(row).all() or any("_" in cell for cell in others):
            _refuse(table, line, cells, label)
        yield row


def _refuse(table: Table, line: int, cells: list[str], label: int) -> None:
    """Raise what is wrong with the first bad cell of a row."""
    for column, cell in enumerate(cells):
        if column == label:
            continue
        place, value = table.place(line, column), number(cell)
        if is_missing(cell):
            raise DataError(f"{place} is {shown(cell)}, a missing value; {REMEDY}")
        if value is None:
            raise DataError(f"{place} is {cell!r}, which is no number; {_remedy(table, column)}")
        if not np.isfinite(value):
            raise DataError(f"{place} is {cell!r}; {REMEDY}")


def _remedy(table: Table, column: int) -> str:
    """Say what to do with a text where a number is needed."""
    texts = [cells[column] for _, cells in table.rows]
    if any(map(COMMA.fullmatch, texts)):
        return "write numbers with a decimal point, not a comma, and nothing between thousands"
    if all(number(text) is None for text in texts):
        name = table.names[column] if table.names else column + 1
        truths = all(text.lower() in TRUTHS for text in texts)
        other = "write 1 for true and 0 for false" if truths else "leave it out"
        return f"if this column has the labels, give --label {name}, else {other}"
    if texts[0] and number(texts[0]) is None and not table.names:
        return "if this row has names of columns, give --header; else write a number"
    return "write a number, with a decimal point, or leave the row out"
