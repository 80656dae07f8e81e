"""Artificial networks: the gradient is one, random feedback is none, and both learn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data import source as data
from erbium.scripts.train.baseline import RECIPES, fit, macs, train_baseline
from erbium.scripts.train.network import Network, scaled

DEEP = (7, 6, 5, 4)
DIGITS = (64, 64, 10)


@pytest.fixture(scope="module")
def digits() -> data.Dataset:
    return data.load("digits", preset("digits"))


def _network(rule: str) -> tuple[Network, np.ndarray, np.ndarray]:
    """Return a small network in 64 bits, for differences, with samples [9, 7] and labels [9]."""
    random = np.random.default_rng(3)
    network = Network(rule, DEEP, random, RECIPES[rule].feedback)
    network.weights = [array.astype(np.float64) for array in network.weights]
    network.biases = [random.normal(0, 0.3, array.shape) for array in network.biases]
    return network, random.random((9, 7)), random.integers(0, 4, 9)


def _loss(network: Network, samples: np.ndarray, labels: np.ndarray) -> float:
    outputs = network.forward(samples)[-1]
    outputs = outputs - outputs.max(axis=1, keepdims=True)
    log = outputs - np.log(np.exp(outputs).sum(axis=1, keepdims=True))
    return float(-log[np.arange(len(labels)), labels].mean())


def _slopes(array: np.ndarray, loss: Callable[[], float]) -> np.ndarray:
    """Return the slope of `loss` along each element of `array`, by small differences."""
    slopes, step = np.zeros(array.shape), 1e-6
    for index, value in np.ndenumerate(array):
        array[index] = value + step
        above = loss()
        array[index] = value - step
        slopes[index] = (above - loss()) / (2 * step)
        array[index] = value
    return slopes


def test_back_propagation_is_the_gradient() -> None:
    network, samples, labels = _network("bp")
    weights, biases = network.gradients(network.forward(samples), labels)
    for found, array in zip(weights + biases, network.weights + network.biases, strict=True):
        slopes = _slopes(array, lambda: _loss(network, samples, labels))
        assert np.abs(slopes).max() > 0.01
        np.testing.assert_allclose(found, slopes, atol=1e-8)


def test_random_feedback_takes_the_place_of_the_transposed_weights() -> None:
    network, samples, labels = _network("rbp")
    values = network.forward(samples)
    found, _ = network.gradients(values, labels)
    outputs = np.exp(values[-1])
    error = (outputs / outputs.sum(axis=1, keepdims=True) - np.eye(4)[labels]) / 9
    for layer in (0, 1):
        hidden = error @ network.feedback[layer] * (values[layer + 1] > 0)
        np.testing.assert_allclose(found[layer], values[layer].T @ hidden)
    np.testing.assert_allclose(found[2], values[2].T @ error)
    network.feedback = None
    exact, _ = network.gradients(values, labels)
    np.testing.assert_allclose(found[2], exact[2])
    assert not np.allclose(found[0], exact[0], rtol=0.1)
    assert not np.allclose(found[1], exact[1], rtol=0.1)


def test_random_feedback_does_not_change_and_comes_to_point_along_the_gradient(
    digits: data.Dataset,
) -> None:
    before, _, _ = fit("rbp", DIGITS, digits.limited(1, None, None), 1, 0)
    network, _, _ = fit("rbp", DIGITS, digits, 10, 0)
    assert (network.feedback[0] == before.feedback[0]).all()
    values = network.forward(scaled(digits.train.samples))
    random = network.gradients(values, digits.train.labels)[0][0].ravel()
    network.feedback = None
    exact = network.gradients(values, digits.train.labels)[0][0].ravel()
    cosine = random @ exact / (np.linalg.norm(random) * np.linalg.norm(exact))
    # 90 degrees are a cosine of 0; 4,096 random numbers would hardly ever reach 0.1.
    assert 0.2 < cosine < 0.99


def test_both_rules_start_with_the_same_weights() -> None:
    exact, random = (
        Network(rule, DEEP, np.random.default_rng(1), RECIPES[rule].feedback)
        for rule in ("bp", "rbp")
    )
    for left, right in zip(exact.weights, random.weights, strict=True):
        assert left.dtype == np.float32
        assert (left == right).all()
    assert exact.feedback is None
    assert [array.shape for array in random.feedback] == [(4, 6), (4, 5)]


@pytest.mark.parametrize("layers", [DIGITS, (64, 48, 32, 10)], ids=str)
@pytest.mark.parametrize("rule", RECIPES)
def test_digits_are_learned(rule: str, layers: tuple[int, ...], digits: data.Dataset) -> None:
    told = []
    result = train_baseline(rule, layers, digits, 40, 1, lambda *args: told.append(args))
    assert result["test_error"] < 0.07
    # Of 200 samples, so a coarse figure.
    assert result["validation_error"] == result["epochs"][-1]["validation_error"] < 0.1
    assert result["train_error"] == result["epochs"][-1]["train_error"] < 0.05
    assert [epoch["epoch"] for epoch in result["epochs"]] == list(range(1, 41))
    assert (result["rule"], result["layers"], result["seed"]) == (rule, list(layers), 1)
    assert result["cpu_ms_per_training_sample"] > 0
    correct = round(1200 * (1 - result["train_error"]))
    assert told[-1] == (f"{rule} epoch 40/40", 1200, 1200, correct)


@pytest.mark.parametrize("rule", RECIPES)
def test_a_seed_decides_everything(rule: str, digits: data.Dataset) -> None:
    def errors(seed: int) -> list[float]:
        result = train_baseline(rule, DIGITS, digits, 2, seed)
        parts = [(epoch["train_error"], epoch["validation_error"]) for epoch in result["epochs"]]
        return [*np.ravel(parts), result["test_error"]]

    assert errors(4) == errors(4)
    assert errors(4) != errors(5)


def test_operations_are_counted() -> None:
    assert macs("bp", (784, 100, 10)) == 2 * 79_400 + 100 * 10
    assert macs("rbp", (784, 100, 10)) == 2 * 79_400 + 10 * 100
    assert macs("bp", (784, 200, 200, 10)) == 2 * 198_800 + 200 * 200 + 200 * 10
    assert macs("rbp", (784, 200, 200, 10)) == 2 * 198_800 + 10 * 400


@pytest.mark.parametrize(
    ("rule", "layers", "epochs", "message"),
    [
        ("dfa", DIGITS, 1, "unknown rule 'dfa'; choose one of: bp, rbp"),
        ("bp", (64,), 1, r"layers \(64,\) make no network; give two sizes or more"),
        ("bp", (64, 0, 10), 1, r"layers \(64, 0, 10\) make no network"),
        ("bp", (784, 10), 1, r"layers \(784, 10\) do not fit 'digits'; the first must be 64"),
        ("bp", (64, 9), 1, "the last 10 or more"),
        ("bp", DIGITS, 0, "cannot train for 0 epochs; choose 1 or more"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    rule: str, layers: tuple[int, ...], epochs: int, message: str, digits: data.Dataset
) -> None:
    with pytest.raises(DataError, match=message):
        train_baseline(rule, layers, digits, epochs, 0)
