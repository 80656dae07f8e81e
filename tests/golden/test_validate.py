"""Data that enter the machine: what is refused, and that the message helps."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError, check_label, check_rate, check_sample, check_weights

TINY = preset("tiny")
CONFIG = Config(name="any", layers=(4, 3, 2), ticks=3, burn_in=0)
LAYOUT = Layout(CONFIG)
EVENTS = Layout(CONFIG.replace(encoder="events"))


def weights(**changes: np.ndarray) -> list[np.ndarray]:
    matrices = {"first": np.zeros((4, 3), dtype=int), "second": np.zeros((3, 2), dtype=int)}
    return list((matrices | changes).values())


def filled(value: float) -> np.ndarray:
    matrix = np.zeros((3, 2), dtype=np.asarray(value).dtype)
    matrix[2, 1] = value
    return matrix


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (weights()[:1], "expected 2 weight matrices, one per layer, not 1"),
        (weights() * 2, "expected 2 weight matrices, one per layer, not 4"),
        (
            weights(first=np.zeros((3, 4), dtype=int)),
            r"weights of layer 0 must have shape \(4, 3\) \(sources, targets\), not \(3, 4\)",
        ),
        (
            weights(second=filled(1.0)),
            "weights of layer 1 must be integers, not float64; round them",
        ),
        (
            weights(second=filled(128)),
            r"weights of layer 1 must lie in -128 to 127 \(8 bits\), not 128; clip them or raise "
            "weight_bits",
        ),
        (weights(second=filled(-129)), "weights of layer 1 must lie in -128 to 127 .*, not -129;"),
    ],
)
def test_weights_are_refused(bad: list[np.ndarray], message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}"):
        check_weights(LAYOUT, bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (
            np.zeros(5, dtype=int),
            r"a sample must have 4 intensities \(layers\[0\]\), not .* \(5,\)",
        ),
        (np.zeros((2, 2), dtype=int), r"a sample must have 4 intensities .*, not shape \(2, 2\)"),
        (np.zeros(4), "intensities must be integers from 0 to 255, not float64"),
        (np.array([0, 1, 256, 2]), "intensities must lie in 0 to 255, not 256; rescale them"),
        (np.array([0, -1, 25, 2]), "intensities must lie in 0 to 255, not -1; rescale them"),
    ],
)
def test_intensities_are_refused(bad: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}$"):
        check_sample(LAYOUT, bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([[0], [1]], "an event sample must have 3 lists, one per tick, not 2"),
        ([[0], [4], []], "event 4 in tick 1 must be an input from 0 to 3"),
        ([[-1], [], []], "event -1 in tick 0 must be an input from 0 to 3"),
        ([[], [], [2, 1]], "events of tick 2 must ascend without repeats, not 2, 1; sort them"),
        ([[1, 1], [], []], "events of tick 0 must ascend without repeats, not 1, 1; sort them"),
    ],
)
def test_events_are_refused(bad: list[list[int]], message: str) -> None:
    with pytest.raises(DataError, match=f"^{message}$"):
        check_sample(EVENTS, bad)


def test_an_event_sample_that_a_guard_cannot_keep_is_refused() -> None:
    guarded = Layout(EVENTS.config.replace(guard=True, event_buffer=4))
    check_sample(guarded, [[0], [], []])
    with pytest.raises(DataError, match=r"^an event sample of 5 words, .*event_buffer = 4; build"):
        check_sample(guarded, [[0], [1], []])
    check_sample(EVENTS, [[0], [1], []])


@pytest.mark.parametrize("label", [-1, 2])
def test_labels_are_refused(label: int) -> None:
    with pytest.raises(DataError, match=f"^label must be a class from 0 to 1, not {label}$"):
        check_label(LAYOUT, label)


@pytest.mark.parametrize("rate", [-1, 257])
def test_rates_are_refused(rate: int) -> None:
    message = rf"^rate must be 0 \(no learning\) to 256 \(every event learns\), not {rate}$"
    with pytest.raises(DataError, match=message):
        check_rate(rate)


def test_what_fits_is_accepted() -> None:
    check_weights(LAYOUT, weights(second=filled(-128)))
    check_weights(LAYOUT, weights(second=filled(127)))
    check_sample(LAYOUT, np.array([0, 255, 1, 2], dtype=np.uint8))
    check_sample(LAYOUT, [0, 255, 1, 2])
    check_sample(EVENTS, [[0, 1, 2, 3], [], [3]])
    check_label(LAYOUT, 0)
    check_label(LAYOUT, 1)
    check_rate(0)
    check_rate(256)


@pytest.mark.parametrize(
    ("label", "rate", "sample"), [(2, 0, [0] * 4), (0, 257, [0] * 4), (0, 0, [0] * 3)]
)
def test_machine_checks_before_it_starts(label: int, rate: int, sample: list[int]) -> None:
    core = Core(CONFIG)
    before = vars(core.random).copy()
    with pytest.raises(DataError):
        core.run(np.array(sample), label, rate)
    assert vars(core.random) == before


def test_machine_checks_weights() -> None:
    with pytest.raises(DataError, match="expected 2 weight matrices"):
        Core(CONFIG, weights()[:1])


@pytest.mark.parametrize("value", [0.5, "1", None])
def test_label_and_rate_must_be_integers(value: object) -> None:
    core = Core(TINY)
    sample = np.zeros(12, dtype=int)
    with pytest.raises(DataError, match=f"label must be an integer, not {value!r}"):
        core.run(sample, value)
    with pytest.raises(DataError, match=f"rate must be an integer, not {value!r}"):
        core.run(sample, 0, value)


def test_events_must_be_integers() -> None:
    core = Core(TINY.replace(encoder="events"))
    with pytest.raises(DataError, match=r"an event must be an integer, not 0\.5"):
        core.run([[0.5], *([[]] * (TINY.ticks - 1))])


@pytest.mark.parametrize("engine", [Core, FastCore])
@pytest.mark.parametrize("state", [0, 2**32, 1.5])
def test_states_that_freeze_a_generator_are_refused(engine: type, state: object) -> None:
    core = engine(TINY)
    with pytest.raises(DataError, match="random state 'blank' must be"):
        core.random = RandomState(1, state, 1)


@pytest.mark.parametrize("engine", [Core, FastCore])
def test_random_states_are_replaced_as_a_whole(engine: type) -> None:
    first, second = engine(TINY), engine(TINY)
    sample = np.full(12, 200)
    first.run(sample, 1)
    second.random = first.random
    assert second.random == first.random
    assert first.run(sample, 1, 0).winner == first.run(sample, 1, 0).winner
    second.load(first.weights)
    second.random = first.random
    assert second.run(sample, 1).counts.tolist() == first.run(sample, 1).counts.tolist()


def test_a_bad_sample_is_refused_before_the_first_tick() -> None:
    with pytest.raises(DataError, match="a sample must have 12 intensities"):
        Core(TINY).ticks(np.zeros(3, dtype=int))
