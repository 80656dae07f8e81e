"""Checks of everything that enters the machine; each message names the value and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from golden.config import FULL_RATE
from golden.layout import Layout
from golden.rng import MASK, RandomState


class DataError(ValueError):
    """Data that the configured machine cannot take."""


def check_weights(layout: Layout, weights: Sequence[np.ndarray]) -> None:
    """Refuse weights of the wrong number, shape or range."""
    layers = layout.layers
    if len(weights) != len(layers):
        raise DataError(
            f"expected {len(layers)} weight matrices, one per layer, not {len(weights)}"
        )
    limit = 1 << (layout.config.weight_bits - 1)
    for layer, matrix in zip(layers, weights, strict=True):
        array, shape = np.asarray(matrix), (layer.sources, layer.targets)
        if array.shape != shape:
            raise DataError(
                f"weights of layer {layer.index} must have shape {shape} (sources, targets), "
                f"not {array.shape}"
            )
        if not np.issubdtype(array.dtype, np.integer):
            raise DataError(
                f"weights of layer {layer.index} must be integers, not {array.dtype}; round them"
            )
        bad = array[(array < -limit) | (array >= limit)]
        if bad.size:
            raise DataError(
                f"weights of layer {layer.index} must lie in {-limit} to {limit - 1} "
                f"({layout.config.weight_bits} bits), not {int(bad[0])}; clip them or raise "
                "weight_bits"
            )


def check_samples(layout: Layout, samples: np.ndarray, labels: np.ndarray | None) -> None:
    """Refuse many samples at once if any is refused by itself, or its label is."""
    if layout.config.encoder == "events":
        raise DataError("encoder 'events' takes one sample at a time; show each by itself")
    array = np.asarray(samples)
    if array.ndim != 2 or not len(array):
        raise DataError(
            f"samples must have shape (count, {layout.inputs}) with count at least 1, "
            f"not {array.shape}"
        )
    for extreme in (array.min(axis=0), array.max(axis=0)):
        check_sample(layout, extreme)
    if labels is None:
        return
    if np.shape(labels) != array.shape[:1]:
        raise DataError(
            f"{len(array)} samples need {len(array)} labels, not shape {np.shape(labels)}"
        )
    for extreme in (np.min(labels), np.max(labels)):
        check_label(layout, int(extreme))


def check_sample(layout: Layout, sample: np.ndarray | Sequence[Sequence[int]]) -> None:
    """Refuse a sample of the wrong size or range."""
    if layout.config.encoder == "events":
        _check_events(layout, sample)
        return
    array = np.asarray(sample)
    if array.shape != (layout.inputs,):
        raise DataError(
            f"a sample must have {layout.inputs} intensities (layers[0]), not shape {array.shape}"
        )
    if not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"intensities must be integers from 0 to 255, not {array.dtype}")
    bad = array[(array < 0) | (array > 255)]
    if bad.size:
        raise DataError(f"intensities must lie in 0 to 255, not {int(bad[0])}; rescale them")


def _check_events(layout: Layout, events: Sequence[Sequence[int]]) -> None:
    if len(events) != layout.config.ticks:
        raise DataError(
            f"an event sample must have {layout.config.ticks} lists, one per tick, "
            f"not {len(events)}"
        )
    for tick, sources in enumerate(events):
        for source in sources:
            _check_integer("an event", source)
            if not 0 <= source < layout.inputs:
                raise DataError(
                    f"event {source} in tick {tick} must be an input from 0 to {layout.inputs - 1}"
                )
        for before, after in pairwise(sources):
            if before >= after:
                raise DataError(
                    f"events of tick {tick} must ascend without repeats, not {before}, {after}; "
                    "sort them"
                )


def check_label(layout: Layout, label: int) -> None:
    """Refuse a label that is no class."""
    _check_integer("label", label)
    if not 0 <= label < layout.classes:
        raise DataError(f"label must be a class from 0 to {layout.classes - 1}, not {label}")


def check_rate(rate: int) -> None:
    """Refuse a learning rate outside 0 to 256."""
    _check_integer("rate", rate)
    if not 0 <= rate <= FULL_RATE:
        raise DataError(
            f"rate must be 0 (no learning) to {FULL_RATE} (every event learns), not {rate}"
        )


def check_random(random: RandomState) -> None:
    """Refuse states that a random generator cannot leave or hold."""
    for name, state in vars(random).items():
        _check_integer(f"random state {name!r}", state)
        if not 0 < state <= MASK:
            raise DataError(f"random state {name!r} must be 1 to 2**32 - 1, not {state}")


def _check_integer(what: str, value: object) -> None:
    if not isinstance(value, (int, np.integer)):
        raise DataError(f"{what} must be an integer, not {value!r}")
