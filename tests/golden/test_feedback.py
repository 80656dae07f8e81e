"""Numbers drawn before the first sample, and how far the drawn feedback can drive a dendrite."""

from __future__ import annotations

from itertools import repeat

import numpy as np
import pytest

from erbium.golden import rng
from erbium.golden.config import Config
from erbium.golden.feedback import feedback_weights, initial_weights, largest_dendrite
from erbium.golden.fixed import bits_for_signed, leak, saturate
from erbium.golden.layout import Layout
from erbium.golden.presets import PRESETS

CONFIG = Config(
    name="any", layers=(40, 30, 20, 10), feedback=(64, 33, 50), weight_init=(16, 24, 100)
)


def test_weights_fill_their_range_layer_by_layer() -> None:
    weights = initial_weights(CONFIG)
    assert [w.shape for w in weights] == [(40, 30), (30, 20), (20, 10)]
    assert [int(w.max()) for w in weights[:2]] == [16, 24]
    assert [int(w.min()) for w in weights[:2]] == [-16, -24]
    # Numbers of one sequence, from its first one on.
    whole = rng.uniform(CONFIG.seed, rng.WEIGHTS, 0, (40 * 30,), 16)
    assert weights[0].ravel().tolist() == whole.tolist()
    following = rng.uniform(CONFIG.seed, rng.WEIGHTS, 40 * 30, (30 * 20,), 24)
    assert weights[1].ravel().tolist() == following.tolist()
    assert 90 < np.abs(weights[2]).max() <= 100


def test_layers_are_drawn_one_after_another_from_one_stream() -> None:
    even = CONFIG.replace(weight_init=50)
    flat = np.concatenate([w.ravel() for w in initial_weights(even)])
    wide = Config(name="any", layers=(40, 50, 10), weight_init=50)
    assert (flat[:2000] == initial_weights(wide)[0].ravel()).all()


@pytest.mark.parametrize("draw", [initial_weights, feedback_weights])
def test_same_seed_draws_the_same_and_other_seeds_differ(draw: object) -> None:
    first, again = draw(CONFIG), draw(CONFIG.replace(lanes=1, name="other"))
    other = draw(CONFIG.replace(seed=2))
    for index, matrix in enumerate(first):
        assert (matrix == again[index]).all()
    for index in range(2):
        assert (first[index] != other[index]).mean() > 0.9


def test_weights_and_feedback_are_drawn_from_different_streams() -> None:
    config = Config(name="any", layers=(10, 30, 10), feedback=60, weight_init=60)
    weights, feedback = initial_weights(config)[0], feedback_weights(config)[0]
    assert abs(np.corrcoef(weights.ravel(), feedback.ravel())[0, 1]) < 0.25


@pytest.mark.parametrize("classes", [2, 3, 7, 10])
def test_hidden_feedback_has_zero_mean_but_for_rounding(classes: int) -> None:
    for seed in range(20):
        config = CONFIG.replace(layers=(40, 30, 20, classes), seed=seed)
        for matrix, targets in zip(feedback_weights(config)[:-1], (30, 20), strict=True):
            assert matrix.shape == (classes, targets)
            # The mean is rounded half up: it may be off by half, and never by more.
            total = 2 * matrix.sum(axis=0)
            assert (-classes <= total).all()
            assert (total < classes).all()


def test_hidden_feedback_stays_within_twice_its_limit() -> None:
    for matrix, limit in zip(feedback_weights(CONFIG)[:-1], CONFIG.feedback[:-1], strict=True):
        assert np.abs(matrix).max() <= 2 * limit
        assert np.abs(matrix).max() > limit // 2


def test_output_feedback_is_one_to_one() -> None:
    output = feedback_weights(CONFIG)[-1]
    assert (output == 50 * np.eye(10)).all()


#: Machines whose dendrites are driven as far as errors can drive them.
DRIVEN = {
    "random": Config(name="any", layers=(2, 30, 20, 5), feedback=(90, 40, 77), dendrite_leak=2),
    "leak-decides": Config(
        name="any", layers=(2, 12, 9, 3), feedback=(3, 70, 2), dendrite_leak=(6, 1, 15)
    ),
    "saturates": Config(
        name="any",
        layers=(2, 30, 3),
        feedback=127,
        state_bits=8,
        dendrite_leak=7,
        threshold=9,
        gate_low=-9,
        gate_high=9,
    ),
    "classes": Config(name="any", layers=(2, 6, 200), feedback=(5, 1), dendrite_leak=3),
    "ones": Config(name="any", layers=(2, 3, 2), feedback=1, dendrite_leak=4),
    "output-alone": Config(name="any", layers=(2, 3, 2), feedback=(0, 400), dendrite_leak=1),
    "none": Config(name="any", layers=(2, 3, 2), feedback=0),
}


def furthest(config: Config, errors: np.ndarray | None = None) -> int:
    """Return the largest magnitude that dendrites reach.

    `errors` [ticks, classes] are the error spikes of every tick; with None, every class sends the
    sign that drives each dendrite furthest, upwards and downwards, until they stand still.
    """
    reached = 0
    for matrix, shift in zip(feedback_weights(config), config.dendrite_leak, strict=True):
        worst = np.abs(matrix).sum(axis=0)
        changes = repeat(np.stack([worst, -worst])) if errors is None else errors @ matrix
        dendrite = np.zeros_like(worst)
        for change in changes:
            before = dendrite
            dendrite = leak(saturate(dendrite, config.state_bits), shift) + change
            reached = max(reached, int(np.abs(dendrite).max()))
            if errors is None and np.array_equal(dendrite, before):
                break
    return reached


@pytest.mark.parametrize("name", DRIVEN)
def test_no_dendrite_leaves_its_bound_and_the_bound_is_tight_within_a_bit(name: str) -> None:
    for seed in range(6):
        config = DRIVEN[name].replace(seed=seed)
        bound, bits = largest_dendrite(config), Layout(config).dendrite_bits
        reached = furthest(config)
        assert reached <= bound
        assert saturate(np.array([-bound, bound]), bits).tolist() == [-bound, bound]
        assert bits_for_signed(max(1, reached)) in (bits - 1, bits)


@pytest.mark.parametrize("name", DRIVEN)
def test_no_sequence_of_errors_leads_beyond_the_worst_one(name: str) -> None:
    config, draw = DRIVEN[name], np.random.default_rng(1)
    worst = furthest(config)
    for share in (0.1, 0.5, 1.0):
        errors = draw.choice((-1, 1), (300, config.layers[-1]))
        errors *= draw.random(errors.shape) < share
        # Mostly of one sign for a while, as in samples that are answered wrongly.
        errors[100:200] = np.abs(errors[100:200])
        assert furthest(config, errors) <= worst


@pytest.mark.parametrize("name", PRESETS)
def test_dendrites_of_presets_have_the_bits_that_they_need(name: str) -> None:
    config = PRESETS[name]
    bits = Layout(config).dendrite_bits
    assert bits_for_signed(furthest(config)) in (bits - 1, bits)
    # The bits of a bound that knows neither the drawn numbers nor the leak.
    most = (1 << (config.state_bits - 1)) + config.layers[-1] * 2 * max(config.feedback)
    assert bits < bits_for_signed(most)


def test_dendrite_bound_by_hand() -> None:
    config = Config(name="any", layers=(2, 3, 2), feedback=(0, 6), dendrite_leak=(4, 2))
    # A tick adds 6 and the leak of a quarter takes 5 of 17 to 20: it stays below (6 - 1) * 4 + 6.
    assert largest_dendrite(config) == 26
    assert Layout(config).dendrite_bits == 6
    # 8 bits hold up to 127 (and -128), and one error more.
    short = config.replace(dendrite_leak=7, state_bits=8, threshold=9, gate_low=-9, gate_high=9)
    assert largest_dendrite(short) == 128 + 6
    assert Layout(short).dendrite_bits == 9
    assert largest_dendrite(config.replace(feedback=0)) == 1
