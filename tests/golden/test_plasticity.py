"""Plasticity: the rule by hand, its freedom from bias, and its limits."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.plasticity import fraction, learns, update
from erbium.golden.presets import preset
from erbium.sim.host.traffic import random_sample

TINY = preset("tiny")


def updates(weight: int, dendrite: int, shift: int, bits: int, open_: bool = True) -> list[int]:
    """Return the new weights for every fraction."""
    fractions = np.arange(1 << shift)
    return update(
        np.array([weight]), np.array([dendrite]), np.array([open_]), fractions, shift, bits
    ).tolist()


def test_by_hand() -> None:
    # Dendrite +7 at a rate of 1/4 is +1.75: three fractions of four round up.
    assert updates(5, 7, 2, 8) == [6, 7, 7, 7]
    assert updates(5, -7, 2, 8) == [3, 3, 3, 4]
    assert updates(-5, 2, 2, 8) == [-5, -5, -4, -4]
    assert updates(0, 8, 3, 8) == [1] * 8
    assert updates(5, 7, 0, 8) == [12]


@pytest.mark.parametrize("shift", range(7))
@pytest.mark.parametrize("bits", [2, 3, 4, 5])
def test_mean_over_all_fractions_is_exact_for_both_signs(bits: int, shift: int) -> None:
    limit, checked = 1 << (bits - 1), 0
    for weight in range(-limit, limit):
        for dendrite in range(-(2 * limit << shift), (2 * limit << shift) + 1):
            exact = weight + Fraction(dendrite, 1 << shift)
            if not -limit <= exact <= limit - 1:
                continue
            after = updates(weight, dendrite, shift, bits)
            assert Fraction(sum(after), len(after)) == exact
            assert max(after) - min(after) <= 1
            checked += 1
    # From every weight, every change that leads to its range.
    assert checked == 2 * limit * (((2 * limit - 1) << shift) + 1)


@pytest.mark.parametrize("bits", [2, 4, 8])
def test_saturates_and_never_wraps(bits: int) -> None:
    limit = 1 << (bits - 1)
    for shift in (0, 1, 4):
        for weight in range(-limit, limit):
            for dendrite in (limit << shift, 4 * limit << shift, 10**9):
                assert set(updates(weight, dendrite * 2, shift, bits)) == {limit - 1}
                assert set(updates(weight, -dendrite * 2, shift, bits)) == {-limit}


def test_closed_gate_keeps_the_weight_whatever_the_fraction() -> None:
    for weight in range(-128, 128):
        assert set(updates(weight, 12345, 5, 8, open_=False)) == {weight}
        assert set(updates(weight, 0, 5, 8)) == {weight}


def test_event_learns_with_the_chosen_probability() -> None:
    for rate in (0, 1, 100, 255, 256):
        assert sum(learns(top << 24 | 0xFFFFFF, rate) for top in range(256)) == rate


def test_fraction_and_thinning_use_different_bits() -> None:
    word = 0xAB000000 | 0x12345
    assert fraction(word, 20, "stochastic") == 0x12345
    assert fraction(word, 8, "stochastic") == 0x45
    assert fraction(word, 0, "stochastic") == 0
    assert learns(word, 0xAC)
    assert not learns(word, 0xAB)


def test_nearest_rounding_takes_halves_up() -> None:
    for shift, half in ((0, 0), (1, 1), (4, 8)):
        assert fraction(0xFFFFFFFF, shift, "nearest") == half
    weight, open_ = np.full(5, 10), np.ones(5, dtype=bool)
    dendrite = np.array([7, 8, -8, -9, 24])
    assert update(weight, dendrite, open_, 8, 4, 8).tolist() == [10, 11, 10, 9, 12]


def test_weights_rest_while_the_true_class_leads_by_the_margin() -> None:
    core, rng = Core(TINY.replace(ticks=40, learning_margin=1)), random.Random(2)
    unsure = again = 0
    for number in range(12):
        label, lead, rested = number % 3, 0, False
        before = [w.copy() for w in core.weights]
        for _ in core.ticks(random_sample(core.config, rng), label):
            same = all(map(np.array_equal, before, core.weights))
            assert same or lead < 1
            unsure += not same
            again += rested and not same
            # What the next tick's events go by.
            counts = core.readout.counts.tolist()
            lead = counts.pop(label) - max(counts)
            rested |= lead >= 1
            before = [w.copy() for w in core.weights]
    assert unsure > 50
    assert again > 0, "a lead can be lost"


def test_a_margin_that_is_never_reached_changes_nothing() -> None:
    plain, out_of_reach = Core(TINY), Core(TINY.replace(learning_margin=TINY.ticks + 1))
    for core in (plain, out_of_reach):
        rng = random.Random(1)
        for number in range(10):
            core.run(random_sample(TINY, rng), number % 3)
    assert all(map(np.array_equal, plain.weights, out_of_reach.weights))
