"""Sample code: what the bytes of a sample mean; dark inputs and quiet sources hardly take any.

Pixels: a byte that is not 0 is an intensity. A 0 and the number after it are so many dark inputs,
256 if that is 0; a 0 that ends a sample is one dark input.
Events: 1 to 254 is an event, so far after the last one of its tick, or after -1. 255 moves on by
254 without an event, unless it ends the sample. 0 ends the tick.
"""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.layout import Layout

#: Dark inputs that one run can stand for.
LONGEST_RUN = 256

#: The byte that moves on without an event.
STEP = 255


class PixelDecoder:
    """Decode pixels as the circuit does; see `hw.link.sample_port.PixelPort`."""

    #: All bytes have a meaning.
    wrong = False

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget a run that has begun."""
        self._run = False

    def feed(self, byte: int, ends: bool) -> bytes:
        """Take a byte, perhaps the last of its sample; return the intensities that follow."""
        if self._run:
            self._run = False
            return bytes(byte or LONGEST_RUN)
        self._run = byte == 0 and not ends
        return b"" if self._run else bytes([byte])


class EventDecoder:
    """Decode events as the circuit does; see `hw.link.sample_port.EventPort`.

    Attributes
    ----------
    wrong : bool
        There was a source in this sample that the core's wires cannot tell from a good one.
    """

    def __init__(self, config: Config) -> None:
        self._limit = 1 << Layout(config).source_bits
        self._tells = config.layers[0] < self._limit
        self.clear()

    def clear(self) -> None:
        """Begin a sample."""
        self._base, self.wrong = 0, False

    def feed(self, byte: int, ends: bool) -> list[Event]:
        """Take a byte, perhaps the last of its sample; return the events that follow: one or none.
        `wrong` must be asked for before `clear`, which the last byte does not do.
        """
        if byte == 0:
            self._base = 0
            return [Event(0, end=True, last=ends)]
        source = self._base + byte - 1
        if byte == STEP and not ends:
            self._base = source
            return []
        self._base = source + 1
        if source >= self._limit:
            self.wrong |= not self._tells
            source = self._limit - 1
        return [Event(source, last=ends)]
