"""Every function that takes arrays refuses those that do not fit, whichever it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core, Outcomes
from erbium.golden.cycle.core import CycleCore
from erbium.golden.encoder import Encoder, active_inputs
from erbium.golden.fast import FastCore
from erbium.golden.feedback import feedback_weights, initial_weights
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.reference import Reference
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.scripts.fpga.throughput import predict_cycles, work
from erbium.scripts.train.evaluation import classify
from erbium.scripts.train.network import scaled
from erbium.sim.compare.cosim import cosimulate
from erbium.sim.engines.native import NativeCore
from erbium.sim.waves import record_waves

TINY = preset("tiny")
LAYOUT = Layout(TINY)
EVENTS = TINY.replace(encoder="events")
SAMPLES, LABELS = np.full((3, 12), 100), np.array([0, 2, 1])


class Circuit(NativeCore):
    """The front of the compiled circuit; what is wrong must not reach the circuit."""

    def __init__(self, config: Config) -> None:
        self.config, self.layout, self._counts_words = config, Layout(config), True

    def __del__(self) -> None:
        """Nothing was made."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} was used before the data were checked")


def set_words(words: object) -> None:
    Circuit(TINY).weight_words = words


def cosimulated(**changes: object) -> None:
    """Compare with what cannot be built: it must not come to that."""
    given = {"samples": SAMPLES, "labels": LABELS, "rates": 256, "weights": None} | changes
    cosimulate(TINY, **given, build_dir="/dev/null/absent", verilog="none")


#: Functions that take weights: one matrix for each layer.
WEIGHTS: dict[str, Callable[[Any], object]] = {
    "pack": LAYOUT.pack,
    "Core": lambda weights: Core(TINY, weights),
    "Core.load": lambda weights: Core(TINY).load(weights),
    "FastCore": lambda weights: FastCore(TINY, weights),
    "FastCore.load": lambda weights: FastCore(TINY).load(weights),
    "CycleCore.load": lambda weights: CycleCore(TINY).load(weights),
    "NativeCore.load": lambda weights: Circuit(TINY).load(weights),
    "cosimulate": lambda weights: cosimulated(weights=weights),
    "predict_cycles": lambda weights: predict_cycles(TINY, SAMPLES, LABELS, weights),
    "work": lambda weights: work(TINY, SAMPLES, LABELS, weights),
}

#: The floating-point twin takes other numbers, but no other shapes.
SHAPES = WEIGHTS | {
    "Reference": lambda weights: Reference(TINY, weights),
    "Reference.load": lambda weights: Reference(TINY).load(weights),
}

GOOD = initial_weights(TINY)


def changed(value: object, dtype: object = None) -> list[np.ndarray]:
    """Return weights one of which is `value`."""
    bad = GOOD[1].astype(np.asarray(value).dtype if dtype is None else dtype)
    bad[2, 1] = value
    return [GOOD[0], bad]


BAD_WEIGHTS = {
    "float": [matrix.astype(float) for matrix in GOOD],
    "float32": [matrix.astype(np.float32) for matrix in GOOD],
    "fraction": changed(0.25),
    "not a number": changed(np.nan),
    "complex": changed(1j),
    "bool": [matrix > 0 for matrix in GOOD],
    "object": [matrix.astype(object) for matrix in GOOD],
    "text": [matrix.astype(str) for matrix in GOOD],
    "large": changed(128),
    "small": changed(-129),
    "16 bits": changed(200, np.int16),
    "unsigned": changed(200, np.uint8),
    "64 bits unsigned": changed(2**64 - 1, np.uint64),
    "whole and large": [(matrix * 1000).tolist() for matrix in GOOD],
}
BAD_SHAPES = {
    "transposed": [matrix.T for matrix in GOOD],
    "flat": [matrix.ravel() for matrix in GOOD],
    "reversed": GOOD[::-1],
    "too few": GOOD[:1],
    "too many": [*GOOD, GOOD[1]],
    "one column less": [GOOD[0], GOOD[1][:, :-1]],
    "one row more": [np.vstack([GOOD[0], GOOD[0][:1]]), GOOD[1]],
    "ragged": [[[0], [1, 2]], GOOD[1]],
    "one matrix": GOOD[0],
    "number": 5,
    "numbers": [1, 2],
    "iterator": iter(GOOD),
    "nothing": [None, None],
}


@pytest.mark.parametrize("bad", BAD_WEIGHTS)
@pytest.mark.parametrize("function", WEIGHTS)
def test_weights_are_refused_by_all(function: str, bad: str) -> None:
    with pytest.raises(DataError, match=r"weights of layer [01] must (be integers|lie in -128 to)"):
        WEIGHTS[function](BAD_WEIGHTS[bad])


@pytest.mark.parametrize("bad", BAD_SHAPES)
@pytest.mark.parametrize("function", SHAPES)
def test_shapes_of_weights_are_refused_by_all(function: str, bad: str) -> None:
    with pytest.raises(DataError, match="weight"):
        SHAPES[function](BAD_SHAPES[bad])


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_the_floating_point_twin_wants_numbers(value: float) -> None:
    with pytest.raises(DataError, match="weights must be finite numbers"):
        Reference(TINY, changed(value))


def test_a_transposed_matrix_is_called_so() -> None:
    with pytest.raises(DataError, match=r"\(12, 6\) .*, not \(6, 12\); transpose it"):
        LAYOUT.pack(BAD_SHAPES["transposed"])


@pytest.mark.parametrize("kind", [np.int8, np.int16, np.int64, list, tuple])
def test_all_integers_pack_alike(kind: type) -> None:
    def convert(matrix: np.ndarray) -> object:
        return kind(matrix.tolist()) if kind in (list, tuple) else matrix.astype(kind)

    given = [convert(matrix) for matrix in GOOD]
    np.testing.assert_array_equal(LAYOUT.pack(given), LAYOUT.pack(GOOD))
    for mine, matrix in zip(Core(TINY, given).weights, GOOD, strict=True):
        np.testing.assert_array_equal(mine, matrix)


WORDS = LAYOUT.pack(GOOD)
BAD_WORDS = {
    "float": WORDS.astype(float),
    "bool": WORDS > 0,
    "large": WORDS + 200,
    "transposed": WORDS.T,
    "short": WORDS[:-1],
    "flat": WORDS.ravel(),
    "one": 5,
    "ragged": [[1], [1, 2]],
}


@pytest.mark.parametrize("bad", BAD_WORDS)
@pytest.mark.parametrize("function", [LAYOUT.unpack, set_words])
def test_memory_words_are_refused_by_all(function: Callable[[Any], object], bad: str) -> None:
    with pytest.raises(DataError, match="the weight memory"):
        function(BAD_WORDS[bad])


FEEDBACK = feedback_weights(TINY)


@pytest.mark.parametrize(
    "bad",
    [
        [matrix.astype(float) for matrix in FEEDBACK],
        [matrix > 0 for matrix in FEEDBACK],
        [matrix.T for matrix in FEEDBACK],
        [matrix + 10_000 for matrix in FEEDBACK],
        FEEDBACK[:1],
        FEEDBACK[0],
        None,
    ],
)
def test_feedback_is_refused(bad: object) -> None:
    with pytest.raises(DataError, match="feedback"):
        LAYOUT.pack_feedback(bad)


def started(sample: object, config: Config = TINY) -> None:
    Encoder(config, RandomState.seeded(1)).start(sample)


#: Functions that take one sample.
ONE: dict[str, Callable[[Any], object]] = {
    "Core.run": lambda sample: Core(TINY).run(sample),
    "Core.ticks": lambda sample: Core(TINY).ticks(sample),
    "FastCore.run": lambda sample: FastCore(TINY).run(sample),
    "NativeCore.run": lambda sample: Circuit(TINY).run(sample),
    "Encoder.start": started,
    "record_waves": lambda sample: record_waves(TINY, out=None, sample=sample),
}

#: Functions that take many, with labels.
MANY: dict[str, Callable[[Any, Any], object]] = {
    "Core.run_many": lambda samples, labels: Core(TINY).run_many(samples, labels),
    "FastCore.run_many": lambda samples, labels: FastCore(TINY).run_many(samples, labels),
    "NativeCore.run_many": lambda samples, labels: Circuit(TINY).run_many(samples, labels),
    "classify": lambda samples, labels: classify(FastCore(TINY), samples, labels),
    "cosimulate": lambda samples, labels: cosimulated(samples=samples, labels=labels),
    "predict_cycles": lambda samples, labels: predict_cycles(TINY, samples, labels),
    "work": lambda samples, labels: work(TINY, samples, labels),
}

BAD_SAMPLES = {
    "float": SAMPLES[0].astype(float),
    "share": SAMPLES[0] / 255,
    "bool": SAMPLES[0] > 0,
    "object": SAMPLES[0].astype(object),
    "not a number": np.full(12, np.nan),
    "negative": SAMPLES[0] - 101,
    "bright": SAMPLES[0] + 156,
    "long": np.full(13, 1),
    "picture": SAMPLES[0].reshape(3, 4),
    "number": 7,
    "text": "abc",
}


@pytest.mark.parametrize("bad", BAD_SAMPLES)
@pytest.mark.parametrize("function", ONE)
def test_samples_are_refused_by_all(function: str, bad: str) -> None:
    with pytest.raises(DataError, match=r"a sample must have 12|intensities must"):
        ONE[function](BAD_SAMPLES[bad])


@pytest.mark.parametrize("bad", BAD_SAMPLES)
@pytest.mark.parametrize("function", MANY)
def test_many_samples_are_refused_by_all(function: str, bad: str) -> None:
    good = BAD_SAMPLES[bad] if bad in ("number", "text") else [BAD_SAMPLES[bad]] * 3
    with pytest.raises(DataError, match=r"sample|intensities must"):
        MANY[function](good, LABELS)


BAD_LABELS = {
    "float": LABELS.astype(float),
    "fraction": LABELS / 2,
    "bool": LABELS > 0,
    "negative": LABELS - 1,
    "no class": LABELS + 1,
    "short": LABELS[:2],
    "long": [0, 1, 2, 0],
    "column": LABELS[:, None],
    "one hot": np.eye(3, dtype=int),
    "number": 1,
    "text": ["a", "b", "c"],
    "mixed": [0, 1.5, 2],
    "ragged": [[0], [1, 2], 0],
}


@pytest.mark.parametrize("bad", BAD_LABELS)
@pytest.mark.parametrize("function", MANY)
def test_labels_are_refused_by_all(function: str, bad: str) -> None:
    with pytest.raises(DataError, match="label"):
        MANY[function](SAMPLES, BAD_LABELS[bad])


@pytest.mark.parametrize("bad", [0.5, [1.0, 2.0, 3.0], True, [256, 256], [0, 0, 257], -1, None])
@pytest.mark.parametrize(
    "function",
    [
        lambda rates: Circuit(TINY).run_many(SAMPLES, LABELS, rates),
        lambda rates: cosimulated(rates=rates),
        lambda rate: Core(TINY).run_many(SAMPLES, LABELS, rate),
        lambda rate: FastCore(TINY).run_many(SAMPLES, LABELS, rate),
        lambda rate: predict_cycles(TINY, SAMPLES, LABELS, rate=rate),
        lambda rate: Core(TINY).run(SAMPLES[0], 0, rate),
        lambda rate: FastCore(TINY).run(SAMPLES[0], 0, rate),
    ],
    ids=["circuit", "cosimulate", "Core", "FastCore", "predict", "Core.run", "FastCore.run"],
)
def test_rates_are_refused_by_all(function: Callable[[Any], object], bad: object) -> None:
    with pytest.raises(DataError, match="rate"):
        function(bad)


@pytest.mark.parametrize("label", [True, 1.0, "1", None, np.bool_(True), np.array([1])])
def test_a_label_is_one_integer(label: object) -> None:
    for run in (Core(TINY).run, FastCore(TINY).run, Circuit(TINY).run):
        with pytest.raises(DataError, match="label"):
            run(SAMPLES[0], label)


BAD_EVENTS = {
    "float": [[0.0], *[[]] * 11],
    "bool": [[True], *[[]] * 11],
    "array of floats": np.zeros((12, 1)),
    "no input": [[12], *[[]] * 11],
    "backwards": [[2, 1], *[[]] * 11],
    "no lists": [0] * 12,
    "number": 7,
}


@pytest.mark.parametrize("bad", BAD_EVENTS)
@pytest.mark.parametrize(
    "function",
    [
        Core(EVENTS).run,
        FastCore(EVENTS).run,
        Circuit(EVENTS).run,
        lambda sample: started(sample, EVENTS),
        Reference(EVENTS).run,
        lambda sample: cosimulate(EVENTS, [sample], [0], build_dir="/dev/null/absent"),
        lambda sample: predict_cycles(EVENTS, [sample], [0]),
    ],
    ids=["Core", "FastCore", "NativeCore", "Encoder", "Reference", "cosimulate", "predict"],
)
def test_events_are_refused_by_all(function: Callable[[Any], object], bad: str) -> None:
    with pytest.raises(DataError, match="event"):
        function(BAD_EVENTS[bad])


@pytest.mark.parametrize("function", [active_inputs, scaled])
@pytest.mark.parametrize("bad", [[0.5, 1], [256], [-1], [True, False], ["a"], [[1], [1, 2]]])
def test_intensities_of_any_number_are_bytes(
    function: Callable[[Any], object], bad: list[object]
) -> None:
    with pytest.raises(DataError, match="intensities"):
        function(bad)


def test_errors_are_counted_over_as_many_labels() -> None:
    outcomes = Outcomes(np.array([0, 1, 2]), np.zeros((3, 3)), 0)
    assert outcomes.error([0, 1, 1]) == pytest.approx(1 / 3)
    for bad in ([0], 0, [0, 1], [0.0, 1.0, 2.0], np.zeros((3, 1), dtype=int)):
        with pytest.raises(DataError, match="label"):
            outcomes.error(bad)


def test_a_circuit_of_many_rates_takes_them() -> None:
    for rates in (0, 256, [0, 1, 2], np.array([0, 1, 2], dtype=np.uint8), np.int64(5)):
        with pytest.raises(AssertionError, match="was used before the data were checked"):
            Circuit(TINY).run_many(SAMPLES.tolist(), LABELS.tolist(), rates)
