"""Measurements of a trained machine, beyond its error rate.

Each takes the training's final state, the data and a dictionary of options, and returns figures
that are ready for JSON.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.validate import DataError
from erbium.scripts.data.source import Dataset
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.evaluation import classify
from erbium.scripts.train.weight_faults import draw_stuck, flip

#: Shares of faulty weight bits after training.
SHARES = (0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1)

#: Samples whose weight writes are counted, on the model that can be watched tick by tick.
WATCHED = 50

Options = dict[str, float]


def _trained(state: Checkpoint, **changes: object) -> FastCore:
    core = FastCore(state.config.replace(**changes), state.weights)
    core.random = state.random
    return core


def readout(state: Checkpoint, dataset: Dataset, options: Options) -> dict[str, Any]:
    """Find the test error if one reads the winner early.

    Outputs count from the onset of the sample, so that waiting costs nothing: with learning off,
    `burn_in` has no other effect. A shorter sample is the beginning of a longer one, since its
    random phases are drawn in the first tick and nothing else is random.

    Returns
    -------
    dict
        ``by_tick``: [ticks after onset, test error]; ``by_spikes``: [output spikes seen, test
        error, median tick of the last of them].
    """
    test, ticks = dataset.test, state.config.ticks
    if state.config.encoder != "phase" or state.config.transmit < ALWAYS_TRANSMITS:
        raise DataError(
            "the early read-out compares samples of different length, which start alike only with "
            f"encoder 'phase' and transmit {ALWAYS_TRANSMITS}; not with "
            f"{state.config.encoder!r} and {state.config.transmit}"
        )
    totals, winners = [], []
    for last in range(1, ticks + 1):
        core = _trained(state, ticks=last, burn_in=0, learning_start=0)
        seen = classify(core, test.samples, test.labels)
        totals.append(seen.counts.sum(axis=1))
        winners.append(seen.winners)
    total, winner = np.array(totals), np.array(winners)
    wrong = winner != test.labels
    by_spikes = []
    for spikes in range(1, int(np.median(total[-1])) + 1):
        # Samples with fewer spikes are read at the end.
        tick = np.where(total[-1] >= spikes, (total >= spikes).argmax(axis=0), ticks - 1)
        error = float(wrong[tick, np.arange(len(test))].mean())
        by_spikes.append([spikes, error, float(np.median(tick)) + 1])
    by_tick = [[tick + 1, float(row.mean())] for tick, row in enumerate(wrong)]
    return {"by_tick": by_tick, "by_spikes": by_spikes}


def faults(state: Checkpoint, dataset: Dataset, options: Options) -> dict[str, Any]:
    """Find the test error with faulty weight bits after training.

    Returns
    -------
    dict
        ``stuck`` and ``flipped``: [share of all weight bits, test error].
    """
    seed, bits = state.plan.run, state.config.weight_bits
    found: dict[str, Any] = {"stuck": [], "flipped": []}
    for share in SHARES:
        core = _trained(state)
        for stuck, matrix in zip(draw_stuck(state.config, share, seed), core.matrices(),
                                 strict=True):  # fmt: skip
            stuck.apply(matrix)
        found["stuck"].append([share, _error(core, dataset)])
        core = _trained(state)
        size = sum(matrix.size for matrix in core.matrices()) * bits
        flip(core.matrices(), bits, round(share * size), (seed,))
        found["flipped"].append([share, _error(core, dataset)])
    return found


def _error(core: FastCore, dataset: Dataset) -> float:
    test = dataset.test
    return classify(core, test.samples, test.labels).error(test.labels)


def writes(state: Checkpoint, dataset: Dataset, options: Options) -> dict[str, Any]:
    """Count visits of synapses, and the writes that change a weight, in training samples.

    Returns
    -------
    dict
        Means over samples for the machine as it begins (``untrained``) and ends (``trained``):
        synaptic operations, changed weights, error spikes, spikes of inputs, and of each layer.
        Samples are as the training shows them: as its first epoch did, and as one more would.
    """
    begun = Core(state.config)
    ended = Core(state.config, state.weights)
    ended.random = state.random
    return {
        "untrained": _watch(begun, dataset, state, 0),
        "trained": _watch(ended, dataset, state, state.epoch),
        "watched_samples": min(WATCHED, len(dataset.train)),
    }


def everything(state: Checkpoint, dataset: Dataset, options: Options) -> dict[str, Any]:
    """Return what all other measurements find."""
    found: dict[str, Any] = {}
    for measure in (readout, faults, writes):
        found |= measure(state, dataset, options)
    return found


def _watch(core: Core, dataset: Dataset, state: Checkpoint, epoch: int) -> dict[str, Any]:
    part = dataset.train.first(min(WATCHED, len(dataset.train)), "samples")
    samples = state.plan.shown(part, epoch)
    operations = changed = errors = 0
    spikes = np.zeros(len(core.config.layers), dtype=int)
    for sample, label in zip(samples, part.labels, strict=True):
        before = [matrix.copy() for matrix in core.weights]
        for tick in core.ticks(sample, int(label)):
            # A source fires at most once in a tick, so no change can hide another.
            changed += sum(
                int((old != new).sum()) for old, new in zip(before, core.weights, strict=True)
            )
            before = [matrix.copy() for matrix in core.weights]
            errors += len(tick.errors)
            spikes += [len(events) for events in tick.events]
        operations += core.synaptic_operations
    count = len(part)
    return {
        "synaptic_operations": operations / count,
        "changed_weights": changed / count,
        "error_spikes": errors / count,
        "spikes": (spikes / count).tolist(),
    }
