"""Encoders: what fires when, and which random numbers are used up."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.encoder import Encoder, active_inputs, draw
from erbium.golden.rng import RandomState, xorshift


def encoder(encoder: str, inputs: int, ticks: int, rate_shift: int) -> Encoder:
    config = Config(
        name="any",
        layers=(inputs, 2, 2),
        ticks=ticks,
        burn_in=0,
        rate_shift=rate_shift,
        encoder=encoder,
    )
    return Encoder(config, RandomState(event=1, blank=1, encoder=1))


def raster(encoder: Encoder, sample: object) -> list[list[int]]:
    encoder.start(sample)
    return [encoder.tick(tick).tolist() for tick in range(encoder.config.ticks)]


def test_phase_by_hand() -> None:
    # The generator's states are 1 and 0x42021: of 8 bits, the phases start at 1 and 33.
    # Input 1 (100): 101 201 45* 145 245 89*.  Input 3 (200): 233 177* 121* 65* 9* 209.
    found = raster(encoder("phase", 4, 6, rate_shift=0), np.array([0, 100, 0, 200]))
    assert found == [[], [3], [1, 3], [3], [3], [1]]


@pytest.mark.parametrize("rate_shift", [0, 1, 2])
def test_phase_fires_exactly_in_proportion_to_intensity(rate_shift: int) -> None:
    ticks = 256 << rate_shift
    unit = encoder("phase", 256, ticks, rate_shift)
    counts = np.bincount(np.concatenate(raster(unit, np.arange(256))).astype(int))
    assert counts.tolist() == list(range(256))


@pytest.mark.parametrize("value", [1, 37, 128, 200, 255])
def test_phase_spikes_are_evenly_spaced(value: int) -> None:
    found = raster(encoder("phase", 1, 2000, 1), np.array([value]))
    ticks = [tick for tick, fired in enumerate(found) if fired]
    gaps = set(np.diff(ticks).tolist())
    assert gaps <= {512 // value, -(-512 // value)}


@pytest.mark.parametrize("code", ["phase", "bernoulli"])
def test_zero_never_fires_and_costs_no_random_number(code: str) -> None:
    sparse, dense = np.array([0, 0, 90, 0, 250, 0]), np.array([90, 250])
    a, b = encoder(code, 6, 30, 0), encoder(code, 2, 30, 0)
    renamed = [[{0: 2, 1: 4}[source] for source in tick] for tick in raster(b, dense)]
    assert raster(a, sparse) == renamed
    assert a.random == b.random
    blank = encoder(code, 6, 30, 0)
    assert raster(blank, np.zeros(6, dtype=int)) == [[]] * 30
    assert blank.random.encoder == 1


def test_phase_draws_once_a_sample_and_goes_on_in_the_next() -> None:
    unit = encoder("phase", 3, 5, 0)
    first = raster(unit, np.array([200, 0, 77]))
    assert unit.random.encoder == xorshift(xorshift(1))
    second = raster(unit, np.array([200, 0, 77]))
    assert unit.random.encoder == xorshift(xorshift(xorshift(xorshift(1))))
    assert first != second, "the second sample must start at other phases"


def test_bernoulli_compares_each_draw_with_the_intensity() -> None:
    unit = encoder("bernoulli", 3, 4, rate_shift=2)
    state, expected = 1, []
    for _ in range(4):
        tick = []
        for source, value in ((0, 255), (2, 100)):
            if state % 1024 < value:
                tick.append(source)
            state = xorshift(state)
        expected.append(tick)
    assert raster(unit, np.array([255, 0, 100])) == expected
    assert unit.random.encoder == state
    assert unit.random == RandomState(event=1, blank=1, encoder=state)


def test_bernoulli_fires_below_its_draw_only() -> None:
    # The first draw of 8 bits is 1, the second 0x21.
    assert raster(encoder("bernoulli", 1, 2, 0), np.array([1])) == [[], []]
    assert raster(encoder("bernoulli", 1, 2, 0), np.array([2])) == [[0], []]
    assert raster(encoder("bernoulli", 1, 2, 0), np.array([0x21])) == [[0], []]
    assert raster(encoder("bernoulli", 1, 2, 0), np.array([0x22])) == [[0], [0]]


def test_bernoulli_rate_is_proportional_to_intensity() -> None:
    ticks = 4000
    unit = encoder("bernoulli", 4, ticks, 0)
    values = np.array([10, 64, 128, 255])
    counts = np.bincount(np.concatenate(raster(unit, values)).astype(int))
    shares = values / 256
    # Five standard deviations.
    assert (np.abs(counts - ticks * shares) < 5 * np.sqrt(ticks * shares * (1 - shares)) + 1).all()


def test_events_come_through_unchanged() -> None:
    events = [[0, 3], [], [1, 2, 3], [2]]
    unit = encoder("events", 4, 4, 0)
    assert raster(unit, events) == events
    assert unit.random.encoder == 1


def test_active_inputs_are_the_stored_form() -> None:
    indices, values = active_inputs(np.array([0, 5, 0, 0, 255], dtype=np.uint8))
    assert indices.tolist() == [1, 4]
    assert values.tolist() == [5, 255]
    assert (values + 1).tolist() == [6, 256], "intensities must not wrap as bytes do"


def test_draw_takes_low_bits_and_steps_after_each() -> None:
    random = RandomState(event=5, blank=6, encoder=1)
    assert draw(random, 2, 8).tolist() == [1, 0x21]
    assert random == RandomState(event=5, blank=6, encoder=xorshift(xorshift(1)))
