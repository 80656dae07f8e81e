"""Samples as people have them: rows of any numbers and labels of any kind, not split yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import labels

#: Kinds of arrays that are numbers.
NUMBERS = "biuf"


class Rows(NamedTuple):
    """Rows [count, columns] of finite numbers, and rows and columns of an image if they are one."""

    values: np.ndarray
    image: tuple[int, int] | None = None


@dataclass(frozen=True)
class Raw:
    """What a file or a caller gave, checked; nothing is scaled or split.

    Attributes
    ----------
    name : str
        What messages and results call it.
    x, y : array [count, columns], [count]
        Finite numbers, and labels: all integers or all texts.
    x_test, y_test : array, or None
        Samples that are held out, if they are told from the others.
    image : tuple of int, or None
        Rows and columns of a sample, if it is one.
    called : mapping
        What the user calls ``x`` and so on, where it is something else.
    cell : callable, optional
        Names the place of a row and column of `x` in the user's file, if that is no array ``x``.
    names : tuple of str
        Names of the columns, empty if they have none.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    image: tuple[int, int] | None = None
    called: Mapping[str, str] = field(default_factory=dict)
    cell: Callable[[int, int], str] | None = None
    names: tuple[str, ...] = ()

    def place(self, part: str, row: int, column: int) -> str:
        """Name a value of a part, "x" or "x_test", as one finds it in the user's file."""
        if self.cell is not None:
            return self.cell(row, column)
        within = [column] if self.image is None else divmod(column, self.image[1])
        return f"'{self.name}': {self.called.get(part, part)}{[row, *within]}"


def from_arrays(
    name: str,
    x: np.ndarray,
    y: Sequence[object] | np.ndarray,
    x_test: np.ndarray | None = None,
    y_test: Sequence[object] | np.ndarray | None = None,
    called: Mapping[str, str] | None = None,
) -> Raw:
    """Return arrays as `Raw`.

    Parameters
    ----------
    name : str
        What messages call them all.
    x, x_test : array
        Samples [count, columns], or images [count, rows, columns], perhaps with an axis of 1 more.
    y, y_test : array or list [count]
        Labels.
    called : mapping, optional
        What the user calls these arrays, where it is something else.

    Raises
    ------
    DataError
        If anything is missing or of the wrong kind; the message says where.
    """
    words = {one: one for one in ("x", "y", "x_test", "y_test")} | dict(called or {})
    if (x_test is None) != (y_test is None):
        there, lacks = ("y_test", "x_test") if x_test is None else ("x_test", "y_test")
        raise DataError(f"'{name}' has {words[there]} but no {lacks}; give both or none")
    rows, given = _part(name, words["x"], words["y"], x, y)
    labelled = [(given, _place(name, words["y"]))]
    if x_test is None:
        (named,) = labels.canonical_parts(labelled)
        return Raw(name, rows.values, named, image=rows.image, called=words)
    tested, given = _part(name, words["x_test"], words["y_test"], x_test, y_test)
    labelled.append((given, _place(name, words["y_test"])))
    named, tested_named = labels.canonical_parts(labelled)
    if tested.values.shape[1] != rows.values.shape[1]:
        raise DataError(
            f"'{name}' has {rows.values.shape[1]} numbers in a row of {words['x']}, but "
            f"{tested.values.shape[1]} in one of {words['x_test']}; give the same columns"
        )
    if None not in (rows.image, tested.image) and tested.image != rows.image:
        raise DataError(
            f"'{name}' has images of the shape {rows.image} in {words['x']}, but {tested.image} in "
            f"{words['x_test']}; give the same"
        )
    return Raw(name, rows.values, named, tested.values, tested_named, rows.image, words)


def _place(name: str, part: str) -> labels.Place:
    """Return what names a label of a part."""
    return lambda at: f"'{name}': {part}[{at}]"


def _part(name: str, x_name: str, y_name: str, x: object, y: object) -> tuple[Rows, np.ndarray]:
    rows, values = rows_of(name, x_name, x), _array(name, y_name, y)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataError(
            f"'{name}': {y_name} has the shape {values.shape}, but there is one label for each "
            "sample: give the shape (count,); of one-hot labels, give argmax(axis=1)"
        )
    if len(rows.values) != len(values):
        raise DataError(
            f"'{name}': {x_name} has {len(rows.values)} samples, but {y_name} has {len(values)} "
            "labels; give one label for each sample"
        )
    if not len(values):
        raise DataError(f"'{name}': {x_name} has no sample; give some, or leave it out")
    return rows, values


def rows_of(name: str, part: str, x: object) -> Rows:
    """Return an array of samples as rows of finite numbers; refuse what cannot be that."""
    array = _array(name, part, x)
    if array.ndim == 4 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim not in (2, 3):
        colours = "; make images grey, so that a pixel is one number" if array.ndim == 4 else ""
        raise DataError(
            f"'{name}': {part} has the shape {array.shape}; give (count, columns), or (count, "
            f"rows, columns) for images{colours}"
        )
    if array.dtype.kind == "O":
        array = _of_objects(name, part, array)
    if array.dtype.kind not in NUMBERS:
        raise DataError(
            f"'{name}': {part} has values of type {array.dtype}; give numbers, without columns of "
            "words, dates or complex numbers"
        )
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        place = bad[0].tolist()
        raise DataError(
            f"'{name}': {part}{place} is {array[tuple(place)]}; remove the sample, or put a "
            "number there"
        )
    if not array[:1].size:
        raise DataError(f"'{name}': {part} has the shape {array.shape}; give samples with columns")
    image = array.shape[1:] if array.ndim == 3 else None
    return Rows(array.reshape(len(array), -1), image)


def _of_objects(name: str, part: str, array: np.ndarray) -> np.ndarray:
    """Return numbers that came as objects, as those of a table with mixed columns do."""
    numbers = np.empty(array.shape)
    for place, value in np.ndenumerate(array):
        try:
            numbers[place] = np.nan if value is None else value
        except (TypeError, ValueError):
            raise DataError(
                f"'{name}': {part}{list(place)} is {value!r}, which is no number; leave out "
                "columns of words, or make numbers of them"
            ) from None
    return numbers


def _array(name: str, part: str, values: object) -> np.ndarray:
    try:
        return np.asarray(values)
    except (ValueError, TypeError) as error:
        # Rows of different lengths, say.
        raise DataError(f"'{name}': {part} cannot be made an array: {error}") from error
