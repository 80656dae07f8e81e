"""Addresses and widths: dense, unique, and wide enough for the worst case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from golden.config import LANES, Config
from golden.core import Core
from golden.feedback import feedback_weights
from golden.fixed import saturate
from golden.layout import Layout
from golden.synapse import accumulate

sizes = st.lists(st.integers(1, 40), min_size=2, max_size=4)
configs = st.builds(
    lambda sizes, classes, lanes: Config(name="any", layers=(*sizes, classes), lanes=lanes),
    sizes,
    st.integers(2, 12),
    st.sampled_from(LANES),
)
fixed_examples = settings(deadline=None, derandomize=True, max_examples=60)


def fits(value: int, bits: int) -> bool:
    return int(saturate(value, bits)) == value


def random_weights(config: Config) -> list[np.ndarray]:
    draw = np.random.default_rng(1)
    pairs = zip(config.layers, config.layers[1:], strict=False)
    return [draw.integers(-128, 128, shape) for shape in pairs]


@fixed_examples
@given(configs)
def test_weight_addresses_are_unique_and_dense(config: Config) -> None:
    layout = Layout(config)
    addresses = [
        layer.weight_address(source, group)
        for layer in layout.layers
        for source in range(layer.sources)
        for group in range(layer.groups)
    ]
    assert sorted(addresses) == list(range(layout.weight_depth))


@fixed_examples
@given(configs)
def test_state_addresses_are_unique_and_dense(config: Config) -> None:
    layout = Layout(config)
    states = [layer.state_base + g for layer in layout.layers for g in range(layer.groups)]
    assert states == list(range(layout.state_depth))
    for layer in layout.layers:
        assert (layer.groups - 1) * config.lanes < layer.targets <= layer.groups * config.lanes


@fixed_examples
@given(configs)
def test_unpack_undoes_pack(config: Config) -> None:
    layout, weights = Layout(config), random_weights(config)
    back = layout.unpack(layout.pack(weights))
    assert len(back) == len(weights)
    for a, b in zip(back, weights, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("lanes", LANES)
def test_packed_words_are_where_the_addresses_say_and_padding_is_zero(lanes: int) -> None:
    config = Config(name="any", layers=(7, 5, 9, 3), lanes=lanes)
    layout, weights = Layout(config), random_weights(config)
    words = layout.pack(weights)
    assert words.shape == (layout.weight_depth, lanes)
    for layer, matrix in zip(layout.layers, weights, strict=True):
        for source in range(layer.sources):
            for group in range(layer.groups):
                word = words[layer.weight_address(source, group)]
                there = matrix[source, group * lanes : (group + 1) * lanes]
                assert word.tolist() == there.tolist() + [0] * (lanes - len(there))


@pytest.mark.parametrize("lanes", LANES)
def test_packed_feedback_is_where_the_addresses_say(lanes: int) -> None:
    config = Config(name="any", layers=(7, 5, 9, 3), lanes=lanes)
    layout, feedback = Layout(config), feedback_weights(config)
    words = layout.pack_feedback(feedback)
    assert words.shape == (layout.feedback_depth, lanes)
    for layer, matrix in zip(layout.layers, feedback, strict=True):
        for group in range(layer.groups):
            for k in range(layout.classes):
                word = words[(layer.state_base + group) * layout.classes + k]
                there = matrix[k, group * lanes : (group + 1) * lanes]
                assert word.tolist() == there.tolist() + [0] * (lanes - len(there))


@fixed_examples
@given(
    st.integers(8, 24),
    st.integers(2, 16),
    st.lists(st.integers(0, 12), min_size=2, max_size=2),
    st.integers(1, 900),
)
def test_membrane_holds_every_weight_of_a_tick(
    state_bits: int, weight_bits: int, gain: list[int], inputs: int
) -> None:
    config = Config(
        name="any",
        layers=(inputs, 4, 2),
        state_bits=state_bits,
        weight_bits=weight_bits,
        gain=tuple(gain),
        threshold=1,
        gate_low=-1,
        gate_high=1,
        feedback=1,
        membrane_leak=1,
        dendrite_leak=1,
        weight_init=0,
    )
    bits = Layout(config).membrane_bits
    for layer, sources in enumerate(config.layers[:-1]):
        for extreme in (-(10**15), 10**15):
            membrane = saturate(np.array([extreme]), state_bits)
            weight = saturate(np.array([extreme]), weight_bits)
            for _ in range(sources):
                membrane = accumulate(membrane, weight, np.array([True]), gain[layer])
            assert fits(int(membrane[0]), bits)


def test_membrane_is_no_wider_than_needed() -> None:
    # 16-bit states; 255 weights of 128 more make -65408: 17 bits. 256 make -65536: 17 as well,
    # but the width is chosen for both signs.
    config = Config(name="any", layers=(255, 4, 2))
    assert Layout(config).membrane_bits == 17
    assert Layout(config.replace(layers=(257, 4, 2))).membrane_bits == 18
    assert Layout(config.replace(layers=(784, 4, 2))).membrane_bits == 19
    assert Layout(config.replace(gain=(0, 12))).membrane_bits == 23


@pytest.mark.parametrize("limit", [0, 1, 5, 64, 127])
def test_feedback_weights_and_dendrites_fit(limit: int) -> None:
    for seed in range(60):
        config = Config(
            name="any",
            layers=(2, 30, 3),
            feedback=limit,
            seed=seed,
            state_bits=8,
            threshold=9,
            gate_low=-9,
            gate_high=9,
        )
        layout, feedback = Layout(config), feedback_weights(config)
        for matrix in feedback:
            assert all(fits(value, layout.feedback_bits) for value in matrix.ravel().tolist())
            # Every class may send one error of either sign onto a saturated dendrite.
            total = np.abs(matrix).sum(axis=0).max()
            assert fits(int(saturate(-(10**9), 8)) - int(total), layout.dendrite_bits)
            assert fits(int(saturate(10**9, 8)) + int(total), layout.dendrite_bits)


# Worst case of removing the mean: one class draws +limit and all others -limit.
@pytest.mark.parametrize("classes", [2, 3, 10, 256])
def test_feedback_width_holds_the_worst_mean(classes: int) -> None:
    limit = 100
    config = Config(name="any", layers=(2, 2, classes), feedback=limit)
    for sign in (1, -1):
        drawn = np.array([sign * limit] + [-sign * limit] * (classes - 1))
        mean = (2 * drawn.sum() + classes) // (2 * classes)
        assert all(fits(v, Layout(config).feedback_bits) for v in (drawn - mean).tolist())


def test_counters_hold_a_spike_in_every_tick() -> None:
    for ticks in (1, 2, 3, 4, 7, 8):
        config = Config(
            name="any",
            layers=(1, 1, 2),
            ticks=ticks,
            burn_in=0,
            threshold=1,
            refractory=0,
            encoder="events",
        )
        core = Core(config, [np.full((1, 1), 127), np.full((1, 2), 127)])
        counts = core.run([[0]] * ticks, rate=0).counts.tolist()
        assert counts == [ticks, ticks]
        assert max(counts) >> Layout(config).count_bits == 0
        assert max(counts) >> (Layout(config).count_bits - 1) == 1


def test_small_numbers_have_the_bits_they_need() -> None:
    layout = Layout(Config(name="any", layers=(784, 100, 10), refractory=(3, 8)))
    assert (layout.inputs, layout.classes) == (784, 10)
    assert layout.source_bits == 10
    assert layout.refractory_bits == 4
    assert layout.phase_bits == 10
    none = Layout(Config(name="any", layers=(1, 1, 2), refractory=0, error_threshold=255))
    assert (none.source_bits, none.refractory_bits) == (1, 1)
