"""Checks of everything that enters the machine; each message names the value and the remedy."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from erbium.golden.config import FULL_RATE
from erbium.golden.rng import MASK, RandomState

if TYPE_CHECKING:
    from erbium.golden.layout import Layout


class DataError(ValueError):
    """Data that the configured machine cannot take."""


def check_weights(layout: Layout, weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Refuse weights of the wrong number, shape or range; return them as arrays."""
    limit = 1 << (layout.config.weight_bits - 1)
    checked = check_matrices(layout, weights)
    for layer, array in zip(layout.layers, checked, strict=True):
        _check_integers(
            f"weights of layer {layer.index}", array, (-limit, limit - 1), "round them",
            f" ({layout.config.weight_bits} bits)", "clip them or raise weight_bits",
        )  # fmt: skip
    return checked


def check_matrices(layout: Layout, weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Refuse weights of the wrong number or shape, of any kind; return them as arrays."""
    layers = layout.layers
    if _length("weights", weights) != len(layers):
        raise DataError(
            f"expected {len(layers)} weight matrices, one per layer, not {len(weights)}"
        )
    return [
        _shaped(
            f"weights of layer {layer.index}", matrix, (layer.sources, layer.targets),
            " (sources, targets)",
        )
        for layer, matrix in zip(layers, weights, strict=True)
    ]  # fmt: skip


def check_words(layout: Layout, words: np.ndarray) -> np.ndarray:
    """Refuse words of the weight memory of the wrong shape or range; return them as an array."""
    limit = 1 << (layout.config.weight_bits - 1)
    shape = layout.weight_depth, layout.config.lanes
    array = _shaped("the weight memory", words, shape, " (words, lanes)")
    _check_integers(
        "words of the weight memory", array, (-limit, limit - 1), "round them",
        f" ({layout.config.weight_bits} bits)", "clip them or raise weight_bits",
    )  # fmt: skip
    return array


def check_feedback(layout: Layout, feedback: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Refuse feedback of the wrong number, shape or range; return it as arrays."""
    layers, limit = layout.layers, 1 << (layout.feedback_bits - 1)
    if _length("feedback", feedback) != len(layers):
        raise DataError(
            f"expected {len(layers)} feedback matrices, one per layer, not {len(feedback)}"
        )
    checked = []
    for layer, matrix in zip(layers, feedback, strict=True):
        what, shape = f"feedback of layer {layer.index}", (layout.classes, layer.targets)
        checked.append(_shaped(what, matrix, shape, " (classes, targets)"))
        _check_integers(
            what, checked[-1], (-limit, limit - 1), "round it",
            f" ({layout.feedback_bits} bits)", "take golden.feedback.feedback_weights",
        )  # fmt: skip
    return checked


def check_samples(layout: Layout, samples: np.ndarray, labels: np.ndarray | None) -> None:
    """Refuse many samples at once if any is refused by itself, or its label is."""
    if layout.config.encoder == "events":
        raise DataError("encoder 'events' takes one sample at a time; show each by itself")
    array = _array("samples", samples)
    if array.ndim != 2 or not len(array):
        raise DataError(
            f"samples must have shape (count, {layout.inputs}) with count at least 1, "
            f"not {array.shape}"
        )
    for extreme in (array.min(axis=0), array.max(axis=0)):
        check_sample(layout, extreme)
    if labels is not None:
        check_labels(layout, labels, len(array))


def check_sequence(
    layout: Layout,
    samples: Sequence[np.ndarray] | Sequence[Sequence[Sequence[int]]],
    labels: Sequence[int] | np.ndarray,
    rates: Sequence[int] | np.ndarray | int,
) -> tuple[np.ndarray, np.ndarray]:
    """Refuse samples, each with a label and a rate, if any does not fit; return labels and rates.

    One rate alone is that of all samples.
    """
    count = _length("samples", samples)
    for sample in samples:
        check_sample(layout, sample)
    labels = check_labels(layout, labels, count)
    rates = _array("rates", rates)
    if rates.shape not in ((), (count,)):
        raise DataError(f"{count} samples need one rate or {count}, not shape {rates.shape}")
    rates = np.broadcast_to(rates, count)
    for rate in rates:
        check_rate(rate)
    return labels, rates


def check_labels(layout: Layout, labels: Sequence[int] | np.ndarray, count: int) -> np.ndarray:
    """Refuse labels that are not one class for each of `count` samples; return them as an array."""
    array = check_number("labels", labels, count)
    for extreme in (array.min(), array.max()) if count else ():
        check_label(layout, extreme)
    return array


def check_number(what: str, values: Sequence[int] | np.ndarray, count: int) -> np.ndarray:
    """Refuse what is not one integer for each of `count` samples; return an array."""
    array = _array(what, values)
    if array.shape != (count,):
        raise DataError(f"{count} samples need {count} {what}, not shape {array.shape}")
    if count and not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"{what} must be integers, not {array.dtype}")
    return array


def check_sample(layout: Layout, sample: np.ndarray | Sequence[Sequence[int]]) -> None:
    """Refuse a sample of the wrong size or range."""
    if layout.config.encoder == "events":
        check_events(layout, sample)
        return
    array = _array("a sample", sample)
    if array.shape != (layout.inputs,):
        raise DataError(
            f"a sample must have {layout.inputs} intensities (layers[0]), not shape {array.shape}"
        )
    check_intensities(array)


def check_intensities(values: np.ndarray) -> np.ndarray:
    """Refuse anything but bytes, whatever its shape and type; return an array."""
    array = _array("intensities", values)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"intensities must be integers from 0 to 255, not {array.dtype}")
    _check_range("intensities", array, (0, 255), "", "rescale them")
    return array


def check_events(layout: Layout, events: Sequence[Sequence[int]]) -> None:
    """Refuse a sample of events that are no inputs, or not in order."""
    if _length("an event sample", events) != layout.config.ticks:
        raise DataError(
            f"an event sample must have {layout.config.ticks} lists, one per tick, "
            f"not {len(events)}"
        )
    check_ticks(layout, events)
    words = sum(len(tick) + 1 for tick in events)
    if layout.config.guard and words > layout.config.event_buffer:
        raise DataError(
            f"an event sample of {words} words, ends of ticks included, does not fit event_buffer "
            f"= {layout.config.event_buffer}; build the machine with a larger one"
        )


def check_ticks(layout: Layout, events: Sequence[Sequence[int]]) -> None:
    """Refuse events of any number of ticks that are no inputs, or not in order."""
    _length("events", events)
    for tick, sources in enumerate(events):
        _length(f"events of tick {tick}", sources)
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
    # True is 1 for Python, and a rate of 1 of 256 is not what it means.
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise DataError(f"{what} must be an integer, not {value!r}")


def _length(what: str, values: object) -> int:
    try:
        return len(values)
    except TypeError:
        raise DataError(f"{what} must be a list or an array, not {values!r}") from None


def _array(what: str, values: object) -> np.ndarray:
    try:
        return np.asarray(values)
    except (ValueError, TypeError, RuntimeError) as error:
        # Rows of different lengths, say, or a library's array that lies elsewhere.
        raise DataError(f"{what} cannot be made an array: {error}") from error


def _shaped(what: str, values: object, shape: tuple[int, ...], meaning: str) -> np.ndarray:
    array = _array(what, values)
    if array.shape != shape:
        turned = "; transpose it" if array.shape == shape[::-1] else ""
        raise DataError(f"{what} must have shape {shape}{meaning}, not {array.shape}{turned}")
    return array


def _check_integers(
    what: str, array: np.ndarray, bounds: tuple[int, int], rounding: str, note: str, remedy: str
) -> None:
    if not np.issubdtype(array.dtype, np.integer):
        raise DataError(f"{what} must be integers, not {array.dtype}; {rounding}")
    _check_range(what, array, bounds, note, remedy)


def _check_range(
    what: str, array: np.ndarray, bounds: tuple[int, int], note: str, remedy: str
) -> None:
    low, high = bounds
    bad = array[(array < low) | (array > high)]
    if bad.size:
        raise DataError(f"{what} must lie in {low} to {high}{note}, not {int(bad[0])}; {remedy}")
