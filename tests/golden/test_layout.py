"""Addresses and widths: dense, unique, and wide enough for the worst case."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erbium.golden.config import LANES, Config
from erbium.golden.core import Core
from erbium.golden.feedback import feedback_weights, largest_feedback
from erbium.golden.fixed import saturate
from erbium.golden.layout import BLOCK_SHAPES, SUMS_UNDER_WAY, Layout
from erbium.golden.synapse import accumulate

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
def test_feedback_has_the_bits_that_were_drawn(limit: int) -> None:
    for seed in range(60):
        config = Config(name="any", layers=(2, 30, 3), feedback=limit, seed=seed)
        bits, drawn = Layout(config).feedback_bits, feedback_weights(config)
        for matrix in drawn:
            assert all(fits(value, bits) for value in matrix.ravel().tolist())
        largest = max(int(np.abs(matrix).max()) for matrix in drawn)
        assert bits == largest.bit_length() + 1
        assert largest_feedback(config) == largest


def test_feedback_bits_may_be_those_of_the_output() -> None:
    config = Config(name="any", layers=(2, 30, 3), feedback=(3, 900))
    assert Layout(config).feedback_bits == 11


def test_small_layers_take_their_sums_from_the_lanes() -> None:
    def forwards(lanes: int, *layers: int) -> tuple[int, ...]:
        return Layout(Config(name="any", layers=layers, lanes=lanes)).forwards

    # Groups of 4: layers of 1, 2, 3 and of 4 groups.
    assert forwards(4, 9, 3, 4) == (1,)
    assert forwards(4, 9, 8, 5) == (2,)
    assert forwards(4, 9, 9, 12, 4) == (1, 3)
    assert forwards(4, 9, 12, 8, 4, 3) == (1, 2, 3)
    assert forwards(4, 9, 13, 100) == ()
    assert forwards(4, 9, 13, 2) == (1,)
    # The number of inputs does not matter.
    assert forwards(4, 1, 13, 13) == ()
    assert SUMS_UNDER_WAY == 3


@pytest.mark.parametrize(
    ("inputs", "slices"),
    [
        # At 8 lanes, two groups of 8 hidden neurons, and two of 8 classes: inputs * 2 + 32 words.
        (32, (16,)),
        (240, (16,)),
        (241, (16,)),
        (496, (16,)),
        (497, (9, 7)),
        (1008, (9, 7)),
        (1009, (4, 4, 4, 4)),
        (2032, (4, 4, 4, 4)),
        (2033, (2,) * 8),
        (9000, (2,) * 8),
    ],
)
def test_deep_weight_memories_are_cut_into_slices(inputs: int, slices: tuple[int, ...]) -> None:
    layout = Layout(Config(name="any", layers=(inputs, 16, 16), weight_bits=16))
    assert layout.weight_depth == 2 * inputs + 32
    assert layout.weight_slices == slices


@fixed_examples
@given(st.integers(1, 9000), st.integers(2, 16))
def test_slices_make_up_the_weight_and_fit_their_blocks(inputs: int, bits: int) -> None:
    layout = Layout(Config(name="any", layers=(inputs, 8, 2), weight_bits=bits, weight_init=0))
    assert sum(layout.weight_slices) == bits
    assert min(layout.weight_slices) > 0
    fitting = [width for depth, width in BLOCK_SHAPES if depth >= layout.weight_depth]
    most = max(fitting, default=2)
    assert max(layout.weight_slices) <= most
    # As few as there can be, so that only the last is narrower.
    assert len(layout.weight_slices) == -(-bits // most)
    assert set(layout.weight_slices[:-1]) <= {most}


@pytest.mark.parametrize("learning", [True, False])
def test_dendrite_words_hold_what_the_machine_needs(learning: bool) -> None:
    layout = Layout(Config(name="any", layers=(7, 5, 3), refractory=(3, 8), learning=learning))
    expected = {"dendrite": layout.dendrite_bits, "gate": 1} if learning else {}
    assert list(layout.dendrite_fields.items()) == [*expected.items(), ("refractory", 4)]


@pytest.mark.parametrize("encoder", ["phase", "bernoulli"])
def test_many_lanes_get_two_inputs_a_cycle(encoder: str) -> None:
    found = {
        lanes: Layout(Config(name="any", layers=(7, 5, 3), lanes=lanes, encoder=encoder))
        for lanes in LANES
    }
    counts = {lanes: layout.encoder_lanes for lanes, layout in found.items()}
    assert counts == {1: 1, 2: 1, 4: 1, 8: 1, 16: 1, 32: 2}


def test_events_from_outside_come_one_by_one() -> None:
    for lanes in LANES:
        config = Config(name="any", layers=(7, 5, 3), lanes=lanes, encoder="events")
        assert Layout(config).encoder_lanes == 1


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
