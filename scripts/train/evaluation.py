"""Recognition without learning, on all processor cores."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from erbium.golden.core import Core, Outcomes
from erbium.golden.fast import FastCore
from erbium.golden.validate import check_samples
from erbium.scripts.common.interrupt import CtrlC
from erbium.scripts.common.progress import Report, silent

#: Samples that share one course of the random generators; fixed, so that results do not depend
#: on the number of processor cores.
BLOCK = 500


class Single:
    """Marks an engine that there is only one of: it shows one block after the other."""


Engine = Core | FastCore | Single


def classify(
    core: Engine,
    samples: np.ndarray,
    labels: np.ndarray,
    phase: str = "evaluation",
    report: Report = silent,
    ctrl_c: CtrlC | None = None,
) -> Outcomes:
    """Show samples without learning.

    Each block of 500 samples starts with the random generators as `core` has them; `core` itself
    is not changed.

    Parameters
    ----------
    core : Core or FastCore
        The machine.
    samples, labels : int array [count, inputs], int array [count]
        What is shown, and what the progress report counts as right.
    phase, report
        Progress report, and what it is called there.
    ctrl_c : CtrlC, optional
        Asked after each block.

    Returns
    -------
    Outcomes
        In the order of the samples.
    """
    check_samples(core.layout, samples, labels)
    done = correct = 0
    parts: list[Outcomes] = []
    for part in _blocks(core, samples):
        if ctrl_c:
            ctrl_c.check()
        part_labels = labels[done : done + len(part.winners)]
        parts.append(part)
        done += len(part_labels)
        correct += int((part.winners == part_labels).sum())
        report(phase, done, len(samples), correct)
    return Outcomes.joined(parts)


def _blocks(core: Engine, samples: np.ndarray) -> Iterator[Outcomes]:
    if isinstance(core, Single):
        yield from _on_one(core, samples)
        return
    weights, random = core.weights, core.random

    def show(first: int) -> Outcomes:
        copy = type(core)(core.config, weights)
        copy.random = random
        return copy.run_many(samples[first : first + BLOCK], rate=0)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = [pool.submit(show, first) for first in range(0, len(samples), BLOCK)]
        try:
            for future in futures:
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _on_one(core: Engine, samples: np.ndarray) -> Iterator[Outcomes]:
    random = core.random
    try:
        for first in range(0, len(samples), BLOCK):
            core.random = random
            yield core.run_many(samples[first : first + BLOCK], rate=0)
    finally:
        core.random = random


def confusion(labels: np.ndarray, winners: np.ndarray, classes: int) -> np.ndarray:
    """Return how many samples of each class (rows) have which winner (columns)."""
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (labels, winners), 1)
    return table
