"""Training: it learns, validation leaves no trace, and stopping changes nothing."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import numpy as np
import pytest

from golden.core import Core
from golden.fast import FastCore
from golden.presets import preset
from golden.validate import DataError
from scripts import checkpoint, data
from scripts.checkpoint import Checkpoint
from scripts.data import Dataset
from scripts.interrupt import Stopped
from scripts.train import CHECKPOINT, METRICS, evaluate, falling_rates, metrics, train

TINY = preset("tiny")
RATES = [256, 256, 128]


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    """30 samples to learn, 6 to validate, 9 to test."""
    return data.load(str(tiny_data), TINY)


class CtrlCAt:
    """Press Ctrl-C when a phase has come to a sample."""

    def __init__(self, phase: str, sample: int) -> None:
        self._moment = phase, sample

    def __call__(self, phase: str, done: int, total: int, correct: int | None) -> None:
        if (phase, done) == self._moment:
            signal.raise_signal(signal.SIGINT)


def _without_seconds(state: Checkpoint) -> dict[str, object]:
    values = metrics(state)
    return values | {"epochs": [entry | {"seconds": 0} for entry in values["epochs"]]}


def _assert_same(state: Checkpoint, other: Checkpoint) -> None:
    assert _without_seconds(state) == _without_seconds(other)
    assert state.random == other.random
    for a, b in zip(state.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_learns(dataset: Dataset) -> None:
    state = train(TINY, dataset, [256] * 12)
    assert [entry["epoch"] for entry in state.history] == list(range(1, 13))
    assert state.history[-1]["train_accuracy"] > 0.8
    assert state.test_accuracy > 0.8


def test_it_is_the_plain_loop_over_samples(dataset: Dataset) -> None:
    state = train(TINY, dataset, RATES, seed=3)
    core, correct = Core(TINY), 0
    for epoch, rate in enumerate(RATES):
        for index in np.random.default_rng((3, epoch)).permutation(30):
            core.run(dataset.train.samples[index], int(dataset.train.labels[index]), rate)
    for a, b in zip(state.weights, core.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert state.random == core.random
    for sample, label in zip(dataset.test.samples, dataset.test.labels, strict=True):
        correct += core.run(sample, rate=0).winner == label
    assert state.test_accuracy == correct / 9


def test_evaluation_leaves_no_trace(dataset: Dataset) -> None:
    core = FastCore(TINY.replace(encoder="bernoulli", transmit=11))
    random, weights = core.random, core.weights
    first = evaluate(core, dataset.test)
    assert core.random == random
    for a, b in zip(core.weights, weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert evaluate(core, dataset.test) == first


@pytest.mark.parametrize(
    ("phase", "sample"),
    [
        ("epoch 1/3", 1),
        ("epoch 2/3", 17),
        ("epoch 2/3", 30),
        ("epoch 2/3 validation", 2),
        ("epoch 3/3 validation", 6),
        ("test", 4),
    ],
)
def test_a_stopped_training_resumes_bit_exactly(
    dataset: Dataset, tmp_path: Path, phase: str, sample: int
) -> None:
    config = TINY.replace(encoder="bernoulli", transmit=11)
    whole = train(config, dataset, RATES)
    out = tmp_path / "run"
    with pytest.raises(Stopped, match=r"stopped after . of 3 epochs and .* samples; add --resume"):
        train(config, dataset, RATES, out=out, report=CtrlCAt(phase, sample))
    resumed = train(config, dataset, RATES, out=out, resume=True)
    _assert_same(resumed, whole)
    _assert_same(checkpoint.load(out / CHECKPOINT), whole)
    assert json.loads((out / METRICS).read_text()) == metrics(resumed)


def test_ctrl_c_works_as_before_afterwards(dataset: Dataset) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(TINY, dataset, RATES, report=CtrlCAt("epoch 1/3", 3))
    assert signal.getsignal(signal.SIGINT) is before


def test_a_finished_training_is_not_repeated(dataset: Dataset, tmp_path: Path) -> None:
    state = train(TINY, dataset, RATES, out=tmp_path)
    again = train(TINY, dataset, RATES, out=tmp_path, resume=True, report=_never)
    _assert_same(state, again)


def _never(phase: str, done: int, total: int, correct: int | None) -> None:
    raise AssertionError("a sample was shown")


def test_a_folder_is_not_overwritten(dataset: Dataset, tmp_path: Path) -> None:
    train(TINY, dataset, [256], out=tmp_path)
    before = (tmp_path / CHECKPOINT).read_bytes()
    with pytest.raises(DataError, match="exists; add --resume to go on, or choose another --out"):
        train(TINY, dataset, [256], out=tmp_path)
    with pytest.raises(DataError, match="the checkpoint was made with seed 0, not 1"):
        train(TINY, dataset, [256], seed=1, out=tmp_path, resume=True)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


def test_rates_are_checked_before_anything_is_written(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rate must be 0 .* to 256 .*, not 257"):
        train(TINY, dataset, [256, 257], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("epochs", "rates"),
    [(1, [256]), (2, [256, 128]), (5, [256, 256, 256, 170, 85]), (4, [256, 256, 170, 85])],
)
def test_falling_rates(epochs: int, rates: list[int]) -> None:
    assert falling_rates(epochs) == rates
