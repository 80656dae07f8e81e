"""Samples without labels, for a machine that has learned: it answers, and none is told right.

Files are told from those with labels by what is in them: arrays ``x`` without ``y``, or a table
with as many columns as a sample has, and none for a label.
"""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import csv_file, numpy_file, raw, reading
from erbium.scripts.data.arrays import check_intensities
from erbium.scripts.data.beyond import tell_far
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.raw import Raw
from erbium.scripts.data.scaling import FULL_SCALE
from erbium.scripts.data.source import Source, check_agrees

#: Names of arrays with labels.
LABELS = (*numpy_file.NAMES["y"], *numpy_file.NAMES["y_test"])


def read(
    source: Source, preparation: Preparation | None, inputs: int, learned: str | None = None
) -> Raw | None:
    """Return the samples of a file that has no labels; None if it has some, or is another kind.

    Parameters
    ----------
    source : Source
        The file, taken as the data of a training were. One whose labels are said to be somewhere
        has some.
    preparation : Preparation, or None
        That of the training, if there is one.
    inputs : int
        Inputs of the machine: the numbers in a sample without a preparation.
    learned : str, optional
        What the training called the column of the labels.

    Raises
    ------
    DataError
        If a value is missing or no number, the message says where; or if an option asks for
        another preparation.
    """
    path = Path(source.name)
    if source.name in reading.NAMES or source.label is not None or not path.exists():
        return None
    columns = inputs if preparation is None else preparation.columns
    names = () if preparation is None else preparation.names
    found = _in_file(path, columns, source.header, learned, names)
    if found is not None:
        reading.check_options(source, reading.options_of(source.name))
        _check_ways(source, preparation)
    return found


def _check_ways(source: Source, preparation: Preparation | None) -> None:
    """Refuse ways to make intensities that are not those of the training, or that need one."""
    if preparation is not None:
        check_agrees(source, preparation)
        return
    asked = {
        "inputs": bool(source.inputs), "scaling": source.scaling not in ("auto", "none"),
        "full_scale": source.full_scale != FULL_SCALE,
    }  # fmt: skip
    for name, other in asked.items():
        if other:
            raise DataError(
                f"{name} {getattr(source, name)!r} needs a training, but samples of "
                f"'{source.name}' have no labels and are taken as intensities, for there is no "
                "checkpoint that says how samples are prepared; leave it out, or give --checkpoint"
            )


def prepared(found: Raw, preparation: Preparation) -> np.ndarray:
    """Return samples [count, inputs] as a machine takes them."""
    if found.x.shape[1] != preparation.columns:
        raise DataError(
            f"samples of '{found.name}' have {found.x.shape[1]} numbers and no label, but "
            f"{preparation.columns} were learned from; give the same columns in the same order"
        )
    preparation.check_names(found.names, found.name)
    if not preparation.offset:
        check_intensities(found, learned=True)
    tell_far(found.x, preparation, f"'{found.name}'", functools.partial(found.place, "x"))
    return preparation.apply(found.x)


def _in_file(
    path: Path, columns: int, header: bool | None, learned: str | None, names: tuple[str, ...]
) -> Raw | None:  # fmt: skip
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
        return csv_file.read_unlabelled(path, columns, header, learned, names)
    return None


def _of_arrays(name: str, arrays: dict[str, np.ndarray] | dict[str, Path]) -> Raw | None:
    """Return the samples of arrays by name, or of files with one each, if none has labels."""
    there = [one for one in numpy_file.NAMES["x"] if one in arrays]
    if len(there) != 1 or any(one in arrays for one in LABELS):
        return None
    tests = [one for one in numpy_file.NAMES["x_test"] if one in arrays]
    if tests:
        raise DataError(
            f"'{name}' has {there[0]} and {tests[0]}, but no labels of either; give the samples "
            f"to be answered as {there[0]}, and leave the others out"
        )
    found = arrays[there[0]]
    return _raw(name, there[0], numpy_file.array(found) if isinstance(found, Path) else found)


def _raw(name: str, called: str, x: np.ndarray) -> Raw:
    rows = raw.rows_of(name, called, x)
    return Raw(name, rows.values, np.array([]), image=rows.image, called={"x": called})
