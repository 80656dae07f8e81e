"""What a search makes small: the error on samples that were set aside, in several ways.

Few samples that are set aside say little. So small sets are cut into parts: each is set aside once,
and another machine, with a seed of its own, learns from the others.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from erbium.golden.config import Config
from erbium.golden.fast import FastCore
from erbium.scripts.data.dataset import Split
from erbium.scripts.train.training import falling_rates, seeded

#: Folds for up to so many samples, each a part that is set aside; larger sets have one.
FOLDS = ((300, 10), (800, 5), (4_000, 3))

#: Parts that samples are cut into at least, whether or not each is set aside.
FEWEST_PARTS = 5

#: Most samples that a trial learns from: a choice between machines needs no more.
MOST_SAMPLES = 5_000

#: Part of the passes, the last, whose errors are averaged: less chance than in the last alone.
LAST = 4

#: Told the mean error of all folds after each pass; may raise to end a trial.
AfterPass = Callable[[int, float], None]

#: Numbers of samples to learn from, and of those set aside.
Fold = tuple[np.ndarray, np.ndarray]


def folds_for(samples: int) -> int:
    """Return into how many folds so many samples are cut; 1 for one part that is set aside."""
    return next((count for most, count in FOLDS if samples <= most), 1)


def folds(labels: np.ndarray, draw: int) -> list[Fold]:
    """Return how samples are cut; each class is spread over all folds.

    Parameters
    ----------
    labels : array [count]
        Classes.
    draw : int
        Another number cuts otherwise.
    """
    random = np.random.default_rng((draw, len(labels)))
    place = np.empty(len(labels), dtype=np.int64)
    count, first = folds_for(len(labels)), 0
    parts = max(count, FEWEST_PARTS)
    for label in np.unique(labels):
        chosen = random.permutation(np.flatnonzero(labels == label))
        # Where one class ends the next goes on, so that folds are of one size.
        place[chosen] = (first + np.arange(len(chosen))) % parts
        first += len(chosen)
    found = []
    for number in range(count):
        rest = random.permutation(np.flatnonzero(place != number))[:MOST_SAMPLES]
        found.append((rest, np.flatnonzero(place == number)[:MOST_SAMPLES]))
    return found


def error(
    config: Config, part: Split, passes: int, draw: int, after_pass: AfterPass | None = None
) -> float:
    """Return the mean error of all folds over the last passes; it depends on nothing but these.

    Parameters
    ----------
    config : Config
        The machine.
    part : Split
        Samples to learn from and to set aside.
    passes : int
        How many, at rates that fall.
    draw : int
        How the samples are cut, and the seed that is added to the machine's.
    after_pass : callable, optional
        See `AfterPass`.
    """
    courses = [
        _learn(seeded(config, draw * 100 + number), part, fold, falling_rates(passes))
        for number, fold in enumerate(folds(part.labels, draw))
    ]
    means = []
    # The compiled engine leaves Python while it runs: one thread for each processor core.
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for number in range(passes):
            means.append(float(np.mean(list(pool.map(next, courses)))))
            if after_pass:
                after_pass(number, _of_last(means, passes))
    return _of_last(means, passes)


def _of_last(means: Sequence[float], passes: int) -> float:
    return float(np.mean(means[-max(1, passes // LAST) :]))


def _learn(config: Config, part: Split, fold: Fold, rates: list[int]) -> Iterator[float]:
    """Learn; after each pass, yield the error on what is set aside."""
    rest, aside = fold
    core = FastCore(config)
    for number, rate in enumerate(rates):
        order = rest[np.random.default_rng((config.seed, number)).permutation(len(rest))]
        core.run_many(part.samples[order], part.labels[order], rate)
        judge = FastCore(config, core.weights)
        judge.random = core.random
        winners = judge.run_many(part.samples[aside], rate=0).winners
        yield float((winners != part.labels[aside]).mean())
