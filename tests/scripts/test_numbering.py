"""Columns that only number the rows are told, in whatever order the rows lie."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import csv_file

X, Y = load_iris(return_X_y=True)
ORDER = np.random.default_rng(1).permutation(len(X))


def table(path: Path, **columns: np.ndarray) -> Path:
    """Write flowers, with other columns before them."""
    pd.DataFrame({**columns, **dict(zip("abcd", X.T, strict=True)), "kind": Y}).to_csv(
        path, index=False
    )
    return path


@pytest.mark.parametrize(("name", "column"), [
    ("plant", np.arange(150)), ("plant", ORDER), ("plant", ORDER + 1001.0),
    # Some rows are left out, as where a table was split before.
    ("Id", 3 * ORDER + 842302), ("index", np.sort(ORDER**2)), ("Unnamed: 0", 2 * ORDER),
])  # fmt: skip
def test_numbers_of_rows_are_told(name: str, column: np.ndarray, tmp_path: Path) -> None:
    path = table(tmp_path / "flowers.csv", **{name: column})
    with pytest.warns(DataWarning, match=rf"row 2, column 1 \('{name}'\) and all below it only"):
        csv_file.read(path, None, None)


@pytest.mark.parametrize(("name", "column"), [
    ("plant", 2 * ORDER), ("plant", ORDER / 2), ("plant", np.where(ORDER == 7, 8, ORDER)),
    ("id", ORDER // 2), ("id", ORDER / 2), ("index", np.where(ORDER % 2, 1e308, -1e308)),
])  # fmt: skip
def test_other_columns_are_taken(name: str, column: np.ndarray, tmp_path: Path) -> None:
    path = table(tmp_path / "flowers.csv", **{name: column})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert csv_file.read(path, None, None).x.shape == (150, 5)
