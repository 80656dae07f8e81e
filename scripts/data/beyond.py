"""Values far beyond those that were learned from: clipped like an outlier, but most likely given in
another unit, or not scaled as the samples of the training were.
"""

from __future__ import annotations

import warnings

import numpy as np

from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.scaling import Place, place_in_rows

#: Rows below which outliers may be most of a column by chance.
FEW = 10

#: Share of a column's values, and of all values, that are far beyond. What is learned from cannot
#: have more than 4 % of a column there, however long its tails are: 2 % are clipped at either end.
#: Of images most values are 0 in any unit, so that of all values a tenth is odd.
OF_COLUMN, OF_ALL = 1 / 2, 1 / 10


def tell_far(
    x: np.ndarray, preparation: Preparation, what: str, place: Place = place_in_rows
) -> None:
    """Warn of rows that lie far from those learned from: further out than their range is wide.

    Parameters
    ----------
    x : array [count, columns]
        Rows as they are given.
    preparation : Preparation
        That of the training.
    what : str
        What messages call the rows.
    place : callable
        Names the place of a row and column of `x`.
    """
    if len(x) < FEW or not preparation.offset or x.shape[1] != preparation.columns:
        return
    low, width = np.array(preparation.offset), np.array(preparation.scale)
    # Beyond an end that is no number in double precision, there is nothing.
    with np.errstate(over="ignore"):
        far = ((x < low - width) | (x > low + 2 * width)) & (width > 0)
    shares = far.mean(axis=0)
    column = int(shares.argmax())
    if shares[column] <= OF_COLUMN and far.mean() <= OF_ALL:
        return
    row = int(far[:, column].argmax())
    warnings.warn(
        f"{place(row, column)} is {float(x[row, column]):g}, but training samples reach from "
        f"{low[column]:g} to {low[column] + width[column]:g} there; {shares[column]:.0%} of the "
        f"values in that column of {what} lie so far beyond that they are clipped and no longer "
        "told apart: give them in the unit, and scaled in the way, that was learned",
        DataWarning, stacklevel=3,
    )  # fmt: skip
