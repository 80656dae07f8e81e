"""Encoder: a sample's intensities become input spikes.

Only inputs that are not 0 are kept, in ascending order, so an input of 0 costs nothing.

* "phase": each input adds its intensity to an accumulator of ``8 + rate_shift`` bits in every
  tick and fires when it wraps; the accumulator starts at a random phase.
* "bernoulli": each input fires if a fresh random number of ``8 + rate_shift`` bits is below its
  intensity.
* "events": spikes come from outside, in lists of ascending inputs, one list a tick.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from erbium.golden.config import Config
from erbium.golden.fixed import wrap
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, xorshift
from erbium.golden.validate import check_events, check_intensities, check_sample


def active_inputs(sample: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the inputs that are not 0 and their intensities: the stored form of a sample."""
    values = check_intensities(sample)
    indices = np.flatnonzero(values)
    return indices, values.astype(np.int64)[indices]


def draw(random: RandomState, count: int, bits: int) -> np.ndarray:
    """Take `count` numbers of `bits` bits; the generator steps after each."""
    numbers = np.empty(count, dtype=np.int64)
    state = random.encoder
    for position in range(count):
        numbers[position] = state
        state = xorshift(state)
    random.encoder = state
    return wrap(numbers, bits)


class Encoder:
    """Spikes of one sample after another; `start` a sample, then call `tick` for each tick."""

    def __init__(self, config: Config, random: RandomState) -> None:
        self.config = config
        self.random = random
        self._layout = Layout(config)
        self._bits = self._layout.phase_bits
        self._events: Sequence[Sequence[int]] = ()
        self._indices = self._values = self._phase = np.empty(0, dtype=np.int64)

    def start(self, sample: np.ndarray | Sequence[Sequence[int]]) -> None:
        """Take a sample: n0 intensities, or (encoder "events") a list of inputs per tick."""
        if self.config.encoder == "events":
            check_events(self._layout, sample)
            self._events = sample
        else:
            check_sample(self._layout, sample)
            self._indices, self._values = active_inputs(sample)

    def tick(self, tick: int) -> np.ndarray:
        """Return the inputs that fire in `tick`, ascending."""
        if self.config.encoder == "events":
            return np.asarray(self._events[tick], dtype=np.int64)
        if self.config.encoder == "bernoulli":
            draws = draw(self.random, len(self._indices), self._bits)
            return self._indices[draws < self._values]
        if tick == 0:
            self._phase = draw(self.random, len(self._indices), self._bits)
        total = self._phase + self._values
        self._phase = wrap(total, self._bits)
        return self._indices[total >> self._bits == 1]
