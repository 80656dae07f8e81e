"""Initial weights and fixed feedback: all numbers that are drawn before the first sample."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

import numpy as np

from erbium.golden import rng
from erbium.golden.config import Config


def initial_weights(config: Config) -> list[np.ndarray]:
    """Draw the initial weights, one matrix [sources, targets] per layer, source by source."""
    weights, first = [], 0
    for shape, limit in zip(pairwise(config.layers), config.weight_init, strict=True):
        weights.append(rng.uniform(config.seed, rng.WEIGHTS, first, shape, limit))
        first += weights[-1].size
    return weights


def feedback_weights(config: Config) -> list[np.ndarray]:
    """Draw the fixed feedback, one matrix [classes, targets] per layer.

    Hidden layers: uniform, then each neuron's mean over the classes (rounded half up) is taken
    away, so that an error in no particular class moves no neuron. Output layer: one-to-one.
    """
    *hidden, classes = config.layers[1:]
    matrices, first = [], 0
    for targets, limit in zip(hidden, config.feedback[:-1], strict=True):
        drawn = rng.uniform(config.seed, rng.FEEDBACK, first, (classes, targets), limit)
        first += drawn.size
        total = drawn.sum(axis=0)
        mean = (2 * total + classes) // (2 * classes)
        matrices.append(drawn - mean)
    matrices.append(np.eye(classes, dtype=np.int64) * config.feedback[-1])
    return matrices


@lru_cache
def largest_feedback(config: Config) -> int:
    """Return the largest magnitude of a feedback weight."""
    return max(int(np.abs(matrix).max()) for matrix in feedback_weights(config))


@lru_cache
def largest_dendrite(config: Config) -> int:
    """Return a magnitude that no stored dendrite exceeds.

    A tick adds at most E, the sum of a neuron's feedback over the classes, and the leak of
    ``2**-u`` takes ``ceil(x / 2**u)`` away: more than E as soon as x is above ``(E - 1) * 2**u``.
    Saturation in every tick bounds the dendrite as well; the smaller bound counts.
    """
    top = 1 << (config.state_bits - 1)
    largest = 1
    for matrix, leak in zip(feedback_weights(config), config.dendrite_leak, strict=True):
        gain = int(np.abs(matrix).sum(axis=0).max())
        largest = max(largest, min(top, (max(gain, 1) - 1) << leak) + gain)
    return largest
