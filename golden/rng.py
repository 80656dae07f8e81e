"""Random numbers: three xorshift generators in the machine, one hash for its initial contents.

A generator steps once per event (or per input), never per clock cycle. So a random number
belongs to a place in the network's history, and results depend neither on the number of lanes
nor on stalls. xorshift: Marsaglia 2003, J. Stat. Software 8(14).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS, Config

MASK = 0xFFFFFFFF

#: What the seed of a random stream is used for; see `stream_seed`.
EVENT, BLANK, ENCODER, WEIGHTS, FEEDBACK = range(5)


def xorshift(state: int) -> int:
    """Next state of a generator: shifts 13, 17, 5; period 2**32 - 1."""
    state ^= (state << 13) & MASK
    state ^= state >> 17
    return state ^ ((state << 5) & MASK)


def xorshift_lanes(state: int) -> int:
    """Next word of an event's blank-out draws: shifts 2, 15, 25; period 2**32 - 1.

    Different from `xorshift`, so that the draws of one event and of the next do not overlap.
    """
    state ^= (state << 2) & MASK
    state ^= state >> 15
    return state ^ ((state << 25) & MASK)


def xor_rows(step: Callable[[int], int], times: int = 1) -> list[list[int]]:
    """Express `times` steps as XORs: entry i lists the old bits whose parity is new bit i.

    The circuit is built from this, so that model and circuit cannot drift apart.
    """
    rows: list[list[int]] = [[] for _ in range(32)]
    for bit in range(32):
        state = 1 << bit
        for _ in range(times):
            state = step(state)
        for row in range(32):
            if state >> row & 1:
                rows[row].append(bit)
    return rows


def hash32(value: np.ndarray | int) -> np.ndarray:
    """Mix 32 bits (multipliers 0x7feb352d and 0x846ca68b, shifts 16, 15, 16)."""
    x = np.asarray(value, dtype=np.uint64) & MASK
    x ^= x >> 16
    x = (x * 0x7FEB352D) & MASK
    x ^= x >> 15
    x = (x * 0x846CA68B) & MASK
    return (x ^ (x >> 16)).astype(np.int64)


def stream_seed(seed: int, stream: int) -> int:
    """Start value of random stream `stream`, never 0."""
    return int(hash32(int(hash32(seed)) ^ stream)) or 1


def uniform(seed: int, stream: int, first: int, shape: tuple[int, ...], limit: int) -> np.ndarray:
    """Integers uniform in ``-limit ... limit``: numbers `first` and on of a hashed stream."""
    count = int(np.prod(shape))
    draws = hash32(stream_seed(seed, stream) + first + np.arange(count)) >> 16
    return ((draws * (2 * limit + 1)) >> 16).reshape(shape) - limit


@dataclass
class RandomState:
    """The states of the machine's three generators; part of every checkpoint."""

    event: int
    blank: int
    encoder: int

    @classmethod
    def seeded(cls, seed: int) -> RandomState:
        """Return the states after reset."""
        return cls(*(stream_seed(seed, stream) for stream in (EVENT, BLANK, ENCODER)))

    @classmethod
    def loaded(cls, config: Config, random: RandomState) -> RandomState:
        """Return the states after `random` has been loaded: a generator that the configuration
        has no use for is not in the machine, and keeps its seed for ever.
        """
        used, seeds = used_generators(config), vars(cls.seeded(config.seed))
        return cls(**{name: vars(random)[name] if name in used else seeds[name] for name in seeds})

    def step_event(self, config: Config) -> None:
        """Step the generators that an event uses."""
        used = used_generators(config)
        if "event" in used:
            self.event = xorshift(self.event)
        if "blank" in used:
            self.blank = xorshift(self.blank)


@lru_cache
def used_generators(config: Config) -> frozenset[str]:
    """Return the names of the generators that the machine has."""
    uses = {
        "event": config.learning,
        "blank": config.transmit < ALWAYS_TRANSMITS,
        "encoder": config.encoder != "events",
    }
    return frozenset(name for name, used in uses.items() if used)
