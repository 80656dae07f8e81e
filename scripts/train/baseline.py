"""Artificial networks without spikes, to compare the machine with: exact or random feedback.

Same layer sizes and same data as the spiking network, but floating point of 32 bits: rectified
linear hidden units, softmax with cross-entropy at the output, batches, momentum, weight decay, and
a learning rate that falls to zero along a cosine. Unlike the machine's neurons, these have biases,
as had the artificial networks of Neftci et al. (2017). Two rules tell the hidden layers their
share of the error:

bp
    Back-propagation: the exact gradient, through the transposed weights.
rbp
    Random back-propagation: a fixed random matrix per hidden layer carries the error of the
    outputs straight to it (Nøkland 2016, Samadi et al. 2017).

The constants of `recipe_for` were chosen by the error on MNIST's validation samples alone; other
data may need others. What is reported is the network after the last epoch, whichever epoch was
best.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from types import MappingProxyType

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.source import Dataset, Split
from erbium.scripts.train.network import Network, scaled


@dataclass(frozen=True)
class Recipe:
    """Constants of a training.

    Attributes
    ----------
    rate : float
        Learning rate of the first batch, applied to a batch's mean gradient.
    momentum : float
        Part of each step that is repeated in the next.
    decay : float
        Weight decay: the part of each weight that is added to its gradient. Biases have none.
    feedback : float
        Standard deviation of the random feedback; bp has none.
    batch : int
        Samples per step.
    """

    rate: float
    momentum: float
    decay: float
    feedback: float = 0.0
    batch: int = 100


RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {
        "bp": Recipe(rate=0.2, momentum=0.9, decay=3e-4),
        "rbp": Recipe(rate=0.1, momentum=0.9, decay=3e-4, feedback=0.2),
    }
)

#: For more than one hidden layer, where random feedback gains from smaller weights.
DEEP_RECIPES: Mapping[str, Recipe] = MappingProxyType(
    {"bp": RECIPES["bp"], "rbp": replace(RECIPES["rbp"], decay=1e-3)}
)


def recipe_for(rule: str, layers: tuple[int, ...]) -> Recipe:
    """Return the constants for a network."""
    return (DEEP_RECIPES if len(layers) > 3 else RECIPES)[rule]


def macs(rule: str, layers: tuple[int, ...]) -> int:
    """Return the multiplications and additions by which one sample is learned.

    Forward, the error back to the hidden layers, and the sample's part of the gradient. What
    happens once per batch or per neuron is left out.
    """
    synapses = [sources * targets for sources, targets in pairwise(layers)]
    back = sum(synapses[1:]) if rule == "bp" else layers[-1] * sum(layers[1:-1])
    return 2 * sum(synapses) + back


def train_baseline(
    rule: str,
    layers: tuple[int, ...],
    dataset: Dataset,
    epochs: int,
    seed: int,
    report: Report = silent,
    recipe: Recipe | None = None,
) -> dict[str, object]:
    """Train an artificial network and return its figures, ready for JSON.

    Parameters
    ----------
    rule : str
        "bp" or "rbp".
    layers : tuple of int
        Sizes, inputs and classes included.
    dataset : Dataset
        What it learns. The test samples are looked at once, at the end.
    epochs : int
        Passes over the training samples.
    seed : int
        Of weights, feedback and the order of the samples; weights and order are the same for
        both rules.
    report : Report
        Told after every batch.
    recipe : Recipe, optional
        Other constants than `recipe_for` gives.

    Returns
    -------
    dict
        Errors are fractions, 0 to 1. Those of the training samples are counted while they are
        learned, each with the weights just before its own batch.
    """
    _check(rule, layers, dataset, epochs)
    recipe = recipe or recipe_for(rule, layers)
    network, history, milliseconds = fit(rule, layers, dataset, epochs, seed, report, recipe)
    return {
        "rule": rule,
        "layers": list(layers),
        "seed": seed,
        "recipe": asdict(recipe),
        "epochs": history,
        "test_error": network.error(dataset.test),
        "validation_error": history[-1]["validation_error"],
        "train_error": history[-1]["train_error"],
        "macs_per_training_sample": macs(rule, layers),
        "cpu_ms_per_training_sample": milliseconds,
    }


def fit(
    rule: str,
    layers: tuple[int, ...],
    dataset: Dataset,
    epochs: int,
    seed: int,
    report: Report = silent,
    recipe: Recipe | None = None,
) -> tuple[Network, list[dict[str, float]], float]:
    """Train without a look at the test samples; see `train_baseline`.

    Parameters
    ----------
    rule, layers, dataset, epochs, seed, report, recipe
        As there.

    Returns
    -------
    network : Network
        After the last epoch.
    history : list of dict
        Number, errors, and seconds of learning of each epoch.
    milliseconds : float
        Processor time per sample learned.
    """
    recipe, train = recipe or recipe_for(rule, layers), dataset.train
    first, orders = np.random.default_rng(seed).spawn(2)
    network = Network(rule, layers, first, recipe.feedback)
    speeds = [np.zeros_like(array) for array in network.weights + network.biases]
    steps = epochs * -(-len(train) // recipe.batch)
    history, step, cpu = [], 0, 0.0
    for epoch in range(1, epochs + 1):
        order, correct = orders.permutation(len(train)), 0
        began, cpu_began = time.perf_counter(), time.process_time()
        for start in range(0, len(train), recipe.batch):
            chosen = order[start : start + recipe.batch]
            rate = recipe.rate * (1 + np.cos(np.pi * step / steps)) / 2
            correct += _learn(network, speeds, train, chosen, float(rate), recipe)
            step += 1
            report(f"{rule} epoch {epoch}/{epochs}", start + len(chosen), len(train), correct)
        cpu += time.process_time() - cpu_began
        seconds = time.perf_counter() - began
        history.append(
            {
                "epoch": epoch,
                "train_error": 1 - correct / len(train),
                "validation_error": network.error(dataset.validation),
                "seconds": round(seconds, 3),
            }
        )
    return network, history, round(1000 * cpu / (epochs * len(train)), 5)


def _learn(
    network: Network,
    speeds: list[np.ndarray],
    train: Split,
    chosen: np.ndarray,
    rate: float,
    recipe: Recipe,
) -> int:
    """Make one step, and return how many of its samples were recognised before."""
    labels = train.labels[chosen]
    values = network.forward(scaled(train.samples[chosen]))
    weights, biases = network.gradients(values, labels)
    for gradient, array in zip(weights, network.weights, strict=True):
        gradient += recipe.decay * array
    arrays = network.weights + network.biases
    for array, speed, gradient in zip(arrays, speeds, weights + biases, strict=True):
        speed *= recipe.momentum
        speed += gradient
        array -= rate * speed
    return int((values[-1].argmax(axis=1) == labels).sum())


def _check(rule: str, layers: tuple[int, ...], dataset: Dataset, epochs: int) -> None:
    if rule not in RECIPES:
        raise DataError(f"unknown rule {rule!r}; choose one of: {', '.join(RECIPES)}")
    if len(layers) < 2 or min(layers) < 1:
        raise DataError(f"layers {layers} make no network; give two sizes or more, each 1 or more")
    if epochs < 1:
        raise DataError(f"cannot train for {epochs} epochs; choose 1 or more")
    inputs, classes = dataset.train.samples.shape[1], int(dataset.train.labels.max()) + 1
    if layers[0] != inputs or layers[-1] < classes:
        raise DataError(
            f"layers {layers} do not fit '{dataset.name}'; the first must be {inputs}, the last "
            f"{classes} or more"
        )
