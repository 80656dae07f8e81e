"""Outcomes of samples, and samples of which nothing but the inputs is said."""

from __future__ import annotations

import random

import numpy as np
import pytest

from erbium.golden.core import Core, Outcomes
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.reference import Reference
from erbium.golden.validate import DataError, check_samples
from erbium.sim.host.traffic import random_sample

#: Errors flow from the first tick on.
TINY = preset("tiny").replace(burn_in=0)
ENGINES = pytest.mark.parametrize("engine", [Core, FastCore])


def test_error_is_the_share_of_wrong_winners() -> None:
    outcomes = Outcomes(np.array([2, 0, 1, 1]), np.zeros((4, 3), dtype=np.int64), 0)
    assert outcomes.error(np.array([2, 0, 1, 0])) == 0.25
    assert outcomes.error(np.array([2, 0, 1, 1])) == 0
    assert outcomes.error(np.array([0, 1, 2, 2])) == 1


@ENGINES
def test_outcomes_in_parts_are_those_of_all(engine: type) -> None:
    rng = random.Random(1)
    samples = np.array([random_sample(TINY, rng) for _ in range(5)])
    labels = np.array([1, 0, 2, 2, 1])
    whole = engine(TINY).run_many(samples, labels)
    core = engine(TINY)
    parts = [core.run_many(samples[part], labels[part]) for part in (slice(2), slice(2, 5))]
    joined = Outcomes.joined(parts)
    assert joined.winners.tolist() == whole.winners.tolist()
    assert joined.counts.tolist() == whole.counts.tolist()
    assert joined.synaptic_operations == whole.synaptic_operations > 0


@ENGINES
def test_without_a_word_a_sample_is_of_class_0_and_every_event_learns(engine: type) -> None:
    silent, said, other = engine(TINY), engine(TINY), engine(TINY)
    rng = random.Random(1)
    for _ in range(4):
        sample = random_sample(TINY, rng)
        silent.run(sample)
        said.run(sample, 0, 256)
        other.run(sample, 1, 256)
    for a, b in zip(silent.weights, said.weights, strict=True):
        assert a.tolist() == b.tolist()
    assert silent.weights[0].tolist() != other.weights[0].tolist()


def test_ticks_of_class_0_are_those_without_a_word() -> None:
    sample = random_sample(TINY, random.Random(1))
    errors = [[tick.errors for tick in Core(TINY).ticks(sample, *label)] for label in ((), (0,))]
    assert errors[0] == errors[1] != [tick.errors for tick in Core(TINY).ticks(sample, 1)]


def test_the_twin_without_a_word_learns_class_0_as_well() -> None:
    events = [list(range(12))] * 20
    silent, said = Reference(TINY), Reference(TINY)
    assert silent.run(events).tolist() == said.run(events, 0, 256).tolist()
    for a, b in zip(silent.weights, said.weights, strict=True):
        assert a.tolist() == b.tolist()


def test_samples_are_refused_together_if_one_is_refused() -> None:
    layout, good = Layout(TINY), np.zeros((3, 12), dtype=int)
    check_samples(layout, good, None)
    check_samples(layout, good, np.array([0, 2, 1]))
    for bad, labels, message in (
        (good[:0], None, r"samples must have shape \(count, 12\) with count at least 1, not \(0, "),
        (good[0], None, r"samples must have shape .*, not \(12,\)"),
        (good - 1, None, "intensities must lie in 0 to 255, not -1"),
        (good + 256, None, "intensities must lie in 0 to 255, not 256"),
        (good, np.array([0, 1]), r"3 samples need 3 labels, not shape \(2,\)"),
        (good, np.array([0, -1, 1]), "label must be a class from 0 to 2, not -1"),
        (good, np.array([0, 3, 1]), "label must be a class from 0 to 2, not 3"),
    ):
        with pytest.raises(DataError, match=f"^{message}"):
            check_samples(layout, bad, labels)
    with pytest.raises(DataError, match="takes one sample at a time"):
        check_samples(Layout(TINY.replace(encoder="events")), good, None)
