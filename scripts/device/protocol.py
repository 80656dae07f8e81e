"""Transactions that may be repeated: whatever becomes of the bytes, a command is done once.

The machine keeps the sequence number of the last writes that it has done. The same number again is
a repetition: it writes nothing, and reads. So a command whose reply is lost is simply sent again.
Only reads that move a pointer are not the same twice: such a transaction sets its pointer by its
own writes, and is sent again under a new number.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from erbium.golden.link.frames import (
    FLAG,
    SEQUENCES,
    Framer,
    FrameError,
    Reply,
    Status,
    decode_reply,
    encode_command,
)
from erbium.golden.link import registers as map_
from erbium.scripts.device.transport import BITS_PER_BYTE, DeviceError, LinkLost, Transport

#: Tries without any sign of life from the machine; at the most with corrupted ones.
SILENT_TRIES, MOST_TRIES = 25, 1000

#: Tries of a long transaction before it is better to send a shorter one.
NOISY_TRIES = 4

#: Bytes of silence after which nothing of an old reply can come.
QUIET = 64

#: Seconds to try to open a port again that is gone, and between two tries.
PATIENCE, PAUSE = 60.0, 0.5

#: Numbers of transactions that only read: far from those of the writes, so that a late reply is
#: known as one.
READ_NUMBERS = 64


class NoAnswer(DeviceError):
    """The machine is silent."""


class Noisy(DeviceError):
    """A transaction does not come through, but the machine lives."""


class Refused(DeviceError):
    """The machine refuses a command.

    Attributes
    ----------
    status : Status
        Why.
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Traffic:
    """What went over a link.

    Attributes
    ----------
    sent, received : int
        Bytes, framing and repetitions included.
    transactions, retries : int
        Commands, and how often one had to be sent again.
    reconnections : int
        How often the port was opened again.
    """

    sent: int = 0
    received: int = 0
    transactions: int = 0
    retries: int = 0
    reconnections: int = 0


class Link:
    """Commands to a machine, each done once and in order.

    Parameters
    ----------
    transport : Transport
        Carries the bytes.
    lost : callable, optional
        Told why a port is gone that is about to be opened again.
    """

    def __init__(
        self, transport: Transport, lost: Callable[[str], None] = lambda reason: None
    ) -> None:
        self.transport, self.traffic = transport, Traffic()
        self.patience = PATIENCE
        self._lost = lost
        self._framer = Framer()
        self._sequence: int | None = None
        self._reads = 0

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes from `address` on; nothing happens by reading them twice."""
        return self._repeated(lambda: self._number_of_read(), (0, b""), (address, length), 0.0)

    def write(
        self, address: int, data: bytes, read: tuple[int, int] = (0, 0), *, seconds: float = 0.0
    ) -> bytes:
        """Write `data`, then read, as one transaction that is done once.

        Parameters
        ----------
        address, data : int, bytes
            Where the writes begin, and what is written.
        read : (int, int)
            Address and number of the bytes that are returned.
        seconds : float
            For how long the machine may have to finish other work before.

        Raises
        ------
        NoAnswer, Refused
        """
        number = self._next()
        # Whoever interrupts leaves it open whether it has been done.
        self._sequence = None
        answer = self._repeated(lambda: number, (address, data), read, seconds)
        self._sequence = number
        return answer

    def write_anew(
        self, address: int, data: bytes, read: tuple[int, int] = (0, 0), *, seconds: float = 0.0
    ) -> bytes:
        """Do the same, but for a transaction that can be done twice and must be, if its reads are
        to be the same.

        Raises
        ------
        Noisy
            If a shorter transaction has a better chance.
        """
        for _ in range(NOISY_TRIES):
            number = self._next()
            self._sequence = None
            reply = self._try(number, (address, data), read, seconds)
            if reply is not None and reply.sequence == number:
                self._sequence = number
                return self._judged(reply, (address, data), read)
            self.traffic.retries += 1
            self._settle()
        raise Noisy(
            f"{len(data)} bytes written and {read[1]} read at {address:#06x} do not come through; "
            "use a shorter cable or a lower --baud"
        )

    def begin(self) -> None:
        """Find the way into whatever has been on the line before."""
        self._sequence = None
        self._settle()

    def _next(self) -> int:
        """Return the number of the next write; the machine knows it if nobody else does."""
        if self._sequence is None:
            (self._sequence,) = self.read(map_.SEQUENCE.address, 1)
        return (self._sequence + 1) % SEQUENCES

    def _number_of_read(self) -> int:
        self._reads = (self._reads + 1) % READ_NUMBERS
        return ((self._sequence or 0) + SEQUENCES // 2 + self._reads) % SEQUENCES
