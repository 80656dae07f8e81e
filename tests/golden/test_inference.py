"""Machines without learning, or without random numbers of a kind, in both engines."""

from __future__ import annotations

import random

import numpy as np
import pytest

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.feedback import initial_weights
from erbium.golden.presets import preset
from erbium.golden.reference import Reference
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.sim.host.traffic import random_sample

TINY = preset("tiny")

ENGINES = pytest.mark.parametrize("engine", [Core, FastCore])

VARIANTS = [
    TINY,
    TINY.replace(encoder="bernoulli", transmit=10),
    TINY.replace(encoder="events", error_threshold=2),
]


def traffic(config: Config, count: int) -> list[tuple[object, int]]:
    rng = random.Random(1)
    return [(random_sample(config, rng), rng.randrange(config.layers[-1])) for _ in range(count)]


@ENGINES
@pytest.mark.parametrize("config", VARIANTS, ids=lambda c: c.encoder)
def test_without_learning_it_is_the_same_machine_at_rate_zero(config: Config, engine: type) -> None:
    learning, fixed = engine(config), engine(config.replace(learning=False))
    learning.random = RandomState(event=5, blank=6, encoder=7)
    fixed.random = learning.random
    fired = 0
    for sample, label in traffic(config, 6):
        expected, found = (core.run(sample, label, rate=0) for core in (learning, fixed))
        assert found.counts.tolist() == expected.counts.tolist()
        assert found.winner == expected.winner
        assert found.synaptic_operations == expected.synaptic_operations
        assert (fixed.random.blank, fixed.random.encoder) == (
            learning.random.blank,
            learning.random.encoder,
        )
        fired += int(found.counts.sum())
    assert fired > 0
    # The event generator serves learning alone: it is not there, so what was loaded is lost.
    assert fixed.random.event == RandomState.seeded(config.seed).event
    assert learning.random.event != 5
    for core in (learning, fixed):
        for after, before in zip(core.weights, initial_weights(config), strict=True):
            assert np.array_equal(after, before)


@ENGINES
@pytest.mark.parametrize("rate", [1, 100, 256])
@pytest.mark.parametrize("config", VARIANTS, ids=lambda c: c.encoder)
def test_without_learning_every_rate_is_taken_for_0(
    config: Config, engine: type, rate: int
) -> None:
    config = config.replace(learning=False, transmit=12)
    asked, plain = engine(config), engine(config)
    for sample, label in traffic(config, 3):
        found, expected = asked.run(sample, label, rate), plain.run(sample, label, 0)
        assert found.counts.tolist() == expected.counts.tolist()
        assert found.synaptic_operations == expected.synaptic_operations
        assert asked.random == plain.random
    if config.encoder != "events":
        samples, labels = (np.array(part) for part in zip(*traffic(config, 3), strict=True))
        found = asked.run_many(samples, labels, rate)
        expected = plain.run_many(samples, labels, 0)
        np.testing.assert_array_equal(found.counts, expected.counts)
        assert asked.random == plain.random
    for after, before in zip(asked.weights, initial_weights(config), strict=True):
        np.testing.assert_array_equal(after, before)


@ENGINES
@pytest.mark.parametrize("rate", [-1, 257])
def test_without_learning_what_is_no_rate_is_refused(engine: type, rate: int) -> None:
    core, sample = engine(TINY.replace(learning=False)), np.full(12, 255)
    message = rf"^rate must be 0 \(no learning\) to 256 .*, not {rate}$"
    with pytest.raises(DataError, match=message):
        core.run(sample, 0, rate)
    with pytest.raises(DataError, match=message):
        core.run_many(sample[None], np.array([0]), rate)


@ENGINES
def test_generators_without_use_keep_their_seed(engine: type) -> None:
    config, seeds = TINY.replace(encoder="events"), RandomState.seeded(TINY.seed)
    core = engine(config)
    core.random = RandomState(event=11, blank=22, encoder=33)
    assert core.random == RandomState(11, seeds.blank, seeds.encoder)
    for sample, label in traffic(config, 2):
        core.run(sample, label)
    assert (core.random.blank, core.random.encoder) == (seeds.blank, seeds.encoder)
    assert core.random.event != 11


def test_the_machine_in_floating_point_learns_as_little() -> None:
    config = preset("tiny").replace(learning=False)
    reference = Reference(config, initial_weights(config))
    events = [list(range(config.layers[0]))] * config.ticks
    before = [matrix.copy() for matrix in reference.weights]
    reference.run(events, 1, FULL_RATE)
    for now, then in zip(reference.weights, before, strict=True):
        assert (now == then).all()
