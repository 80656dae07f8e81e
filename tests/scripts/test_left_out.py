"""What is not taken of a file is told, or refused with a remedy that loses nothing."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import csv_file, numpy_file

X, Y = np.arange(60.0).reshape(20, 3), np.arange(20) % 2


@pytest.mark.parametrize("names", [("X_val", "y_val"), ("x_valid",), ("X_dev", "Y_dev")])
@pytest.mark.parametrize("folder", [False, True])
def test_arrays_that_are_not_used_are_told(
    names: tuple[str, ...], folder: bool, tmp_path: Path
) -> None:
    arrays = {"X_train": X, "y_train": Y, **{name: X if name[0] in "xX" else Y for name in names}}
    if folder:
        for name, array in arrays.items():
            np.save(tmp_path / f"{name}.npy", array)
    else:
        np.savez(tmp_path / "all.npz", **arrays)
    with pytest.warns(DataWarning, match=f"has {', '.join(names)} beside X_train, y_train, which"):
        found = (
            numpy_file.read_folder(tmp_path)
            if folder
            else numpy_file.read_npz(tmp_path / "all.npz")
        )
    assert len(found.x) == len(X)


def test_arrays_of_other_things_are_no_samples(tmp_path: Path) -> None:
    np.savez(
        tmp_path / "all.npz", x=X, y=Y, x_test=X, y_test=Y, feature_names=np.array(list("abc"))
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        numpy_file.read_npz(tmp_path / "all.npz")


@pytest.mark.parametrize(("cells", "remedy"), [
    (["True", "False"], "write 1 for true and 0 for false"),
    (["TRUE", "TRUE"], "write 1 for true and 0 for false"),
    (["true", "yes"], "give --label flag, else leave it out"),
    (['"1,000"', '"12,500"'], "not a comma, and nothing between thousands"),
])  # fmt: skip
def test_a_remedy_loses_nothing(cells: list[str], remedy: str, tmp_path: Path) -> None:
    rows = "".join(f"{number},{cells[number % 2]},{number % 2}\n" for number in range(12))
    (tmp_path / "rows.csv").write_text(f"size,flag,kind\n{rows}")
    with pytest.raises(DataError, match=remedy):
        csv_file.read(tmp_path / "rows.csv", None, None)
