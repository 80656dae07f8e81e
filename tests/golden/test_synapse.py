"""Synapses: exact sums, and the draws of blank-out."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.rng import xorshift, xorshift_lanes
from erbium.golden.synapse import TARGETS_PER_WORD, accumulate, blank_draws, transmissions


def test_each_target_has_four_bits_of_the_word() -> None:
    # Target 0 draws 0, target 1 draws 1, ...
    assert transmissions(0x76543210, 8, 4).tolist() == [True] * 4 + [False] * 4
    assert transmissions(0x0F1E2D3C, 8, 3).tolist() == [
        draw < 3 for draw in (0xC, 3, 0xD, 2, 0xE, 1, 0xF, 0)
    ]


def test_more_targets_take_the_next_words() -> None:
    word = 0x9E3779B9
    found = transmissions(word, 20, 9)
    for target in range(20):
        if target and target % TARGETS_PER_WORD == 0:
            word = xorshift_lanes(word)
        assert found[target] == ((word >> 4 * (target % TARGETS_PER_WORD)) % 16 < 9)


def test_draws_of_an_xor_are_the_xor_of_the_draws() -> None:
    # This is why the compiled model may look them up, four bits of the word at a time.
    one, other = 0x9E3779B9, 0x243F6A88
    assert (blank_draws(one ^ other, 40) == blank_draws(one, 40) ^ blank_draws(other, 40)).all()
    assert len(set(blank_draws(one, 40).tolist())) > 8


@pytest.mark.parametrize("targets", [1, 7, 8, 9, 33])
def test_fewer_targets_see_the_same_draws(targets: int) -> None:
    # This is why results do not depend on lanes.
    assert (transmissions(12345, 40, 5)[:targets] == transmissions(12345, targets, 5)).all()


@pytest.mark.parametrize("transmit", range(1, 17))
def test_transmits_with_the_chosen_probability(transmit: int) -> None:
    state, count = 1, 0
    for _ in range(300):
        count += transmissions(state, 40, transmit).sum()
        state = xorshift(state)
    share = transmit / 16
    # Five standard deviations of 12000 draws.
    assert abs(count / 12000 - share) <= 5 * np.sqrt(share * (1 - share) / 12000)


def test_switched_off_everything_transmits() -> None:
    assert transmissions(0xFFFFFFFF, 11, 16).all()
    assert not transmissions(0xFFFFFFFF, 8, 15).any()


def test_accumulates_exactly_with_gain() -> None:
    membrane = np.array([100, -32768, 32767, 0])
    weight = np.array([-3, -128, 127, 5])
    transmits = np.array([True, True, True, False])
    assert accumulate(membrane, weight, transmits, 0).tolist() == [97, -32896, 32894, 0]
    assert accumulate(membrane, weight, transmits, 3).tolist() == [76, -33792, 33783, 0]
    assert membrane.tolist() == [100, -32768, 32767, 0], "the argument must not change"
