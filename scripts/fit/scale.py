"""The unit of weights: how constants change with it, so that a machine does what it did."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Ranges that a search may get to.
LEAST_RANGE, MOST_RANGE = 32, 2048


@dataclass(frozen=True)
class Scale:
    """How constants of preset digits, whose weights count in ones, become those of finer weights.

    Attributes
    ----------
    finer : int
        Twofold finer that weights are so many times; below 0, coarser.
    weight_bits : int
        Bits of a weight.
    """

    finer: int
    weight_bits: int

    @classmethod
    def of(cls, weight_bits: int, largest: float) -> Scale:
        """Return the scale at which weights of so many bits reach `largest`, or nearly."""
        within = min(MOST_RANGE, max(LEAST_RANGE, largest))
        return cls(weight_bits - 1 - round(math.log2(within)), weight_bits)

    @property
    def gain(self) -> int:
        """Gain that keeps membranes fine where weights are coarse."""
        return max(0, -self.finer)

    @property
    def membrane(self) -> int:
        """What thresholds grow by."""
        return 2 ** max(0, self.finer)

    @property
    def state_bits(self) -> int:
        """Bits of a membrane: as many above those of the largest weight as in preset digits."""
        return self.weight_bits + self.gain + 8

    def weight(self, size: int) -> int:
        """Return a limit of initial weights."""
        return max(1, min(2 ** (self.weight_bits - 1) - 1, round(size * 2.0**self.finer)))
