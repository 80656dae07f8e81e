"""Labels of an estimator, of any kind, and the names that files call them by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data.labels import canonical

#: Kinds of arrays whose labels a checkpoint can hold: truths, numbers, texts, and objects of these.
KINDS = "biufUO"


def names_of(classes: np.ndarray) -> tuple[str, ...]:
    """Return what files call the classes, in their order.

    Raises
    ------
    DataError
        If two of them are the same in a file.
    """
    labels = classes.tolist()
    try:
        names = list(map(str, canonical(classes, str).tolist()))
    except DataError:
        # No file can have such labels, as "NA" or 2**60, but a program can.
        names = [str(int(label)) if isinstance(label, float) else str(label).strip()
                 for label in labels]  # fmt: skip
    for at, name in enumerate(names):
        if (first := names.index(name)) < at:
            raise DataError(
                f"labels {labels[first]!r} and {labels[at]!r} are one class in a file, {name!r}: "
                "blanks at the ends and the way a number is written tell nothing apart; write "
                "both alike, or give them other names"
            )
    return tuple(names)


def named(names: tuple[str, ...], count: int) -> np.ndarray:
    """Return the classes that files call `names`; without names they are numbers."""
    if not names:
        return np.arange(count)
    if all(str(number) == name for number, name in zip(map(_whole, names), names, strict=True)):
        return np.array([int(name) for name in names])
    return np.array(names)


def as_dict(classes: np.ndarray) -> dict[str, Any]:
    """Return labels and their kind, ready for JSON; nothing if `named` finds them by their names,
    or if JSON has no such labels.
    """
    labels, kind = classes.tolist(), classes.dtype.kind
    if kind not in KINDS or not all(isinstance(label, str | int | float) for label in labels):
        return {}
    found = named(names_of(classes), len(classes))
    alike = kind == "U" == found.dtype.kind or classes.dtype == found.dtype
    if alike and found.tolist() == labels:
        return {}
    return {"labels": labels, "dtype": classes.dtype.str}


def from_dict(values: Mapping[str, Any]) -> np.ndarray:
    """Return the labels that `as_dict` gave."""
    return np.array(values["labels"], dtype=values["dtype"])


def _whole(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
