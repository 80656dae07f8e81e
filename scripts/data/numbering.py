"""Columns of a table that only number its rows: they say nothing of other samples."""

from __future__ import annotations

import warnings

import numpy as np

from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.table import Table

#: Rows below which a column may count up by chance.
FEW = 10

#: What programs and people call a column that numbers the rows, in lower case.
NUMBERING = ("id", "index", "idx", "unnamed: 0", "rownames")


def tell_numbers(table: Table, values: np.ndarray, label: int) -> None:
    """Warn of columns that only number the rows, of all but that of the labels.

    Parameters
    ----------
    table : Table
    values : array [count, columns]
        Its numbers, without the labels.
    label : int
        Column of the labels.
    """
    if len(values) < FEW:
        return
    for column in range(values.shape[1]):
        at = column + (column >= label)
        named = bool(table.names) and table.names[at].lower() in NUMBERING
        if _numbers_rows(values[:, column], named):
            warnings.warn(
                f"{table.place(table.rows[0][0], at)} and all below it only number the rows; "
                "unless that is meant, leave this column out",
                DataWarning, stacklevel=3,
            )  # fmt: skip


def _numbers_rows(column: np.ndarray, named: bool) -> bool:
    """Return whether values count up, in whatever order rows were put later; or, where a column is
    `named` like that, whether they are whole and each another, as some rows may be left out.
    """
    with np.errstate(over="ignore"):
        if not named and column.max() - column.min() != len(column) - 1:
            return False
        steps = np.diff(np.sort(column))
    whole = bool((column == np.rint(column)).all())
    return bool((steps == 1).all()) or (named and whole and bool((steps > 0).all()))
