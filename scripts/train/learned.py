"""The data of a training, found again: as it took them, and in the parts that it had."""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.dataset import NO_LIMITS, Dataset, Limits
from erbium.scripts.data.reading import NAMES
from erbium.scripts.data.source import Source, load
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.figures import METRICS

#: Digits of a fingerprint that a message names.
SHOWN = 12

#: What data are called that a program gave, and a network for them without a name of its own.
ARRAYS = "arrays"


@dataclass(frozen=True)
class Learned:
    """Data for the machine of a training.

    Attributes
    ----------
    wanted : str
        Fingerprint of what the training learned.
    whole, part : Dataset
        All samples; and those of the training, if it took fewer.
    """

    wanted: str
    whole: Dataset
    part: Dataset

    @property
    def same(self) -> bool:
        """Whether these are the data that the training learned."""
        return self.part.sha256 == self.wanted

    @property
    def difference(self) -> str:
        """What to tell if they are not."""
        return (
            f"'{self.whole.name}' are not the data that the run learned: files, --full-scale, "
            "--keep-order, --label, --header, --split or the number of samples differ, so that "
            "samples that were learned may be among those that are shown; the fingerprint is "
            f"{self.part.sha256[:SHOWN]}, not {self.wanted[:SHOWN]}"
        )


def data_of(
    state: Checkpoint, path: Path, source: Source | None = None, report: Report = silent
) -> Learned:
    """Return the data of a training, prepared as it did.

    A training with a part of the data has left the sizes in its figures, if its program was not
    too old; else there is nothing to know it from, and all data are taken.

    Parameters
    ----------
    state, path
        The training and its file.
    source : Source, optional
        Other data, or the same in another place.
    report : Report
        Told the bytes of files that are fetched.

    Raises
    ------
    DataError
        If there are none, or they do not fit the machine.
    """
    source, wanted = source or state.plan.taken, state.plan.data_sha256

    def loaded(source: Source, limits: Limits = NO_LIMITS) -> Dataset:
        found = load(source, state.config, report, limits=limits, sha256=wanted,
                     preparation=state.plan.preparation)  # fmt: skip
        return found if state.plan.preparation else _numbered(found, state.config.layers[-1])

    if sizes := _sizes(path):
        with suppress(DataError):
            part = loaded(source, sizes)
            if part.sha256 == wanted:
                return Learned(wanted, loaded(part.source or source), part)
    try:
        whole = loaded(source)
    except DataError as error:
        raise DataError(f"{error}; {_named(state, source)}") from error
    return Learned(wanted, whole, whole)


def _named(state: Checkpoint, source: Source) -> str:
    """Say which data are those of a run, and how to name others."""
    name = state.plan.data
    text = f"the data of this run are '{name}', others can be named with --data"
    if source.name != name or name in NAMES or Path(name).exists():
        return text
    if name == ARRAYS:
        return "the data of this run were given by a program; name them with --data"
    if Path(name).is_absolute():
        return text
    return f"{text}; that path is relative to the folder where the training was started"


def _numbered(found: Dataset, outputs: int) -> Dataset:
    """Return data with the numbers of their classes for a machine that knows no names; refuse
    others.
    """
    if not found.classes or found.preparation is None:
        return found
    known = {str(number): number for number in range(outputs)}
    for name in found.classes:
        if name not in known:
            raise DataError(
                f"samples of '{found.name}' have the label {name!r}, but the classes learned from "
                f"have no names, only numbers from 0 to {outputs - 1}; give these for labels"
            )
    numbers = np.array([known[name] for name in found.classes])
    parts = [dataclasses.replace(part, labels=numbers[part.labels])
             for part in found.parts.values()]  # fmt: skip
    preparation = dataclasses.replace(found.preparation, classes=())
    return Dataset(found.name, *parts, preparation, found.source)


def _sizes(path: Path) -> Limits | None:
    """Return how many samples of each part a training took, if its figures say so."""
    try:
        figures = json.loads((path.parent / METRICS).read_text())
        # Of a machine at a port, samples are those that it learned.
        sizes = figures.get("parts", figures["samples"])
        return sizes["training"], sizes["validation"], sizes["test"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
