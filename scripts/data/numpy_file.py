"""Arrays that NumPy has saved: all in one ``.npz``, or each in a ``.npy``."""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import raw
from erbium.scripts.data.labels import LAST, place_of
from erbium.scripts.data.raw import Raw

#: What an array may be called, the usual name first.
NAMES = {
    "x": ("x", "X", "x_train", "X_train"),
    "y": ("y", "Y", "y_train", "Y_train"),
    "x_test": ("x_test", "X_test"),
    "y_test": ("y_test", "Y_test"),
}
NEEDED = ("x", "y")


def read_npz(path: Path) -> Raw:
    """Return the arrays ``x``, ``y`` and perhaps ``x_test`` and ``y_test`` of a file."""
    return _of(str(path), arrays_of(path))


def read_folder(folder: Path) -> Raw:
    """Return the arrays of a folder with ``x.npy``, ``y.npy`` and so on."""
    return _of(str(folder), {path.stem: array(path) for path in sorted(folder.glob("*.npy"))})


def read_npy(path: Path, label: str | None) -> Raw:
    """Return the table in a file, of which one column is the label; or ``x.npy`` and the others
    beside it.
    """
    if path.stem in NAMES["x"]:
        return read_folder(path.parent)
    table = array(path)
    if table.ndim != 2 or table.shape[1] < 2:
        raise DataError(
            f"'{path}' has the shape {table.shape}; give a table (count, columns) with a column "
            "of labels, or the folder of x.npy and y.npy, or a file .npz with x and y"
        )
    column = _column(path, table.shape[1], label)
    # While its columns still have their numbers.
    raw.rows_of(str(path), "table", table)
    found = raw.from_arrays(str(path), np.delete(table, column, axis=1), table[:, column])
    return dataclasses.replace(
        found, cell=lambda row, at: f"'{path}': table{[row, at + (at >= column)]}"
    )


def holds_arrays(folder: Path) -> bool:
    """Return whether a folder has samples in a ``.npy``."""
    return any((folder / f"{name}.npy").is_file() for name in NAMES["x"])


def _column(path: Path, columns: int, label: str | None) -> int:
    """Return which column is the label, 0 for the first."""
    found = place_of(label or LAST, columns)
    if found is None:
        raise DataError(
            f"'{path}' has no column {label!r}: its columns have no names; give --label first, "
            f"last, or a number from 1 to {columns}"
        )
    return found


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    """Return all arrays of a file ``.npz`` by their names."""
    file = _loaded(path)
    if isinstance(file, np.ndarray):
        raise DataError(f"'{path}' holds a single array; call it .npy")
    try:
        with file:
            return {name: file[name] for name in file.files}
    except Exception as error:
        raise _damaged(path, error) from error


def _of(name: str, arrays: Mapping[str, np.ndarray]) -> Raw:
    found, called = {}, {}
    for meant, names in NAMES.items():
        there = [one for one in names if one in arrays]
        if len(there) > 1:
            raise DataError(f"'{name}' has {' and '.join(there)}; leave one of them out")
        if there:
            found[meant], called[meant] = arrays[there[0]], there[0]
    missing = [one for one in NEEDED if one not in found]
    if missing:
        has = ", ".join(arrays) or "nothing"
        raise DataError(
            f"'{name}' has no {' and no '.join(missing)}, but {has}; save it with "
            "numpy.savez(FILE, x=samples, y=labels), and x_test and y_test if there are any"
        )
    _tell_unused(name, arrays, called.values())
    return raw.from_arrays(name, **found, called=called)


def _tell_unused(name: str, arrays: Mapping[str, np.ndarray], used: Collection[str]) -> None:
    """Warn of samples and labels that are not taken, as those of a validation part."""
    unused = [one for one in arrays if one not in used and one.lower().startswith(("x_", "y_"))]
    if unused:
        warnings.warn(
            f"'{name}' has {', '.join(unused)} beside {', '.join(used)}, which are not used: what "
            "is tuned by is set aside of the training samples; append them to these unless that "
            "is meant",
            DataWarning, stacklevel=2,
        )  # fmt: skip


def array(path: Path) -> np.ndarray:
    """Return the array in a file ``.npy``."""
    found = _loaded(path)
    if not isinstance(found, np.ndarray):
        found.close()
        raise DataError(f"'{path}' holds several arrays; call it .npz")
    if found.dtype.names is not None:
        raise DataError(
            f"'{path}' has columns with names {found.dtype.names}; save plain numbers, or a CSV"
        )
    return found


def _loaded(path: Path) -> np.ndarray | np.lib.npyio.NpzFile:
    try:
        return np.load(path, allow_pickle=False)
    except OSError as error:
        # An error of the system has a number; NumPy's own has none.
        if error.errno is not None:
            raise
        raise _damaged(path, error) from error
    except Exception as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> DataError:
    # A damaged archive can raise nearly anything, and nothing but its bytes is involved.
    if str(error).startswith("Object arrays"):
        return DataError(
            f"'{path}' holds Python objects, which are not loaded; save arrays of numbers, and "
            "labels as integers or as texts of type 'U'"
        )
    return DataError(
        f"'{path}' is no file of NumPy or damaged ({type(error).__name__}); save it again"
    )
