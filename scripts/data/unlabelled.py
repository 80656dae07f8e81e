"""Samples without labels, for a machine that has learned: it answers, and none is told right.

Files are told from those with labels by what is in them: arrays ``x`` without ``y``, or a table
with as many columns as a sample has, and none for a label.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import csv_file, numpy_file, raw, reading
from erbium.scripts.data.arrays import check_intensities
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.raw import Raw
from erbium.scripts.data.source import Source

#: Names of arrays with labels.
LABELS = (*numpy_file.NAMES["y"], *numpy_file.NAMES["y_test"])


def read(source: Source, columns: int) -> Raw | None:
    """Return the samples of a file that has no labels; None if it has some, or is another kind.

    Parameters
    ----------
    source : Source
        The file. One whose labels are said to be somewhere has some.
    columns : int
        Numbers in a row that the machine learned.

    Raises
    ------
    DataError
        If a value is missing or no number; the message says where.
    """
    path = Path(source.name)
    if source.name in reading.NAMES or source.label is not None or not path.exists():
        return None
    found = _in_file(path, columns, source.header)
    if found is not None:
        reading.check_options(source, reading.options_of(source.name))
    return found


def prepared(found: Raw, preparation: Preparation) -> np.ndarray:
    """Return samples [count, inputs] as a machine takes them."""
    if found.x.shape[1] != preparation.columns:
        raise DataError(
            f"samples of '{found.name}' have {found.x.shape[1]} numbers and no label, but "
            f"{preparation.columns} were learned from; give the same columns in the same order"
        )
    if not preparation.offset:
        check_intensities(found, learned=True)
    return preparation.apply(found.x)


def _in_file(path: Path, columns: int, header: bool | None) -> Raw | None:
    suffix = path.suffix.lower()
    if path.is_dir() or (suffix == reading.NPY and path.stem in numpy_file.NAMES["x"]):
        folder = path if path.is_dir() else path.parent
        return _of_arrays(str(path), {one.stem: one for one in folder.glob("*.npy")})
    if suffix == reading.NPZ:
        arrays = numpy_file.arrays_of(path)
        return _of_arrays(str(path), arrays)
    if suffix == reading.NPY:
        table = numpy_file.array(path)
        fits = table.ndim > 1 and table[:1].size == columns
        return _raw(str(path), "table", table) if fits else None
    if suffix in reading.TEXTS:
        return csv_file.read_unlabelled(path, columns, header)
    return None


def _of_arrays(name: str, arrays: dict[str, np.ndarray] | dict[str, Path]) -> Raw | None:
    """Return the samples of arrays by name, or of files with one each, if none has labels."""
    there = [one for one in numpy_file.NAMES["x"] if one in arrays]
    if len(there) != 1 or any(one in arrays for one in LABELS):
        return None
    found = arrays[there[0]]
    return _raw(name, there[0], numpy_file.array(found) if isinstance(found, Path) else found)


def _raw(name: str, called: str, x: np.ndarray) -> Raw:
    rows = raw.rows_of(name, called, x)
    return Raw(name, rows.values, np.array([]), image=rows.image, called={"x": called})
