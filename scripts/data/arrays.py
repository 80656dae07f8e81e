"""From rows and labels to a data set: split, scaled by the training samples, ready to be learned.

`from_arrays` takes what a program has in its memory; files come the same way.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import labels, raw
from erbium.scripts.data.beyond import tell_far
from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.data.preparation import INPUTS, Preparation
from erbium.scripts.data.raw import Raw
from erbium.scripts.data.scaling import SCALINGS, first_unfit, suggested
from erbium.scripts.data.splitting import TEST, VALIDATION, check_enough, parts


@dataclass(frozen=True)
class Making:
    """How rows become a data set.

    Attributes
    ----------
    scaling : str
        A key of `scripts.data.scaling.SCALINGS`.
    inputs : tuple of str
        What is added to the columns, of `scripts.data.preparation.INPUTS`.
    split : int
        Number of the split, where samples are not split already.
    keep_order : bool
        Split samples as they lie.

    Raises
    ------
    DataError
        If a value is none of those.
    """

    scaling: str = "auto"
    inputs: tuple[str, ...] = ()
    split: int = 0
    keep_order: bool = False

    def __post_init__(self) -> None:
        if self.scaling not in SCALINGS:
            raise DataError(f"scaling must be one of {', '.join(SCALINGS)}, not {self.scaling!r}")
        for name in self.inputs:
            if name not in INPUTS:
                raise DataError(f"inputs may be {' and '.join(INPUTS)}, not {name!r}")
        if type(self.split) is not int or self.split < 0:
            raise DataError(f"split must be an integer from 0, not {self.split!r}")

    @property
    def pairs(self) -> bool:
        """Whether each input gets a complement."""
        return "pairs" in self.inputs

    @property
    def bias(self) -> bool:
        """Whether there is an input that is always 255."""
        return "bias" in self.inputs


def from_arrays(
    x: np.ndarray,
    y: Sequence[object] | np.ndarray,
    x_test: np.ndarray | None = None,
    y_test: Sequence[object] | np.ndarray | None = None,
    *,
    name: str = "arrays",
    making: Making | None = None,
    preparation: Preparation | None = None,
) -> Dataset:
    """Return a data set of arrays.

    Parameters
    ----------
    x, x_test : array [count, columns] or [count, rows, columns]
        Samples, and those that are held out. Without, they are taken from `x`.
    y, y_test : array or list [count]
        Their labels: integers or words.
    name : str
        What messages and results call it.
    making : Making, optional
        How it is scaled and split.
    preparation : Preparation, optional
        Scale as this does, that of a training, instead of by these samples.

    Raises
    ------
    DataError
        If anything is missing, of the wrong kind, or too little to be split.
    """
    given = raw.from_arrays(name, x, y, x_test, y_test)
    return made(given, making or Making(), preparation)


def made(given: Raw, making: Making, preparation: Preparation | None = None) -> Dataset:
    """Return the data set of rows and labels; see `from_arrays`."""
    held_out = given.x_test is not None
    purposes = ("training", "validation") if held_out else ("training", "validation", "test")
    # In their own order, a class may be wherever it lies.
    check_enough(given.y, () if making.keep_order else purposes, given.name)
    shares = (VALIDATION,) if held_out else (TEST, VALIDATION)
    chosen = list(parts(given.y, shares, making.split, making.keep_order))
    pieces = [(given.x[which], given.y[which]) for which in chosen]
    if given.x_test is not None:
        pieces.append((given.x_test, given.y_test))
    learned = preparation is not None
    if preparation is not None:
        preparation.check_names(given.names, given.name)
    else:
        image, scaling = given.image is not None, making.scaling
        # By all that is split: else a rare value would decide it where the split puts it.
        if scaling == "auto":
            scaling = suggested(given.x, image)
        preparation = Preparation.fit(
            pieces[0][0], scaling=scaling, pairs=making.pairs, bias=making.bias, image=image,
            place=lambda row, column: given.place("x", int(chosen[0][row]), column),
        )  # fmt: skip
        # Of all labels: samples that keep their order may have a class that none learns from.
        preparation = dataclasses.replace(
            preparation, classes=labels.classes_of(given.y), names=given.names
        )
    if not preparation.offset:
        check_intensities(given, learned)
    # Constants of these very samples suit them.
    for part, x in (("x", given.x if learned else None), ("x_test", given.x_test)):
        if x is not None:
            tell_far(x, preparation, f"'{given.name}'", functools.partial(given.place, part))
    return Dataset(
        given.name,
        *(_split(given.name, preparation, *piece, given.image) for piece in pieces),
        preparation,
    )


def check_intensities(given: Raw, learned: bool) -> None:
    """Refuse values that are no intensities, where they are taken for that."""
    remedy = "correct it: so the training took them" if learned else (
        "choose --scaling columns or common"
    )  # fmt: skip
    for part, x in (("x", given.x), ("x_test", given.x_test)):
        if x is not None and (bad := first_unfit(x)) is not None:
            raise DataError(
                f"{given.place(part, *bad)} is {x[tuple(bad)]}, but values are taken as they are, "
                f"as intensities: whole numbers from 0 to 255; {remedy}"
            )


def prepared(dataset: Dataset, preparation: Preparation) -> Dataset:
    """Return data that are intensities already as a preparation makes them."""
    parts = [
        _split(dataset.name, preparation, part.samples, part.labels, part.image)
        for part in dataset.parts.values()
    ]
    return Dataset(dataset.name, *parts, preparation)


def _split(
    name: str, preparation: Preparation, x: np.ndarray, y: np.ndarray,
    image: tuple[int, int] | None,
) -> Split:  # fmt: skip
    numbers = labels.numbered(y, preparation.classes, f"samples of '{name}'")
    taken = preparation.apply(x)
    return Split(taken, numbers, image, preparation.encoded, preparation.apart)
