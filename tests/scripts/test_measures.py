"""Measurements of a trained machine: what they state is what the plain model does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden import plasticity
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data import source as data
from erbium.scripts.data.source import Dataset
from erbium.scripts.train import measures
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.training import train

TINY = preset("tiny")


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    """30 samples to learn, 6 to validate, 9 to test."""
    return data.load(str(tiny_data), TINY)


@pytest.fixture
def state(dataset: Dataset) -> Checkpoint:
    """A short training."""
    return train(TINY, dataset, [256] * 4)


def test_early_read_out_is_that_of_a_shorter_sample(state: Checkpoint, dataset: Dataset) -> None:
    found = measures.readout(state, dataset, {})
    assert [tick for tick, _ in found["by_tick"]] == list(range(1, TINY.ticks + 1))
    for ticks in (3, TINY.ticks):
        core, wrong = Core(TINY.replace(ticks=ticks, burn_in=0), state.weights), 0
        core.random = state.random
        for sample, label in zip(dataset.test.samples, dataset.test.labels, strict=True):
            wrong += core.run(sample, rate=0).winner != label
        assert found["by_tick"][ticks - 1][1] == pytest.approx(wrong / 9)
    assert [row[0] for row in found["by_spikes"]] == list(range(1, len(found["by_spikes"]) + 1))
    ticks = [row[2] for row in found["by_spikes"]]
    assert ticks == sorted(ticks)
    assert 1 <= ticks[0] <= ticks[-1] <= TINY.ticks


def test_early_read_out_needs_samples_that_begin_alike(dataset: Dataset) -> None:
    for changes in ({"transmit": 12}, {"encoder": "bernoulli"}):
        state = Checkpoint.start(TINY.replace(**changes), Plan("any", "0", (256,), 0))
        with pytest.raises(DataError, match="only with encoder 'phase' and transmit 16; not with"):
            measures.readout(state, dataset, {})


def test_faults_grow_with_their_share(state: Checkpoint, dataset: Dataset) -> None:
    found = measures.faults(state, dataset, {})
    for kind in ("stuck", "flipped"):
        assert [share for share, _ in found[kind]] == list(measures.SHARES)
        # The smallest share concerns no bit of so small a network.
        assert found[kind][0][1] == state.test_error
        assert found[kind][-1][1] > state.test_error


def test_writes_are_counted(
    state: Checkpoint, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = 0
    update = plasticity.update

    def watched(weight: np.ndarray, *args: object) -> np.ndarray:
        nonlocal changed
        after = update(weight, *args)
        changed += int((after != weight).sum())
        return after

    monkeypatch.setattr(plasticity, "update", watched)
    found = measures.writes(state, dataset, {})
    assert found["watched_samples"] == 30
    means = [found[kind]["changed_weights"] for kind in ("untrained", "trained")]
    assert changed == pytest.approx(sum(means) * 30)
    assert min(means) > 0
    for kind in ("untrained", "trained"):
        spikes, layers = found[kind]["spikes"], TINY.layers
        expected = sum(count * size for count, size in zip(spikes[:-1], layers[1:], strict=False))
        assert found[kind]["synaptic_operations"] == pytest.approx(expected)
    assert found["untrained"]["error_spikes"] > found["trained"]["error_spikes"] > 0
