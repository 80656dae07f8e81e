"""A network of floating-point neurons without spikes: rectified linear units and biases."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from erbium.golden.validate import check_intensities
from erbium.scripts.data.source import Split

#: Samples that are classified at once: enough to be fast, few enough to fit into the cache.
BLOCK = 1000


class Network:
    """Layers of neurons with biases, and the feedback that trains them.

    Parameters
    ----------
    rule : str
        "bp" or "rbp".
    layers : tuple of int
        Sizes, inputs and classes included.
    random : Generator
        Source of all numbers.
    feedback : float
        Standard deviation of the random feedback; "bp" has none.

    Attributes
    ----------
    weights : list of float32 array [sources, targets]
        One matrix per layer, at first normal with variance 2 / sources (He et al. 2015).
    biases : list of float32 array [targets]
        One vector per layer, at first zero.
    feedback : list of float32 array [classes, hidden] or None
        One fixed random matrix per hidden layer for "rbp", None for "bp".
    """

    def __init__(
        self, rule: str, layers: tuple[int, ...], random: np.random.Generator, feedback: float
    ) -> None:
        shapes = list(pairwise(layers))
        self.weights = [_normal(random, shape, (2 / shape[0]) ** 0.5) for shape in shapes]
        self.biases = [np.zeros(targets, np.float32) for _, targets in shapes]
        self.feedback: list[np.ndarray] | None = None
        # Drawn last, so that both rules start with the same weights.
        if rule == "rbp":
            classes = layers[-1]
            self.feedback = [
                _normal(random, (classes, hidden), feedback) for hidden in layers[1:-1]
            ]

    def forward(self, samples: np.ndarray) -> list[np.ndarray]:
        """Return the values [count, size] of all layers, inputs first.

        The outputs are those before the softmax, which would not change the largest.
        """
        values = [samples]
        for weights, biases in zip(self.weights, self.biases, strict=True):
            if len(values) > 1:
                np.maximum(values[-1], 0, out=values[-1])
            values.append(values[-1] @ weights + biases)
        return values

    def gradients(
        self, values: list[np.ndarray], labels: np.ndarray
    ) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return what the rule takes for the gradient of the mean cross-entropy.

        Parameters
        ----------
        values : list of float array [count, size]
            All layers, from `forward`.
        labels : int array [count]
            Classes.

        Returns
        -------
        weights, biases : list of float array
            In the shapes of `weights` and `biases`.
        """
        error = np.exp(values[-1] - values[-1].max(axis=1, keepdims=True))
        error /= error.sum(axis=1, keepdims=True)
        error[np.arange(len(labels)), labels] -= 1
        error /= len(labels)
        errors = [error]
        for layer in range(len(self.weights) - 1, 0, -1):
            if self.feedback is None:
                back = errors[0] @ self.weights[layer].T
            else:
                back = error @ self.feedback[layer - 1]
            errors.insert(0, back * (values[layer] > 0))
        weights = [below.T @ above for below, above in zip(values[:-1], errors, strict=True)]
        return weights, [above.sum(axis=0) for above in errors]

    def winners(self, samples: np.ndarray) -> np.ndarray:
        """Return the classes [count] of samples [count, inputs] of bytes."""
        blocks = [samples[first : first + BLOCK] for first in range(0, len(samples), BLOCK)]
        return np.concatenate([self.forward(scaled(b))[-1].argmax(axis=1) for b in blocks])

    def error(self, part: Split) -> float:
        """Return the fraction of `part` that is not recognised."""
        return float((self.winners(part.samples) != part.labels).mean())


def scaled(samples: np.ndarray) -> np.ndarray:
    """Return bytes as float32, 0 to 1."""
    return check_intensities(samples) * np.float32(1 / 255)


def _normal(random: np.random.Generator, shape: tuple[int, int], deviation: float) -> np.ndarray:
    return random.standard_normal(shape, np.float32) * np.float32(deviation)
