"""Artificial networks: steps of learning against arithmetic by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from erbium.scripts.data.source import Dataset, Split
from erbium.scripts.train import baseline
from erbium.scripts.train.baseline import DEEP_RECIPES, RECIPES, Recipe, fit, recipe_for
from erbium.scripts.train.network import Network, scaled


def constant(weights: list[float], biases: list[float]) -> Network:
    """Return a network of one input and two classes with these numbers."""
    network = Network("bp", (1, 2), np.random.default_rng(0), 0.0)
    network.weights = [np.array([weights])]
    network.biases = [np.array(biases)]
    return network


def test_one_step_is_rate_times_gradient_and_decay() -> None:
    """One input of 1, so that the outputs are the weights plus the biases: softmax by hand."""
    network = constant([0.5, -0.25], [0.125, 0.25])
    speeds = [np.zeros((1, 2)), np.zeros(2)]
    train = Split(np.array([[255]], dtype=np.uint8), np.array([1]))
    recipe = Recipe(rate=99.0, momentum=0.9, decay=0.1)
    right = baseline._learn(network, speeds, train, np.array([0]), 0.2, recipe)
    # Outputs 0.625 and 0.0: the wrong class wins.
    assert right == 0
    first = math.exp(0.625) / (math.exp(0.625) + 1)
    error = (first, (1 - first) - 1)
    # A weight's gradient is input times error, and a tenth of the weight: decay pulls towards 0.
    weights = (error[0] + 0.05, error[1] - 0.025)
    np.testing.assert_allclose(speeds[0], [weights], rtol=1e-6)
    np.testing.assert_allclose(speeds[1], error, rtol=1e-6)
    before = [(0.5, weights[0]), (-0.25, weights[1])]
    np.testing.assert_allclose(
        network.weights[0], [[value - 0.2 * slope for value, slope in before]], rtol=1e-6
    )
    np.testing.assert_allclose(
        network.biases[0], [0.125 - 0.2 * error[0], 0.25 - 0.2 * error[1]], rtol=1e-6
    )


def test_a_second_step_repeats_nine_tenths_of_the_first() -> None:
    """With an input of 0 only biases have a gradient, so that weights move by momentum alone."""
    network = constant([1.0, -1.0], [0.0, 0.0])
    speeds = [np.array([[0.5, -0.25]]), np.array([0.1, 0.2])]
    train = Split(np.array([[0]], dtype=np.uint8), np.array([0]))
    recipe = Recipe(rate=99.0, momentum=0.9, decay=0.0)
    assert baseline._learn(network, speeds, train, np.array([0]), 0.5, recipe) == 1
    np.testing.assert_allclose(speeds[0], [[0.45, -0.225]])
    np.testing.assert_allclose(network.weights[0], [[1 - 0.225, -1 + 0.1125]])
    # Half of the certainty is missing, and is taken from the other.
    np.testing.assert_allclose(speeds[1], [0.09 - 0.5, 0.18 + 0.5])
    np.testing.assert_allclose(network.biases[0], [0.205, -0.34])


def test_weights_without_a_gradient_shrink() -> None:
    network = constant([1.0, -1.0], [0.0, 0.0])
    speeds = [np.zeros((1, 2)), np.zeros(2)]
    train = Split(np.array([[0]], dtype=np.uint8), np.array([0]))
    baseline._learn(network, speeds, train, np.array([0]), 0.1, Recipe(1.0, 0.0, 0.5))
    np.testing.assert_allclose(network.weights[0], [[0.95, -0.95]])


def test_a_step_is_that_of_the_mean_of_its_samples() -> None:
    samples = np.array([[255], [51], [0]], dtype=np.uint8)
    train = Split(samples, np.array([1, 0, 1]))
    network = constant([0.0, 0.0], [0.0, 0.0])
    speeds = [np.zeros((1, 2)), np.zeros(2)]
    baseline._learn(network, speeds, train, np.array([0, 1]), 1.0, Recipe(1.0, 0.0, 0.0))
    # Inputs 1 and 0.2, errors of a half each, of which the mean is taken; the third is not shown.
    np.testing.assert_allclose(speeds[0], [[(0.5 - 0.1) / 2, (-0.5 + 0.1) / 2]], rtol=1e-6)
    np.testing.assert_allclose(speeds[1], [0.0, 0.0], atol=1e-9)


def test_bytes_become_fractions() -> None:
    np.testing.assert_allclose(scaled(np.array([0, 51, 255], dtype=np.uint8)), [0, 0.2, 1.0],
                               rtol=1e-6)  # fmt: skip


def test_rates_fall_along_a_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[float, int]] = []

    def learn(network: object, speeds: object, train: object, chosen: object, rate: float,
              recipe: object) -> int:  # fmt: skip
        seen.append((rate, len(chosen)))
        return 1

    monkeypatch.setattr(baseline, "_learn", learn)
    part = Split(np.zeros((5, 1), dtype=np.uint8), np.zeros(5, dtype=int))
    recipe = Recipe(rate=0.2, momentum=0.9, decay=0.0, batch=2)
    _, history, _ = fit("bp", (1, 2), Dataset("", part, part, part), 2, 0, recipe=recipe)
    # Three batches in each of two epochs: a sixth of half a turn each.
    expected = [0.1 * (1 + math.cos(math.pi * step / 6)) for step in range(6)]
    assert [rate for rate, _ in seen] == pytest.approx(expected)
    assert [count for _, count in seen] == [2, 2, 1] * 2
    assert [entry["train_error"] for entry in history] == pytest.approx([1 - 3 / 5] * 2)


def test_every_sample_is_learned_once_in_an_epoch_and_in_another_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown: list[int] = []

    def learn(
        network: object, speeds: object, train: object, chosen: np.ndarray, *_: object
    ) -> int:
        shown.extend(chosen.tolist())
        return 0

    monkeypatch.setattr(baseline, "_learn", learn)
    part = Split(np.zeros((30, 1), dtype=np.uint8), np.zeros(30, dtype=int))
    recipe = Recipe(rate=0.2, momentum=0.9, decay=0.0, batch=7)
    fit("bp", (1, 2), Dataset("", part, part, part), 2, 0, recipe=recipe)
    assert sorted(shown[:30]) == sorted(shown[30:]) == list(range(30))
    assert shown[:30] != shown[30:] != list(range(30))


def test_recipes_are_those_that_were_chosen() -> None:
    assert dict(RECIPES) == {
        "bp": Recipe(rate=0.2, momentum=0.9, decay=3e-4, feedback=0.0, batch=100),
        "rbp": Recipe(rate=0.1, momentum=0.9, decay=3e-4, feedback=0.2, batch=100),
    }
    assert dict(DEEP_RECIPES) == {
        "bp": RECIPES["bp"],
        "rbp": Recipe(rate=0.1, momentum=0.9, decay=1e-3, feedback=0.2, batch=100),
    }
    assert recipe_for("rbp", (784, 100, 10)) is RECIPES["rbp"]
    assert recipe_for("rbp", (784, 100, 100, 10)) is DEEP_RECIPES["rbp"]
    assert recipe_for("bp", (784, 10)) is RECIPES["bp"]
