"""Initial weights and fixed feedback: all numbers that are drawn before the first sample."""

from __future__ import annotations

import numpy as np

from golden import rng
from golden.config import Config
from golden.layout import Layout


def initial_weights(config: Config) -> list[np.ndarray]:
    """Draw the initial weights, one matrix [sources, targets] per layer, source by source."""
    weights, first = [], 0
    for layer, limit in zip(Layout(config).layers, config.weight_init, strict=True):
        shape = (layer.sources, layer.targets)
        weights.append(rng.uniform(config.seed, rng.WEIGHTS, first, shape, limit))
        first += layer.sources * layer.targets
    return weights


def feedback_weights(config: Config) -> list[np.ndarray]:
    """Draw the fixed feedback, one matrix [classes, targets] per layer.

    Hidden layers: uniform, then each neuron's mean over the classes (rounded half up) is taken
    away, so that an error in no particular class moves no neuron. Output layer: one-to-one.
    """
    layout = Layout(config)
    matrices, first = [], 0
    for layer, limit in zip(layout.layers[:-1], config.feedback[:-1], strict=True):
        shape = (layout.classes, layer.targets)
        drawn = rng.uniform(config.seed, rng.FEEDBACK, first, shape, limit)
        first += drawn.size
        total = drawn.sum(axis=0)
        mean = (2 * total + layout.classes) // (2 * layout.classes)
        matrices.append(drawn - mean)
    matrices.append(np.eye(layout.classes, dtype=np.int64) * config.feedback[-1])
    return matrices
