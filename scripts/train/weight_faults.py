"""Faults in the weight memory: bits that are stuck, and bits that flip."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.core import Outcomes
from erbium.golden.fast import FastCore
from erbium.golden.validate import DataError

#: Random streams of one seed.
STUCK, FLIPPED = range(2)


@dataclass(frozen=True)
class Stuck:
    """Bits of a layer's weights that cannot change.

    Attributes
    ----------
    cells : int array
        Weights concerned, as positions in the flattened matrix.
    kept, forced : int array, one for each cell
        Bits that work, and the values of those that do not, in two's complement.
    """

    cells: np.ndarray
    kept: np.ndarray
    forced: np.ndarray

    def apply(self, matrix: np.ndarray) -> None:
        """Force the stuck bits of `matrix` [sources, targets] in place."""
        row, column = np.divmod(self.cells, matrix.shape[1])
        matrix[row, column] = matrix[row, column] & self.kept | self.forced


def draw_stuck(config: Config, share: float, seed: int) -> list[Stuck]:
    """Draw the stuck bits of every layer: a `share` of all bits, half of them at 1."""
    check_share(share)
    random = np.random.default_rng((seed, STUCK))
    found = []
    for sources, targets in zip(config.layers, config.layers[1:], strict=False):
        size = sources * targets * config.weight_bits
        bits = np.sort(random.choice(size, round(share * size), replace=False))
        cells, first = np.unique(bits // config.weight_bits, return_index=True)
        values = _bit(bits % config.weight_bits, config.weight_bits)
        ones = values * random.integers(0, 2, len(bits))
        masks, forced = (_sums(part, first) for part in (values, ones))
        found.append(Stuck(cells, ~masks, forced))
    return found


def flip(matrices: Sequence[np.ndarray], weight_bits: int, count: int, seed: Sequence[int]) -> None:
    """Flip `count` bits of `matrices` in place, drawn from all bits of all of them."""
    if not count:
        return
    random = np.random.default_rng((FLIPPED, *seed))
    ends = np.cumsum([matrix.size * weight_bits for matrix in matrices])
    for bit in random.choice(int(ends[-1]), count, replace=False):
        layer = int(np.searchsorted(ends, bit, side="right"))
        place = int(bit) - int(ends[layer - 1] if layer else 0)
        row, column = divmod(place // weight_bits, matrices[layer].shape[1])
        matrices[layer][row, column] ^= _bit(np.array(place % weight_bits), weight_bits)


def check_share(share: float) -> None:
    """Refuse what is no share of bits."""
    if not 0 <= share <= 1:
        raise DataError(f"a share of faulty bits must lie in 0 to 1, not {share}")


def _bit(place: np.ndarray, weight_bits: int) -> np.ndarray:
    """Return the values of bits; the sign bit and its extension belong together."""
    return np.where(place == weight_bits - 1, -(1 << place), 1 << place)


def _sums(values: np.ndarray, first: np.ndarray) -> np.ndarray:
    return np.bitwise_or.reduceat(values, first) if len(first) else values


class FaultyCore(FastCore):
    """The compiled engine with a faulty weight memory.

    Stuck bits are forced again after every sample: within a sample, a weight may differ from
    what the memory would hold by the few updates of that sample.

    Parameters
    ----------
    config, weights
        As for `golden.fast.FastCore`.
    stuck, flipped : float
        Shares of all weight bits that are stuck, and that flip once somewhere in the training.
    samples : int
        Samples over which the flips are spread.
    seed : int
        Decides which bits, and when.
    """

    def __init__(
        self,
        config: Config,
        weights: Sequence[np.ndarray] | None = None,
        *,
        stuck: float = 0.0,
        flipped: float = 0.0,
        samples: int = 1,
        seed: int = 0,
    ) -> None:
        super().__init__(config, weights)
        check_share(flipped)
        bits = sum(matrix.size for matrix in self.matrices()) * config.weight_bits
        self._stuck = draw_stuck(config, stuck, seed) if stuck else []
        self._flips = flipped * bits / samples
        self._seed, self._shown = seed, 0
        self._force()

    def _force(self) -> None:
        for stuck, matrix in zip(self._stuck, self.matrices(), strict=False):
            stuck.apply(matrix)

    def run_many(
        self, samples: np.ndarray, labels: np.ndarray | None = None, rate: int = FULL_RATE
    ) -> Outcomes:
        """Show samples [count, inputs]; bits flip between samples that are learned."""
        if rate == 0:
            return super().run_many(samples, labels, rate)
        parts = []
        for number in range(len(samples)):
            part = slice(number, number + 1)
            chosen = None if labels is None else labels[part]
            parts.append(super().run_many(samples[part], chosen, rate))
            self._shown += 1
            before, after = (int(self._flips * n) for n in (self._shown - 1, self._shown))
            flip(self.matrices(), self.config.weight_bits, after - before, (self._seed, after))
            self._force()
        return Outcomes.joined(parts)
