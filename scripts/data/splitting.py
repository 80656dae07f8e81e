"""Splitting: which samples are to learn from, to tune by, and to be looked at only once.

It is done here and not by a library: a checkpoint depends on it for ever.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from erbium.golden.validate import DataError

#: Part of all samples that is held out, and of the others that is set aside to tune by.
TEST, VALIDATION = 1 / 5, 1 / 6

#: Numbers of the samples to keep, and of those to set aside.
Two = tuple[np.ndarray, np.ndarray]


def stratified(labels: np.ndarray, share: float, random: np.random.Generator) -> Two:
    """Return samples in a random order, set aside in the same part of every class: one or more."""
    rest, aside = [], []
    for label in np.unique(labels):
        chosen = random.permutation(np.flatnonzero(labels == label))
        count = max(1, round(share * len(chosen)))
        aside.append(chosen[:count])
        rest.append(chosen[count:])
    return random.permutation(np.concatenate(rest)), random.permutation(np.concatenate(aside))


def in_order(labels: np.ndarray, share: float) -> Two:
    """Return samples as they lie; the last of them are set aside."""
    count = min(len(labels) - 1, max(1, math.floor(share * len(labels))))
    numbers = np.arange(len(labels))
    return numbers[: len(labels) - count], numbers[len(labels) - count :]


def parts(
    labels: np.ndarray, shares: tuple[float, ...], split: int, keep_order: bool
) -> Iterator[np.ndarray]:
    """Yield the samples to learn from, then those set aside by each share, the last one first.

    Parameters
    ----------
    labels : array [count]
    shares : tuple of float
        What is set aside of what is left, one after another.
    split : int
        Number of the split; each one draws others.
    keep_order : bool
        Leave samples as they lie.
    """
    rest, found = np.arange(len(labels)), []
    for number, share in enumerate(shares):
        # A stream of its own for each step.
        random = np.random.default_rng((split, number))
        some = labels[rest]
        kept, aside = in_order(some, share) if keep_order else stratified(some, share, random)
        found.insert(0, rest[aside])
        rest = rest[kept]
    yield rest
    yield from found


def check_enough(labels: np.ndarray, purposes: tuple[str, ...], name: str) -> None:
    """Refuse labels of one class only, or a class with fewer samples than there are purposes."""
    classes, counts = np.unique(labels, return_counts=True)
    if len(classes) < 2:
        only = "no sample" if not len(classes) else f"samples of class {str(classes[0])!r} only"
        raise DataError(
            f"'{name}' has {only}; give samples of two classes or more, or name the column of the "
            "labels with --label"
        )
    few = int(counts.argmin())
    if counts[few] < len(purposes):
        count = int(counts[few])
        raise DataError(
            f"'{name}' has {count} sample{'s' * (count != 1)} of class {str(classes[few])!r}, but "
            f"{', '.join(purposes[:-1])} and {purposes[-1]} need one each; give {len(purposes)} "
            "or more of each class, or leave the class out (if labels are another column, name it "
            "with --label)"
        )
