"""Preparation: how rows of any numbers become the intensities that a machine takes.

It is found from training samples alone, kept in the checkpoint, and does the same to every row that
is shown later. Three steps: columns are scaled to 0 to 255, each gets a complement if that is asked
for, and a bias input comes last. A machine knows nothing of it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.common.classes import name_of
from erbium.scripts.data import labels
from erbium.scripts.data.scaling import (
    FULL_SCALE,
    Place,
    found,
    intensities,
    numbers,
    place_in_rows,
)

#: What may be added to the inputs: 255 - x beside each x, which fuzzy ART calls complement coding;
#: and an input that is always 255.
INPUTS = ("pairs", "bias")

#: Values of a preparation that are tuples, which JSON does not know.
LISTS = ("classes", "offset", "scale", "names")


@dataclass(frozen=True)
class Preparation:
    """What is done to rows, and what the classes are called.

    Attributes
    ----------
    columns : int
        Numbers in a row.
    classes : tuple of str
        Names in the order of the machine's outputs; empty if classes have no names.
    offset, scale : tuple of float
        A column's value v becomes ``rint(255 * (v - offset) / scale)``, within 0 to 255. A column
        of scale 0 is always 0. Both are empty if rows are intensities already.
    pairs, bias : bool
        After the intensities x come their complements, 255 - x; last an input of 255.
    names : tuple of str
        Names of the columns; empty if they have none.
    """

    columns: int
    classes: tuple[str, ...] = ()
    offset: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    pairs: bool = False
    bias: bool = False
    names: tuple[str, ...] = ()

    @classmethod
    def fit(
        cls,
        x: np.ndarray,
        y: Sequence[object] | np.ndarray = (),
        *,
        scaling: str = "auto",
        pairs: bool = False,
        bias: bool = False,
        image: bool = False,
        place: Place = place_in_rows,
    ) -> Preparation:
        """Return what suits training samples.

        Parameters
        ----------
        x : array [count, columns]
            Training samples, and no others.
        y : list or array [count]
            Their labels; without, classes have no names.
        scaling : str
            A key of `scripts.data.scaling.SCALINGS`.
        pairs, bias : bool
            See `Preparation`.
        image : bool
            All columns are known to mean the same, pixels.
        place : callable
            Names the place of a row and column of `x`, for messages.
        """
        x = numbers(x)
        offset, scale = found(x, scaling, image, place)
        named = labels.classes_of(labels.canonical(y, "y[{}]".format))
        return cls(x.shape[1], named, offset, scale, pairs, bias)

    @property
    def inputs(self) -> int:
        """Inputs of the machine."""
        return self.columns * (2 if self.pairs else 1) + self.bias

    @property
    def encoded(self) -> bool:
        """Whether there are inputs that are no column."""
        return self.pairs or self.bias

    @property
    def apart(self) -> bool:
        """Whether columns have ranges of their own."""
        return len(set(zip(self.offset, self.scale, strict=True))) > 1

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Return the intensities [count, inputs] of rows [count, columns].

        Raises
        ------
        DataError
            If a row has another number of columns, or a value that is missing.
        """
        x = numbers(x)
        if x.shape[1] != self.columns:
            raise DataError(
                f"rows have {x.shape[1]} columns, but {self.columns} were learned from; give the "
                "same columns in the same order"
            )
        parts = [intensities(x, self.offset, self.scale)]
        if self.pairs:
            parts.append(FULL_SCALE - parts[0])
        if self.bias:
            parts.append(np.full((len(x), 1), FULL_SCALE, np.uint8))
        return np.hstack(parts)

    def check_names(self, names: Sequence[str], what: str) -> None:
        """Refuse columns of other names than those learned from, where both have names."""
        if not names or not self.names or tuple(names) == self.names:
            return
        if sorted(names) == sorted(self.names):
            raise DataError(
                f"'{what}' has the columns learned from in another order; give them as "
                f"{', '.join(self.names)}, not {', '.join(names)}"
            )
        if len(names) != len(self.names):
            raise DataError(
                f"'{what}' has {len(names)} columns beside the label, {', '.join(names)}, but "
                f"{len(self.names)} were learned from: {', '.join(self.names)}; give these in this "
                "order (if the labels are another column, name it with --label)"
            )
        differ = zip(names, self.names, strict=True)
        at, name, mine = next((at, a, b) for at, (a, b) in enumerate(differ, 1) if a != b)
        raise DataError(
            f"'{what}' has {name!r} for column {at} of a sample, but that learned from is called "
            f"{mine!r}; give the columns {', '.join(self.names)}, or rename it if it is the same "
            "(if the labels are another column, name it with --label)"
        )

    def numbers_of(self, y: Sequence[object] | np.ndarray, what: str = "samples") -> np.ndarray:
        """Return the classes of labels as numbers; unnamed classes are numbers already."""
        return labels.numbered(labels.canonical(y, "y[{}]".format), self.classes, what)

    def names_of(self, winners: Sequence[int] | np.ndarray) -> list[str]:
        """Return the names of classes."""
        return [self.name(int(winner)) for winner in winners]

    def name(self, number: int) -> str:
        """Return the name of a class; a machine may have more of them than the data."""
        return name_of(number, self.classes)

    def as_dict(self) -> dict[str, Any]:
        """Return every value, ready for JSON; no names of columns if there are none."""
        values = dataclasses.asdict(self)
        if not self.names:
            del values["names"]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Preparation:
        """Return what `as_dict` gave."""
        lists = {name: tuple(values.get(name, ())) for name in LISTS}
        return cls(**dict(values) | lists)
