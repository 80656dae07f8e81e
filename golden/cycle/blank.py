"""Blank-out draws, clock cycle by clock cycle: a word of lanes at a time."""

from __future__ import annotations

from erbium.golden.config import ALWAYS_TRANSMITS, Config
from erbium.golden.rng import xorshift_lanes
from erbium.golden.synapse import TARGETS_PER_WORD


class BlankOut:
    """Which lanes of the current word transmit.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._lanes, self._transmit = config.lanes, config.transmit
        self._words = max(1, self._lanes // TARGETS_PER_WORD)
        self._parts = max(1, TARGETS_PER_WORD // self._lanes)
        self.reset()

    def reset(self) -> None:
        """Start without an event."""
        self._state = self._part = 0

    @property
    def mask(self) -> int:
        """Bit per lane: 1 transmits."""
        if self._transmit == ALWAYS_TRANSMITS:
            return (1 << self._lanes) - 1
        draws, word = 0, self._state
        for index in range(self._words):
            draws |= word << (32 * index)
            word = xorshift_lanes(word)
        draws >>= 4 * self._lanes * self._part
        return sum(
            1 << lane for lane in range(self._lanes) if (draws >> 4 * lane & 15) < self._transmit
        )

    def clock(self, start: bool, random: int, step: bool) -> None:
        """End a cycle: a new event starts with `random`, or the event goes to its next word."""
        if start:
            self._state, self._part = random, 0
        elif step:
            self._part = (self._part + 1) % self._parts
            if self._part == 0:
                for _ in range(self._words):
                    self._state = xorshift_lanes(self._state)
