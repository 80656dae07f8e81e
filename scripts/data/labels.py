"""Labels as people have them, integers or words, and the classes that they are."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data.missing import REMEDY, is_missing, shown

#: Says where a label stands, by its number.
Place = Callable[[int], str]

#: Integers beyond this are no longer exact as floating-point numbers.
LARGEST = 2**53

#: Columns of labels that need no name or number.
FIRST, LAST = "first", "last"

#: A whole number as a text may write it, with a point.
WHOLE = re.compile(r"[+-]?(0|[1-9]\d*)\.0*")

#: Digits that are no number but a name.
CODE = re.compile(r"0\d+")


def canonical(values: Sequence[object] | np.ndarray, place: Place) -> np.ndarray:
    """Return labels as integers if all of them are whole numbers, else as texts.

    Parameters
    ----------
    values : list or array [count]
        Integers, truths, whole numbers of any kind, or texts.
    place : callable
        Names a label, such as "y[3]", for messages.

    Raises
    ------
    DataError
        If one is missing, or if they are numbers that are not whole.
    """
    return canonical_parts([(values, place)])[0]


def canonical_parts(
    parts: Sequence[tuple[Sequence[object] | np.ndarray, Place]],
) -> list[np.ndarray]:
    """Return the labels of several parts of the same data, all integers or all texts; see
    `canonical`.
    """
    arrays = [(np.asarray(values), place) for values, place in parts]
    if all(array.dtype.kind in "biuf" for array, _ in arrays):
        return [_integers(array.tolist(), place) for array, place in arrays]
    for array, place in arrays:
        _check_no_times(array, place)
    texts = [_text(value) for array, _ in arrays for value in array.tolist()]
    places = [(place, at) for array, place in arrays for at in range(len(array))]

    def place_in_part(at: int) -> str:
        place, within = places[at]
        return place(within)

    found = _texts(texts, place_in_part)
    return np.split(found, np.cumsum([len(array) for array, _ in arrays])[:-1])


def classes_of(labels: np.ndarray) -> tuple[str, ...]:
    """Return the names of classes in the order of their numbers: ascending, or by the alphabet."""
    return tuple(map(str, np.unique(labels).tolist()))


def numbered(labels: np.ndarray, classes: Sequence[str], what: str) -> np.ndarray:
    """Return the number of each label's class; `what` names the labels in a message.

    Classes without names are numbers already.
    """
    if not classes:
        _check_numbers(labels, what)
        return labels
    numbers = {name: number for number, name in enumerate(classes)}
    names = [_class_of(label, classes) for label in labels.tolist()]
    for name in names:
        if name not in numbers:
            raise DataError(
                f"{what} have the label {name!r}, which is none of the classes learned from: "
                f"{', '.join(classes)}; correct it, or add training samples of it"
            )
    return np.array([numbers[name] for name in names], dtype=np.int64)


def _class_of(label: object, classes: Sequence[str]) -> str:
    """Return the class that a label names: "1.0" for 1, where words beside it made texts of all."""
    text = str(label)
    if text in classes or isinstance(label, str):
        return text
    same = [name for name in classes if WHOLE.fullmatch(name) and float(name) == label]
    return same[0] if len(same) == 1 else text


def _check_numbers(labels: np.ndarray, what: str) -> None:
    """Refuse labels that are no number of a class."""
    others = [label for label in labels.tolist() if isinstance(label, str) or label < 0]
    if others:
        raise DataError(
            f"{what} have the label {str(others[0])!r}, but the classes learned from have no "
            "names, only numbers from 0; give numbers for labels"
        )


def _check_no_times(array: np.ndarray, place: Place) -> None:
    """Refuse dates and times, of which nearly each would be a class of its own."""
    kinds = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
    for at, value in enumerate(array):
        if isinstance(value, kinds):
            raise DataError(
                f"{place(at)} is {value}, a time, which is no class; make classes of times, such "
                "as 'weekday' and 'weekend'"
            )


def alike(classes: Sequence[str]) -> list[str]:
    """Return names of classes that differ from another only in case or in blanks."""
    seen: dict[str, list[str]] = {}
    for name in classes:
        seen.setdefault("".join(name.casefold().split()), []).append(name)
    return [name for names in seen.values() if len(names) > 1 for name in names]


def _text(value: object) -> str:
    if value is None:
        return ""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _texts(texts: list[str], place: Place) -> np.ndarray:
    for at, text in enumerate(texts):
        if is_missing(text):
            raise DataError(f"{place(at)} has no label ({shown(text)}); {REMEDY}")
    texts = [text.strip() for text in texts]
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        return np.array(texts, dtype=str)
    # Of "01", the zero is part of the name.
    return np.array(texts) if any(map(CODE.fullmatch, texts)) else _integers(numbers, place)


def _integers(values: list[float], place: Place) -> np.ndarray:
    for at, value in enumerate(values):
        if value != value:
            raise DataError(f"{place(at)} has no label (nan); {REMEDY}")
        if abs(value) > LARGEST or value != int(value):
            raise DataError(
                f"{place(at)} has the label {value!r}, which is no class: labels are integers or "
                "words; give those of classes, or make classes of ranges of the number"
            )
    return np.array([int(value) for value in values], dtype=np.int64)


def place_of(label: str, columns: int) -> int | None:
    """Return which column is meant by "first", "last" or a number from 1, counted from 0; None if
    the text is nothing of that.
    """
    if label in (FIRST, LAST):
        return 0 if label == FIRST else columns - 1
    if label.isascii() and label.isdigit() and 1 <= int(label) <= columns:
        return int(label) - 1
    return None
