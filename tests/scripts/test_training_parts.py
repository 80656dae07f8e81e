"""Trainings: parts that only long runs, deep networks or whole campaigns would show."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.scripts.data import source as data
from erbium.scripts.data.source import Dataset, Split
from erbium.scripts.train import baseline, measures, training
from erbium.scripts.train.baseline import Recipe, fit
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.network import Network

TINY = preset("tiny")


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    """30 samples to learn, 6 to validate, 9 to test."""
    return data.load(str(tiny_data), TINY)


def test_everything_is_all_that_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    for name in ("readout", "faults", "writes"):

        def measure(*given: object, name: str = name) -> dict[str, object]:
            asked.append((name, *given))
            return {name: 1}

        monkeypatch.setattr(measures, name, measure)
    found = measures.everything("state", "dataset", {"of": 3})
    assert found == {"readout": 1, "faults": 1, "writes": 1}
    assert asked == [(name, "state", "dataset", {"of": 3}) for name in found]


def test_seconds_of_a_training_are_those_of_its_samples(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A second between two looks at the clock: of each sample there is one at its end, and one
    # that asks whether to save.
    clock = itertools.count(1000.0)
    monkeypatch.setattr(training.time, "perf_counter", lambda: next(clock))
    states = []
    train = training.train

    def report(phase: str, done: int, total: int, correct: int | None) -> None:
        states.append((phase, done))

    state = train(TINY, dataset, [256, 128], report=report)
    learned = [done for phase, done in states if phase == "epoch 1/2 rate 256"]
    assert learned == list(range(1, 31))
    # 30 samples, each with two looks, without the last one.
    assert [entry["seconds"] for entry in state.history] == [59.0, 59.0]


def test_seconds_of_a_stopped_epoch_are_added_up(dataset: Dataset) -> None:
    core = training.ENGINES["numpy"](TINY)
    state = Checkpoint.start(TINY, Plan("any", "0", (256,), 0))
    state.position, state.seconds = 20, 100.0
    began = time.perf_counter()
    with training.CtrlC() as ctrl_c:
        training._learn(core, state, dataset, ctrl_c, lambda *_: None, None)
    assert state.position == 30
    assert 100 < state.seconds <= 100 + time.perf_counter() - began


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_a_network_learns_for_all_epochs(epochs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baseline, "_learn", lambda *_: 1)
    part = Split(np.zeros((2, 1), dtype=np.uint8), np.zeros(2, dtype=int))
    recipe = Recipe(rate=0.2, momentum=0.9, decay=0.0)
    _, history, _ = fit("bp", (1, 2), Dataset("", part, part, part), epochs, 0, recipe=recipe)
    assert [entry["epoch"] for entry in history] == list(range(1, epochs + 1))


def test_each_hidden_layer_has_a_feedback_of_its_own() -> None:
    sizes = (6, 5, 5, 5, 5, 3)
    random = np.random.default_rng(2)
    network = Network("rbp", sizes, random, 0.5)
    values = network.forward(random.random((4, 6), np.float32))
    labels = np.array([0, 1, 2, 1])
    weights, biases = network.gradients(values, labels)
    outputs = np.exp(values[-1] - values[-1].max(axis=1)[:, None])
    error = outputs / outputs.sum(axis=1)[:, None]
    error[np.arange(4), labels] -= 1
    error /= 4
    for layer in range(4):
        # From the outputs straight to the layer, where its neurons are active.
        back = (error @ network.feedback[layer]) * (values[layer + 1] > 0)
        np.testing.assert_allclose(biases[layer], back.sum(axis=0), rtol=1e-5)
        np.testing.assert_allclose(weights[layer], values[layer].T @ back, rtol=1e-5)
    np.testing.assert_allclose(weights[4], values[4].T @ error, rtol=1e-5)
