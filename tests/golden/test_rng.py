"""Random generators: their periods are proven, their outputs looked at."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from erbium.golden import rng
from erbium.golden.config import Config

STEPS = {"xorshift": rng.xorshift, "xorshift_lanes": rng.xorshift_lanes}

#: 2**32 - 1 is their product.
PRIMES = (3, 5, 17, 257, 65537)

#: A linear step as a matrix over GF(2): image of each single bit.
Matrix = list[int]


def times(matrix: Matrix, vector: int) -> int:
    image = 0
    for column in matrix:
        image ^= column * (vector & 1)
        vector >>= 1
    return image


def power(matrix: Matrix, exponent: int) -> Matrix:
    result = [1 << bit for bit in range(32)]
    while exponent:
        if exponent & 1:
            result = [times(matrix, column) for column in result]
        matrix = [times(matrix, column) for column in matrix]
        exponent >>= 1
    return result


@pytest.mark.parametrize("name", STEPS)
def test_step_is_linear(name: str) -> None:
    step, draw = STEPS[name], random.Random(1)
    matrix = [step(1 << bit) for bit in range(32)]
    for _ in range(500):
        state = draw.getrandbits(32)
        assert step(state) == times(matrix, state)
        assert step(state) <= rng.MASK


@pytest.mark.parametrize("name", STEPS)
def test_period_is_all_states_but_zero(name: str) -> None:
    # The order of the matrix is 2**32 - 1. Its minimal polynomial has degree 32 at most, and a
    # smaller factor than one of degree 32 cannot bring in the prime 65537: it is primitive, so
    # all states but 0 form one cycle.
    matrix = [STEPS[name](1 << bit) for bit in range(32)]
    identity = [1 << bit for bit in range(32)]
    assert np.prod(PRIMES, dtype=object) == 2**32 - 1
    assert power(matrix, 2**32 - 1) == identity
    for prime in PRIMES:
        assert power(matrix, (2**32 - 1) // prime) != identity


def test_known_value_of_xorshift() -> None:
    # By hand: 1 -> 1 | 1 << 13 -> no change -> 0x2001 ^ 0x2001 << 5.
    assert rng.xorshift(1) == 0x2001 ^ 0x40020 == 270369


@pytest.mark.parametrize("name", STEPS)
def test_xor_rows_equal_stepping(name: str) -> None:
    draw = random.Random(2)
    for count in (1, 2, 3, 4, 9):
        rows = rng.xor_rows(STEPS[name], count)
        for state in [1, rng.MASK, *(draw.getrandbits(32) for _ in range(20))]:
            expected = state
            for _ in range(count):
                expected = STEPS[name](expected)
            bits = [sum(state >> i & 1 for i in row) % 2 for row in rows]
            assert sum(bit << i for i, bit in enumerate(bits)) == expected
    assert rng.xor_rows(STEPS[name]) == rng.xor_rows(STEPS[name], 1)


def unmixed(value: int) -> int:
    """Undo `hash32` step by step: every step can be undone, so it is a bijection."""

    def unshift(mixed: int, shift: int) -> int:
        found = mixed
        for _ in range(32 // shift):
            found = mixed ^ found >> shift
        return found

    value = unshift(value, 16) * pow(0x846CA68B, -1, 2**32) & rng.MASK
    value = unshift(value, 15) * pow(0x7FEB352D, -1, 2**32) & rng.MASK
    return unshift(value, 16)


def test_hash_is_a_bijection() -> None:
    draw = random.Random(3)
    values = [0, 1, rng.MASK, *range(2**31 - 50, 2**31 + 50)]
    values += [draw.getrandbits(32) for _ in range(2000)]
    hashed = rng.hash32(np.array(values))
    assert [unmixed(int(h)) for h in hashed] == values
    assert int(rng.hash32(2**32 + 5)) == int(rng.hash32(5))


def test_hash_flips_half_of_the_bits_when_one_flips() -> None:
    draw = random.Random(4)
    values = np.array([draw.getrandbits(32) for _ in range(2000)])
    for bit in range(32):
        changed = rng.hash32(values) ^ rng.hash32(values ^ (1 << bit))
        shares = [(changed >> out & 1).mean() for out in range(32)]
        # 2000 samples of a fair bit: 0.5 with a standard deviation of 0.011.
        assert min(shares) > 0.42, bit
        assert max(shares) < 0.58, bit


def test_streams_of_all_seeds_start_differently_and_never_at_zero() -> None:
    streams = (rng.EVENT, rng.BLANK, rng.ENCODER, rng.WEIGHTS, rng.FEEDBACK)
    assert len(set(streams)) == 5
    seeds = [rng.stream_seed(seed, stream) for seed in range(400) for stream in streams]
    assert len(set(seeds)) == len(seeds)
    assert 0 not in seeds


def test_stream_seed_replaces_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rng, "hash32", lambda value: np.int64(0))
    assert rng.stream_seed(1, rng.BLANK) == 1


@pytest.mark.parametrize("limit", [0, 1, 2, 16, 127, 32767])
def test_uniform_fills_its_range_and_no_more(limit: int) -> None:
    values = rng.uniform(7, rng.WEIGHTS, 0, (200, 100), limit)
    assert values.shape == (200, 100)
    assert np.abs(values).max() <= limit
    if limit <= 127:
        assert set(values.ravel().tolist()) == set(range(-limit, limit + 1))
    else:
        assert values.max() > 0.99 * limit
        assert values.min() < -0.99 * limit


@pytest.mark.parametrize("limit", [1, 7, 16])
def test_uniform_is_nearly_uniform(limit: int) -> None:
    values = rng.uniform(1, rng.FEEDBACK, 0, (60_000,), limit)
    counts = np.bincount(values + limit, minlength=2 * limit + 1)
    expected = len(values) / (2 * limit + 1)
    # Five standard deviations of a count.
    assert np.abs(counts - expected).max() < 5 * np.sqrt(expected)


def test_uniform_continues_where_it_was_left() -> None:
    whole = rng.uniform(3, rng.WEIGHTS, 0, (40,), 99)
    assert (rng.uniform(3, rng.WEIGHTS, 15, (5, 5), 99).ravel() == whole[15:]).all()


def test_generators_start_apart() -> None:
    state = rng.RandomState.seeded(1)
    assert len({state.event, state.blank, state.encoder}) == 3
    assert state == rng.RandomState.seeded(1)
    assert state != rng.RandomState.seeded(2)


#: What the machine needs each generator for: without that, the generator is not there.
NEEDS = {
    "event": {"learning": True},
    "blank": {"transmit": 15},
    "encoder": {"encoder": "phase"},
}
WITHOUT = {"learning": False, "transmit": 16, "encoder": "events"}


def machine(*generators: str) -> Config:
    """Return a machine that has these generators and no others."""
    changes = WITHOUT | {key: v for name in generators for key, v in NEEDS[name].items()}
    return Config(name="any", layers=(4, 3, 2), seed=77, **changes)


@pytest.mark.parametrize(
    "generators",
    [names for count in range(len(NEEDS) + 1) for names in combinations(NEEDS, count)],
    ids=" ".join,
)
def test_generators_without_use_keep_their_seed(generators: tuple[str, ...]) -> None:
    config, seeds = machine(*generators), rng.RandomState.seeded(77)
    assert rng.used_generators(config) == set(generators)
    given = rng.RandomState(event=11, blank=22, encoder=33)
    loaded = rng.RandomState.loaded(config, given)
    for name in NEEDS:
        state = given if name in generators else seeds
        assert getattr(loaded, name) == getattr(state, name), name
    # It is a copy: what is given can be used again.
    assert given == rng.RandomState(event=11, blank=22, encoder=33)
    assert loaded is not given

    before = vars(loaded).copy()
    loaded.step_event(config)
    for name in NEEDS:
        steps = name in generators and name != "encoder"
        assert getattr(loaded, name) == (rng.xorshift(before[name]) if steps else before[name])


def test_only_events_from_outside_need_no_encoder_generator() -> None:
    for encoder, used in (("phase", True), ("bernoulli", True), ("events", False)):
        config = machine("event").replace(encoder=encoder)
        assert ("encoder" in rng.used_generators(config)) == used


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_bits_of_a_run_are_balanced(step: Callable[[int], int]) -> None:
    state, ones = 1, np.zeros(32)
    for _ in range(4000):
        state = step(state)
        ones += [state >> bit & 1 for bit in range(32)]
    # Five standard deviations of 4000 fair bits are 158.
    assert np.abs(ones - 2000).max() < 160
