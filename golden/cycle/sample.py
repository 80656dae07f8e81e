"""Sample memory, clock cycle by clock cycle."""

from __future__ import annotations

from collections.abc import Iterable

from erbium.golden.config import Config
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.golden.words import INTENSITY_BITS, address_bits, input_word, pack

#: Bit of a pixel that marks the last one of its sample; below it stands the intensity.
LAST = 1 << INTENSITY_BITS


def pixels(sample: Iterable[int]) -> list[int]:
    """Return a sample as the core's `i_pixel` stream takes it."""
    words = [int(value) for value in sample]
    words[-1] |= LAST
    return words


class SampleMemory:
    """Two banks of kept inputs; the host fills one while the encoder reads the other. With a guard,
    a sample of the wrong length is known to be bad, and an unfinished one can be dropped.

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._bits = address_bits(config.layers[0])
        self._fields = input_word(config)
        self._lanes = Layout(config).encoder_lanes
        self._guarded, self._last = config.guard, config.layers[0] - 1
        self._banks: list[dict[int, tuple[int, int]]] = [{}, {}]
        self.reset()

    def reset(self) -> None:
        """Empty both banks."""
        self._fill = self._read = 0
        self._complete = [False, False]
        self._counts = [0, 0]
        self._bad = [False, False]
        self._begin()
        self.data = [(0, 0)] * self._lanes

    def _begin(self) -> None:
        """Be before the first input of a sample."""
        self._source = self._kept = 0
        self._too_long = False

    @property
    def ready(self) -> bool:
        """Whether an input is taken in this cycle."""
        return not self._complete[self._fill]

    @property
    def complete(self) -> bool:
        """Whether the bank to be read holds a sample."""
        return self._complete[self._read]

    @property
    def bad(self) -> bool:
        """Whether the sample in the bank to be read is bad."""
        return self._bad[self._read]

    @property
    def count(self) -> int:
        """Inputs kept in the bank to be read."""
        return self._counts[self._read]

    def errors(self, pixel: int | None, drop: bool) -> int:
        """Return the flags of the errors that an input raises which is offered now."""
        if pixel is None or not self.ready or drop or self._too_long or not self._guarded:
            return 0
        if pixel >= LAST:
            return GuardError.SHORT.flag if self._source != self._last else 0
        return GuardError.LONG.flag if self._source == self._last else 0

    def observe(self, pixel: int | None) -> dict[str, int]:
        """Return the record of this cycle, in which the host offers `pixel`."""
        intensity = (pixel or 0) % LAST
        write = self.ready and intensity > 0 and not self._too_long
        kept = {"value": intensity, "source": self._source}
        return {
            "ready": int(self.ready),
            "complete": int(self.complete),
            "count": self.count,
            "write": int(write),
            "write_address": self._kept | self._fill << self._bits if write else 0,
            "write_data": pack(self._fields, kept) if write else 0,
        }

    def clock(
        self, pixel: int | None, release: bool, address: int | None, drop: bool = False
    ) -> None:
        """End a cycle: take `pixel`, or drop the unfinished sample; release the read bank; read the
        word at `address`.
        """
        if address is not None:
            first, bank = address * self._lanes, self._banks[self._read]
            self.data = [bank.get(first + lane, (0, 0)) for lane in range(self._lanes)]
        read = self._read
        if drop:
            self._begin()
        elif pixel is not None and self.ready:
            self._take(pixel, self.errors(pixel, drop) != 0)
        if release:
            self._complete[read] = False
            self._read = 1 - read

    def _take(self, pixel: int, wrong: bool) -> None:
        fill = self._fill
        if pixel % LAST and not self._too_long:
            self._banks[fill][self._kept] = (self._source, pixel % LAST)
            self._kept += 1
        self._source += 1
        if pixel >= LAST:
            self._counts[fill] = self._kept
            self._bad[fill] = wrong or self._too_long
            self._complete[fill] = True
            self._fill = 1 - fill
            self._begin()
        elif wrong:
            self._too_long = True
