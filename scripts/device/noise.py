"""A bad line: bytes that arrive as others, both ways, always the same ones for a seed."""

from __future__ import annotations

import random

from erbium.scripts.device.transport import DeviceError, Transport

#: Decides which bytes of a command's line are corrupted.
NOISE_SEED = 1


class NoisyTransport(Transport):
    """A way to a machine on which bytes are corrupted.

    Parameters
    ----------
    transport : Transport
        The way itself.
    share : float
        Of all bytes, those that arrive as another one; 0 to 1.
    seed : int
        Decides which.

    Attributes
    ----------
    corrupted : int
        Bytes so far.
    """

    def __init__(self, transport: Transport, share: float, seed: int) -> None:
        if not 0 <= share <= 1:
            raise DeviceError(f"a share of corrupted bytes must lie in 0 to 1, not {share}")
        self.name, self.baud = transport.name, transport.baud
        self.latency, self.delay = transport.latency, transport.delay
        self._transport, self._share = transport, share
        self._random = random.Random(seed)
        self.corrupted = 0

    def _line(self, data: bytes) -> bytes:
        return bytes(self._corrupted(byte) for byte in data)

    def _corrupted(self, byte: int) -> int:
        if self._random.random() >= self._share:
            return byte
        self.corrupted += 1
        return byte ^ self._random.randrange(1, 256)

    def write(self, data: bytes) -> None:
        """Send bytes; see `Transport`."""
        self._transport.write(self._line(data))

    def read(self, size: int, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        return self._line(self._transport.read(size, timeout))

    def wait(self, seconds: float) -> None:
        """Let time pass; see `Transport`."""
        self._transport.wait(seconds)

    def reopen(self) -> None:
        """Open the port again; see `Transport`."""
        self._transport.reopen()

    def close(self) -> None:
        """Release the port; see `Transport`."""
        self._transport.close()
