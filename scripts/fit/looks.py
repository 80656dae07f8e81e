"""What can be seen of data before anything learns from them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.data.scaling import FULL_SCALE


@dataclass(frozen=True)
class Looks:
    """What samples look like; the test part is left out.

    Attributes
    ----------
    samples, inputs, classes : int
        How many there are.
    density : float
        Mean intensity of an input, 0 to 1.
    power : float
        Sum of the mean squares of all inputs' intensities, each 0 to 1: how strongly a sample
        drives a neuron whose weights are random.
    dark : float
        Share of intensities that are 0, which cause no spike, so that nothing is learned from them.
    commonest : float
        Share of the commonest class: who always names it makes one minus this of mistakes.
    """

    samples: int
    inputs: int
    classes: int
    density: float
    power: float
    dark: float
    commonest: float

    def as_dict(self) -> dict[str, float]:
        """Return every figure, ready for JSON."""
        return dataclasses.asdict(self)


def look(part: Split, classes: int) -> Looks:
    """Return what the samples of a part look like."""
    x = part.samples / np.float32(FULL_SCALE)
    counts = np.bincount(part.labels, minlength=classes)
    return Looks(
        samples=len(part), inputs=x.shape[1], classes=classes, density=float(x.mean()),
        power=float(np.square(x).mean(axis=0).sum()), dark=float((x == 0).mean()),
        commonest=float(counts.max() / len(part)),
    )  # fmt: skip


def learnable(dataset: Dataset) -> Split:
    """Return all samples that may be learned from or tuned by: training and validation."""
    return dataset.refitted.train


def classes_of(dataset: Dataset) -> int:
    """Return how many classes the data have."""
    highest = max(int(part.labels.max(initial=0)) for part in dataset.parts.values())
    return len(dataset.classes) or highest + 1
