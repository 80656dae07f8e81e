"""Window on the weights of a golden model: word by word, in place."""

from __future__ import annotations

from erbium.golden.core import Core
from erbium.golden.layout import Layout


class WeightWindow:
    """Read and write words of the weight memory as integers, lane 0 lowest.

    Parameters
    ----------
    core : Core or FastCore
    """

    def __init__(self, core) -> None:
        self._config, layout = core.config, Layout(core.config)
        self._layers = layout.layers
        self.depth = layout.weight_depth
        self._core = core

    def _matrices(self):
        return self._core.weights if isinstance(self._core, Core) else self._core.matrices()

    def _place(self, address: int):
        """Return the matrix, the source and the first target of a word, and how many it has."""
        layer = next(one for one in reversed(self._layers) if address >= one.weight_base)
        group, source = divmod(address - layer.weight_base, layer.sources)
        first = group * self._config.lanes
        used = min(self._config.lanes, layer.targets - first)
        return self._matrices()[layer.index], source, first, used

    def lanes(self, word: int) -> tuple[int, ...]:
        """Return the weights of a word."""
        bits = self._config.weight_bits
        parts = (word >> bits * lane & (1 << bits) - 1 for lane in range(self._config.lanes))
        return tuple(part - (part >> bits - 1 << bits) for part in parts)

    def write(self, address: int, word: int) -> None:
        """Write a word; lanes in the padding must be 0."""
        matrix, source, first, used = self._place(address)
        matrix[source, first : first + used] = self.lanes(word)[:used]

    def read(self, address: int) -> int:
        """Return a word."""
        matrix, source, first, used = self._place(address)
        bits, word = self._config.weight_bits, 0
        for lane, weight in enumerate(matrix[source, first : first + used].tolist()):
            word |= (weight & (1 << bits) - 1) << bits * lane
        return word
