"""Samples and labels, checked before any of them is used.

What a name or a path means, `scripts.data.reading` decides. Every data set is split in three: one
part to learn from, one to tune by, and one that is looked at only once, at the end. What are not
intensities from 0 to 255 is made that, in the same way in all three; see
`scripts.data.preparation`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data import labels
from erbium.scripts.data.arrays import Making, made, prepared
from erbium.scripts.data.dataset import NO_LIMITS, Dataset, Limits, Split
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.raw import Raw
from erbium.scripts.data.reading import find, options_of
from erbium.scripts.data.scaling import FULL_SCALE
from erbium.scripts.data.suitability import (
    check_fit,
    tell_added,
    tell_alike,
    tell_missing,
    tell_scale,
)

#: Options that decide which samples there are and which part they are in. What is made of them, a
#: preparation says.
CHOOSING = ("label", "header", "split", "keep_order")

__all__ = ["FULL_SCALE", "Dataset", "Source", "Split", "load", "read", "shape"]


@dataclass(frozen=True)
class Source:
    """Where data come from, and how they are taken.

    Attributes
    ----------
    name : str
        One of `scripts.data.reading.NAMES`, a file, or a folder. A folder that is called like a
        data set can be given as "./mnist".
    full_scale : int
        Intensity that becomes 255, with all others in proportion.
    keep_order : bool
        Leave samples as they lie, instead of shuffling them before they are split.
    label : str, optional
        Which column of a table has the labels: a name, "first", "last", or a number from 1.
    header : bool, optional
        Whether the first row of a text has names.
    scaling, inputs, split
        See `scripts.data.arrays.Making`.
    """

    name: str
    full_scale: int = FULL_SCALE
    keep_order: bool = False
    label: str | None = None
    header: bool | None = None
    scaling: str = "auto"
    inputs: tuple[str, ...] = ()
    split: int = 0

    def __post_init__(self) -> None:
        if self.full_scale != FULL_SCALE and self.scaling != "auto":
            raise DataError(
                f"full scale {self.full_scale} and scaling {self.scaling!r} are two ways to scale; "
                "leave one of them out"
            )
        # Fails for what it may not be.
        _ = self.making

    @classmethod
    def of(cls, source: str | Source) -> Source:
        """Return the source that a mere name stands for."""
        return cls(source) if isinstance(source, str) else source

    @property
    def making(self) -> Making:
        """How a data set is made of rows."""
        return Making(self.scaling, self.inputs, self.split, self.keep_order)

    @property
    def plain(self) -> bool:
        """Whether it is taken as a mere name is."""
        return self == Source(self.name)

    def as_learned(self, learned: Source, given: Collection[str]) -> Source:
        """Return this taken as the data of a training were, apart from the options that are given.

        Parameters
        ----------
        learned : Source
            The data of the training, whose preparation is known.
        given : collection of str
            Options that the user has given for this.
        """
        taken = options_of(self.name)
        like = {name: getattr(learned, name) for name in CHOOSING
                if name not in given and name in (*taken, "keep_order")}  # fmt: skip
        # The preparation has it already.
        same = {"scaling": "auto"} if self.scaling == learned.scaling else {}
        return dataclasses.replace(self, **like, **same)

    def as_dict(self) -> dict[str, Any]:
        """Return every value, ready for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Source:
        """Return what `as_dict` gave."""
        return cls(**dict(values) | {"inputs": tuple(values["inputs"])})


def load(
    source: str | Source,
    config: Config,
    report: Report = silent,
    *,
    limits: Limits = NO_LIMITS,
    sha256: str | None = None,
    preparation: Preparation | None = None,
) -> Dataset:
    """Return the data of `source` if they fit `config`; warn of what is odd about them.

    Parameters
    ----------
    source : str or Source
        What to load.
    config : Config
        The machine that is to learn it.
    report : Report
        Told the bytes of each file that has to be fetched.
    limits : Limits
        Most samples of each part.
    sha256 : str, optional
        Fingerprint of what is wanted. If a folder has it with its samples as they lie, they are
        not shuffled; if it is that of `Dataset.refitted`, this is returned.
    preparation : Preparation, optional
        That of the training which goes on with these data; without, it is found from them.

    Raises
    ------
    DataError
        If it is missing, damaged, or made for another number of inputs or classes.
    """
    if config.encoder == "events":
        raise DataError(
            f"preset {config.name!r} takes events, not intensities; choose encoder 'phase' or "
            "'bernoulli'"
        )
    source = Source.of(source)
    whole = _read(source, report, preparation)
    if preparation is None and (added := _inputs_for(whole, source, config)):
        tell_added(whole, added, config)
        source = dataclasses.replace(source, inputs=added)
        whole = _read(source, report)
    check_fit(whole, config)
    dataset = whole.limited(*limits)
    if sha256 not in (None, dataset.sha256):
        lying = dataclasses.replace(source, keep_order=True)
        kept = _read(lying, report, preparation).limited(*limits)
        # A last training, after tuning, has learned from all but the test samples.
        others = (kept, dataset.refitted, kept.refitted)
        dataset = next((other for other in others if other.sha256 == sha256), dataset)
    tell_scale(whole)
    tell_alike(whole)
    tell_missing(dataset, config.layers[-1])
    return dataset


def read(
    source: str | Source, report: Report = silent, preparation: Preparation | None = None
) -> Dataset:
    """Return the data of `source`, whatever they are made for; see `load`."""
    dataset = _read(Source.of(source), report, preparation)
    tell_scale(dataset)
    tell_alike(dataset)
    return dataset


def shape(source: str | Source, report: Report = silent) -> tuple[int, int]:
    """Return how many inputs and classes the data of `source` ask for."""
    dataset = _read(Source.of(source), report)
    highest = max(int(part.labels.max(initial=0)) for part in dataset.parts.values())
    return dataset.train.samples.shape[1], len(dataset.classes) or highest + 1


def _inputs_for(whole: Dataset, source: Source, config: Config) -> tuple[str, ...]:
    """Return the inputs that were added for a machine, if data fit it with some and none is named:
    its file does not say.
    """
    columns = whole.train.samples.shape[1]
    if source.inputs or columns == config.layers[0]:
        return ()
    choices = (("pairs",), ("bias",), ("pairs", "bias"))
    fitting = (names for names in choices
               if Preparation(columns, (), (), (), "pairs" in names, "bias" in names).inputs
               == config.layers[0])  # fmt: skip
    return next(fitting, ())


def _read(source: Source, report: Report, preparation: Preparation | None = None) -> Dataset:
    found = _made(source, report, preparation)
    return dataclasses.replace(found, source=source)


def _made(source: Source, report: Report, preparation: Preparation | None) -> Dataset:
    found = find(source, report)
    if preparation is not None:
        check_agrees(source, preparation)
    elif source.full_scale != FULL_SCALE:
        preparation = _proportional(found, source)
    if isinstance(found, Raw):
        return made(found, source.making, preparation)
    if preparation is None and (source.inputs or source.scaling not in ("auto", "none")):
        preparation = Preparation.fit(
            found.train.samples, scaling=source.scaling, pairs=source.making.pairs,
            bias=source.making.bias,
        )  # fmt: skip
    return found if preparation is None else prepared(found, preparation)


def check_agrees(source: Source, preparation: Preparation) -> None:
    """Refuse to prepare data in another way than the training did."""
    asked = {
        "inputs": bool(source.inputs) and (source.making.pairs, source.making.bias)
        != (preparation.pairs, preparation.bias),
        "scaling": source.scaling != "auto",
        "full_scale": source.full_scale != FULL_SCALE
        and set(preparation.scale) != {source.full_scale},
    }  # fmt: skip
    for name, other in asked.items():
        if other:
            raise DataError(
                f"{name} {getattr(source, name)!r} is not that of the training, whose checkpoint "
                "says how samples are prepared; leave it out"
            )


def _proportional(found: Dataset | Raw, source: Source) -> Preparation:
    """Return what makes intensities up to full scale intensities up to 255."""
    if isinstance(found, Raw):
        arrays, classes, names = [found.x, found.x_test], labels.classes_of(found.y), found.names
    else:
        arrays, classes, names = [part.samples for part in found.parts.values()], (), ()
    arrays = [array for array in arrays if array is not None]
    top = max(array.max(initial=0) for array in arrays)
    if not 1 <= source.full_scale <= FULL_SCALE or top > source.full_scale:
        raise DataError(
            f"full scale must be the largest intensity of '{found.name}', {top:g}, or more, up to "
            f"{FULL_SCALE}, not {source.full_scale}"
        )
    low = min(array.min(initial=0) for array in arrays)
    if low < 0:
        raise DataError(
            f"intensities of '{found.name}' begin at {low:g}, but full scale {source.full_scale} "
            "is for those from 0; choose a scaling instead"
        )
    columns, making = arrays[0].shape[1], source.making
    return Preparation(
        columns, classes, (0.0,) * columns, (float(source.full_scale),) * columns,
        making.pairs, making.bias, names,
    )  # fmt: skip
