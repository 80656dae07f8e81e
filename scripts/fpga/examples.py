"""Samples to predict activity with: those of a data set, made to fit the machine."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Source, read


@dataclass(frozen=True)
class Examples:
    """A few training samples.

    Attributes
    ----------
    samples, labels : int array [count, inputs], [count]
    origin : str
        Where they are from, and what was done to them.
    """

    samples: np.ndarray
    labels: np.ndarray
    origin: str


def examples(
    source: str | Source,
    config: Config,
    count: int,
    report: Report = silent,
    preparation: Preparation | None = None,
) -> Examples:
    """Return the first `count` training samples of a class that the machine has.

    They are prepared as those of a training were, if there is one. Samples of another size are
    resampled: pictures if both sizes are squares, else in a row.

    Raises
    ------
    DataError
        If the data set is missing or damaged, or if it has fewer samples.
    """
    dataset = read(source, report, preparation)
    chosen = np.flatnonzero(dataset.train.labels < config.layers[-1])
    if not 1 <= count <= len(chosen):
        raise DataError(
            f"cannot take {count} of {len(chosen)} training samples; choose 1 to {len(chosen)}"
        )
    samples, labels = (part[chosen[:count]] for part in (dataset.train.samples,
                                                         dataset.train.labels))  # fmt: skip
    inputs, given = config.layers[0], samples.shape[1]
    origin = f"{count} of {dataset.name}"
    if inputs == given:
        return Examples(samples, labels, origin)
    return Examples(
        samples[:, nearest(given, inputs)], labels, f"{origin}, {given} inputs made {inputs}"
    )


def nearest(given: int, wanted: int) -> np.ndarray:
    """Return which of `given` inputs stands for each of `wanted`."""
    side, width = math.isqrt(wanted), math.isqrt(given)
    if side * side != wanted or width * width != given:
        return np.arange(wanted) * given // wanted
    line = np.arange(side) * width // side
    return (line[:, None] * width + line).ravel()
