"""Faulty weight bits: as many as asked for, where they were drawn, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.train.weight_faults import FaultyCore, draw_stuck, flip

TINY = preset("tiny")
NARROW = TINY.replace(weight_bits=5, weight_init=12)
SAMPLES = np.random.default_rng(1).integers(0, 256, (20, 12)).astype(np.uint8)
LABELS = np.arange(20) % 3


def bits(matrix: np.ndarray, width: int) -> np.ndarray:
    """Return the bits [weights, width] of a matrix in two's complement."""
    return (matrix.ravel()[:, None].astype(np.int64) >> np.arange(width)) & 1


@pytest.mark.parametrize("config", [TINY, NARROW, TINY.replace(weight_bits=16)])
@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_stuck_bits_are_forced_and_others_kept(config, share: float) -> None:
    core, width = FastCore(config), config.weight_bits
    for stuck, matrix in zip(draw_stuck(config, share, 7), core.matrices(), strict=True):
        low, other = (np.full_like(matrix, value) for value in (-(1 << (width - 1)), 0))
        other[:] = (1 << (width - 1)) - 1
        for array in (low, other):
            stuck.apply(array)
        # A working bit differs between the two starts, a stuck one does not.
        fixed = bits(low, width) == bits(other, width)
        assert fixed.sum() == round(share * matrix.size * width)
        assert low.min() >= -(1 << (width - 1))
        assert low.max() < 1 << (width - 1)
        again = low.copy()
        stuck.apply(again)
        np.testing.assert_array_equal(again, low)
        if share == 1:
            assert 0.3 < bits(low, width).mean() < 0.7


@pytest.mark.parametrize("config", [TINY, NARROW])
@pytest.mark.parametrize("count", [0, 1, 13])
def test_flips_change_as_many_bits(config, count: int) -> None:
    core, width = FastCore(config), config.weight_bits
    before = core.weights
    flip(core.matrices(), width, count, (3,))
    changed = sum(
        int((bits(a, width) != bits(b, width)).sum())
        for a, b in zip(before, core.weights, strict=True)
    )
    assert changed == count
    core.load(core.weights)  # still in range


def test_every_bit_of_every_layer_can_flip() -> None:
    core = FastCore(NARROW)
    before = core.weights
    flip(core.matrices(), 5, sum(m.size for m in before) * 5, (0,))
    for old, new in zip(before, core.weights, strict=True):
        np.testing.assert_array_equal(new, ~old)


def test_without_faults_it_is_the_engine() -> None:
    faulty, plain = FaultyCore(TINY), Core(TINY)
    seen, expected = (core.run_many(SAMPLES, LABELS) for core in (faulty, plain))
    np.testing.assert_array_equal(seen.counts, expected.counts)
    np.testing.assert_array_equal(seen.winners, expected.winners)
    assert seen.synaptic_operations == expected.synaptic_operations
    for a, b in zip(faulty.weights, plain.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_stuck_bits_stay_stuck_in_training() -> None:
    core = FaultyCore(TINY, stuck=0.2, seed=4)
    start = core.weights
    core.run_many(SAMPLES, LABELS)
    changed = 0
    for stuck, old, new in zip(draw_stuck(TINY, 0.2, 4), start, core.weights, strict=True):
        changed += int((old != new).sum())
        forced = new.copy()
        stuck.apply(forced)
        np.testing.assert_array_equal(forced, new)
    assert changed > 0


def test_flips_are_spread_over_the_training() -> None:
    # At rate 1 of 256, next to nothing is learned, so that differences are flips.
    total = sum(m.size for m in Core(TINY).weights) * 8
    core, plain = FaultyCore(TINY, flipped=40 / total, samples=20), FastCore(TINY)
    changed = []
    for sample, label in zip(SAMPLES, LABELS, strict=True):
        before = core.weights
        plain.load(before)
        plain.random = core.random
        plain.run_many(sample[None], label[None], 1)
        core.run_many(sample[None], label[None], 1)
        changed.append(
            sum(
                int((bits(a, 8) != bits(b, 8)).sum())
                for a, b in zip(plain.weights, core.weights, strict=True)
            )
        )
    assert changed == [2] * 20
    weights = core.weights
    core.run_many(SAMPLES, LABELS, 0)
    for a, b in zip(core.weights, weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_shares_are_checked() -> None:
    with pytest.raises(DataError, match=r"share of faulty bits must lie in 0 to 1, not 1\.5"):
        FaultyCore(TINY, stuck=1.5)
    with pytest.raises(DataError, match=r"must lie in 0 to 1, not -0\.1"):
        FaultyCore(TINY, flipped=-0.1)
