"""The compiled engine equals the NumPy model in every weight, count and random state."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.host.traffic import random_sample


def assert_equal_training(config: Config, seed: int, samples: int) -> int:
    """Train both on the same random samples; return how many weights have changed."""
    numpy_core, fast_core, draw = Core(config), FastCore(config), random.Random(seed)
    before = fast_core.weights
    for _ in range(samples):
        sample = random_sample(config, draw)
        label, rate = draw.randrange(config.layers[-1]), draw.choice((256, 256, 100, 0))
        expected, actual = numpy_core.run(sample, label, rate), fast_core.run(sample, label, rate)
        assert actual.winner == expected.winner
        np.testing.assert_array_equal(actual.counts, expected.counts)
        assert actual.synaptic_operations == expected.synaptic_operations
        assert fast_core.random == numpy_core.random
    if config.encoder != "events":
        many = np.array([random_sample(config, draw) for _ in range(3)])
        labels = np.array([draw.randrange(config.layers[-1]) for _ in range(3)])
        one, other = (core.run_many(many, labels, 200) for core in (numpy_core, fast_core))
        np.testing.assert_array_equal(one.winners, other.winners)
        np.testing.assert_array_equal(one.counts, other.counts)
        assert one.synaptic_operations == other.synaptic_operations
        assert fast_core.random == numpy_core.random
    for actual, expected in zip(fast_core.weights, numpy_core.weights, strict=True):
        np.testing.assert_array_equal(actual, expected)
    return sum(int((a != b).sum()) for a, b in zip(before, fast_core.weights, strict=True))


@pytest.mark.parametrize("name", VARIANTS)
def test_engines_agree_on_every_variant(name: str) -> None:
    changed = assert_equal_training(VARIANTS[name], seed=1, samples=12)
    assert (changed > 0) == VARIANTS[name].learning


@pytest.mark.parametrize("bound", [3, 12, 40])
def test_engines_agree_on_membranes_at_a_bound_of_the_gate(bound: int) -> None:
    # Weights of 2 bits: few membranes, so that many are at the very bound.
    config = VARIANTS["tiny-2-bit"].replace(gate_low=-bound, gate_high=bound, threshold=5)
    assert assert_equal_training(config, seed=3, samples=12) > 0


def test_engines_agree_on_digits() -> None:
    assert assert_equal_training(preset("digits"), seed=2, samples=6) > 100


@st.composite
def configs(draw: st.DrawFn) -> Config:
    """Draw any small configuration; numbers are kept where networks are active."""
    # Sizes beyond a block of 32, and weights that need more than 16 and 32 bits for a sum.
    size = st.one_of(st.integers(1, 12), st.integers(30, 70))
    hidden = draw(st.lists(size, min_size=1, max_size=3))
    count = len(hidden) + 1
    weight_bits, state_bits = draw(st.integers(2, 16)), draw(st.integers(8, 24))
    largest, top = 2 ** (weight_bits - 1) - 1, 2 ** (state_bits - 1) - 1

    def per_layer(low: int, high: int) -> tuple[int, ...]:
        return tuple(draw(st.integers(low, high)) for _ in range(count))

    ticks = draw(st.integers(1, 12))
    return Config(
        name="drawn",
        layers=(draw(st.integers(1, 16)), *hidden, draw(st.integers(2, 5))),
        weight_bits=weight_bits,
        state_bits=state_bits,
        ticks=ticks,
        burn_in=draw(st.integers(0, min(3, ticks - 1))),
        label_period=draw(st.integers(1, 4)),
        learning_start=draw(st.integers(0, min(5, ticks - 1))),
        learning_margin=draw(st.sampled_from((0, 0, 1, 2, 5))),
        threshold=per_layer(1, min(top, 4 * largest)),
        refractory=per_layer(0, 3),
        membrane_leak=per_layer(1, 6),
        dendrite_leak=per_layer(1, 6),
        gain=per_layer(0, draw(st.sampled_from((4, 12)))),
        gate_low=per_layer(-top - 1, 0),
        gate_high=per_layer(1, top),
        feedback=per_layer(0, draw(st.sampled_from((min(top, 500), top)))),
        weight_init=per_layer(largest // 2, largest),
        learning_shift=draw(st.integers(0, 20)),
        rounding=draw(st.sampled_from(("stochastic", "nearest"))),
        error_threshold=draw(st.integers(1, 4)),
        transmit=draw(st.integers(1, 16)),
        encoder=draw(st.sampled_from(("phase", "bernoulli", "events"))),
        rate_shift=draw(st.integers(0, 2)),
        seed=draw(st.integers(0, 2**32 - 1)),
        learning=draw(st.sampled_from((True, True, True, False))),
    )


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(config=configs(), seed=st.integers(0, 2**16))
def test_engines_agree_on_any_configuration(config: Config, seed: int) -> None:
    assert_equal_training(config, seed, samples=4)


def test_engine_goes_on_from_given_weights_and_random_states() -> None:
    config = preset("tiny")
    first, draw = FastCore(config), random.Random(3)
    samples = [random_sample(config, draw) for _ in range(8)]
    for sample in samples[:4]:
        first.run(sample, 1)
    second = FastCore(config, first.weights)
    second.random = first.random
    for sample in samples[4:]:
        assert second.run(sample, 2).counts.tolist() == first.run(sample, 2).counts.tolist()
    for actual, expected in zip(second.weights, first.weights, strict=True):
        np.testing.assert_array_equal(actual, expected)


def test_engine_refuses_what_the_model_refuses() -> None:
    core = FastCore(preset("tiny"))
    with pytest.raises(DataError, match="a sample must have 12 intensities"):
        core.run(np.zeros(3, dtype=int))
    with pytest.raises(DataError, match="label must be a class from 0 to 2, not 3"):
        core.run(np.zeros(12, dtype=int), 3)
    with pytest.raises(DataError, match="rate must be 0"):
        core.run(np.zeros(12, dtype=int), 0, 257)
