"""Training: it learns, validation leaves no trace, and stopping changes nothing."""

from __future__ import annotations

import functools
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.common.interrupt import Stopped
from erbium.scripts.data import source as data
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.source import Dataset
from erbium.scripts.train import checkpoint, runs
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.training import CHECKPOINT, METRICS, falling_rates, metrics, train
from erbium.scripts.train.weight_faults import FaultyCore

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
    times = dict.fromkeys(("seconds", "cpu_ms_per_training_sample"), 0)
    values |= {"cpu_ms_per_training_sample": 0}
    return values | {"epochs": [entry | times for entry in values["epochs"]]}


def _assert_same(state: Checkpoint, other: Checkpoint) -> None:
    assert _without_seconds(state) == _without_seconds(other)
    assert state.random == other.random
    for a, b in zip(state.weights, other.weights, strict=True):
        np.testing.assert_array_equal(a, b)


def test_it_learns(dataset: Dataset) -> None:
    state = train(TINY, dataset, [256] * 12)
    assert [entry["epoch"] for entry in state.history] == list(range(1, 13))
    assert state.history[-1]["taught_error"] < 0.2
    assert state.test_error < 0.2
    assert [sum(row) for row in state.confusion] == [3, 3, 3]


@pytest.mark.parametrize("engine", ["fast", "numpy"])
def test_it_is_the_plain_loop_over_samples(dataset: Dataset, engine: str) -> None:
    state = train(TINY, dataset, RATES, run=3, engine=engine)
    core, correct = Core(TINY), 0
    for epoch, rate in enumerate(RATES):
        for index in np.random.default_rng((3, epoch)).permutation(30):
            core.run(dataset.train.samples[index], int(dataset.train.labels[index]), rate)
    for a, b in zip(state.weights, core.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert state.random == core.random
    for sample, label in zip(dataset.test.samples, dataset.test.labels, strict=True):
        correct += core.run(sample, rate=0).winner == label
    assert state.test_error == 1 - correct / 9


@pytest.mark.parametrize(
    ("phase", "sample"),
    [
        ("epoch 1/3 rate 256", 1),
        ("epoch 2/3 rate 256", 17),
        ("epoch 2/3 rate 256", 30),
        ("epoch 2/3 rate 256 validation", 6),
        ("epoch 3/3 rate 128 validation", 6),
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


def test_moved_images_are_the_same_after_a_stop(dataset: Dataset, tmp_path: Path) -> None:
    whole = train(TINY, dataset, RATES, run=2, augment=Augment(1))
    for number, (phase, sample) in enumerate(
        [("epoch 1/3 rate 256", 7), ("epoch 2/3 rate 256", 29), ("epoch 3/3 rate 128", 1)]
    ):
        out = tmp_path / str(number)
        with pytest.raises(Stopped):
            train(TINY, dataset, RATES, run=2, augment=Augment(1), out=out,
                  report=CtrlCAt(phase, sample))  # fmt: skip
        resumed = train(TINY, dataset, RATES, run=2, augment=Augment(1), out=out, resume=True)
        _assert_same(resumed, whole)
        _assert_same(checkpoint.load(out / CHECKPOINT), whole)


def test_ctrl_c_works_as_before_afterwards(dataset: Dataset) -> None:
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        train(TINY, dataset, RATES, report=CtrlCAt("epoch 1/3 rate 256", 3))
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
    with pytest.raises(DataError, match="the checkpoint was made with run 0, not 1"):
        train(TINY, dataset, [256], run=1, out=tmp_path, resume=True)
    assert (tmp_path / CHECKPOINT).read_bytes() == before


@pytest.mark.parametrize("rates", [[256], [0, 1]])
def test_a_machine_without_learning_is_not_trained(
    dataset: Dataset, tmp_path: Path, rates: list[int]
) -> None:
    fixed = TINY.replace(learning=False)
    with pytest.raises(
        DataError, match=r"'tiny' cannot be trained at rate .*: its learning is fal"
    ):
        train(fixed, dataset, rates, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()
    state = train(fixed, dataset, [0])
    assert state.test_error == train(TINY, dataset, [0]).test_error


def test_an_older_run_goes_on_where_it_lies(dataset: Dataset, tmp_path: Path) -> None:
    train(TINY, dataset, [256], out=tmp_path / "seed-0")
    assert runs.folder(tmp_path, 0) == tmp_path / "seed-0"
    assert runs.folder(tmp_path, 1) == tmp_path / "run-1"
    assert runs.fingerprint(tmp_path, range(3)) == dataset.sha256
    assert runs.fingerprint(tmp_path, range(1, 3)) is None
    (tmp_path / "run-0").mkdir()
    assert runs.folder(tmp_path, 0) == tmp_path / "run-0"


def test_an_engine_of_ones_own_cannot_be_resumed(dataset: Dataset, tmp_path: Path) -> None:
    own = functools.partial(FaultyCore, stuck=0.1)
    assert train(TINY, dataset, [256], engine=own).epoch == 1
    with pytest.raises(DataError, match="only the engines 'fast' and 'numpy' can be resumed"):
        train(TINY, dataset, [256], engine=own, out=tmp_path)


def test_rates_are_checked_before_anything_is_written(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rate must be 0 .* to 256 .*, not 257"):
        train(TINY, dataset, [256, 257], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("epochs", "rates"),
    [
        (1, [256]),
        (2, [256, 128]),
        (5, [256, 256, 256, 128, 32]),
        (14, [256] * 6 + [128] * 3 + [64] * 2 + [32] * 2 + [16]),
    ],
)
def test_falling_rates(epochs: int, rates: list[int]) -> None:
    assert falling_rates(epochs) == rates


#: Trains the network of this file in two runs; the arguments are the folders of data and runs.
KILLED = """
import sys
from pathlib import Path
from erbium.golden.presets import preset
from rich.console import Console
from erbium.scripts.data import source as data
from erbium.scripts.data.augment import Augment
from erbium.scripts.train import runs
from erbium.scripts.common.progress import Bars

config = preset("tiny").replace(encoder="bernoulli", transmit=11)
runs.run(config, data.load(sys.argv[1], config), [256] * 300 + [64] * 100, runs=range(2),
         out=Path(sys.argv[2]), bars=Bars(Console(quiet=True)), augment=Augment(1),
         resume=Path(sys.argv[2]).exists())
"""


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_nothing(tiny_data: Path, tmp_path: Path) -> None:
    def start(out: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", KILLED, str(tiny_data), str(out)])

    whole, killed, draw = tmp_path / "whole", tmp_path / "killed", random.Random(8)
    assert start(whole).wait() == 0
    moments = sorted(draw.sample(range(1, 399), 10))
    for epoch in moments:
        process = start(killed)
        path = runs.folder(killed, draw.randrange(2)) / CHECKPOINT
        # Epochs are much shorter than the pause, so the moment falls anywhere within one.
        while process.poll() is None and _epoch(path) < epoch:
            time.sleep(draw.uniform(0, 0.02))
        process.kill()
        assert process.wait() == -signal.SIGKILL, f"ended before epoch {epoch}"
    assert start(killed).wait() == 0
    for number in range(2):
        states = [checkpoint.load(runs.folder(out, number) / CHECKPOINT) for out in (whole, killed)]
        _assert_same(*states)


def _epoch(path: Path) -> int:
    return checkpoint.load(path).epoch if path.exists() else 0
