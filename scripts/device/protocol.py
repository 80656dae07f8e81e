"""Transactions that may be repeated: whatever becomes of the bytes, a command is done once.

The machine keeps the sequence number of the last writes that it has done. The same number again is
a repetition: it writes nothing, and reads. So a command whose reply is lost is simply sent again.
Only reads that move a pointer are not the same twice: such a transaction sets its pointer by its
own writes, and is sent again under a new number.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from erbium.golden.link.frames import (
    FLAG,
    SEQUENCES,
    FrameError,
    Framer,
    Reply,
    Status,
    decode_reply,
    encode_command,
)
from erbium.scripts.device.outcomes import REASONS, NoAnswer, Noisy, OutOfStep, Refused, Traffic
from erbium.scripts.device.transport import BITS_PER_BYTE, LinkLost, Transport

#: Tries without any sign of life from the machine; at the most with corrupted ones.
SILENT_TRIES, MOST_TRIES = 25, 1000

#: Tries of a long transaction before it is better to send a shorter one.
NOISY_TRIES = 4

#: Part of the time a machine may take that the first try waits for; then twice that, and so on.
FIRST_PART = 32

#: Bytes of silence after which nothing of an old reply can come.
QUIET = 64

#: Bytes that are read at once; a long reply is more likely to be broken.
READ_PIECE = 32

#: Bytes beyond those expected, after which there is no sense in reading on.
MOST_NOISE = 4096

#: Seconds to try to open a port again that is gone, and between two tries.
PATIENCE, PAUSE = 60.0, 0.5

#: Numbers of transactions that only read: far from those of the writes, so that a late reply is
#: known as one.
READ_NUMBERS = 64

#: Where a burst begins, and the bytes that are written.
Write = tuple[int, bytes]

#: Where a burst begins, and how many bytes are read.
Read = tuple[int, int]

NOTHING_WRITTEN: Write = (0, b"")
NOTHING_READ: Read = (0, 0)


class Link:
    """Commands to a machine, each done once and in order.

    Parameters
    ----------
    transport : Transport
        Carries the bytes.
    sequence_address : int
        Where the machine shows the number of the last writes that it has done.
    told : callable, optional
        Told what happens to the port meanwhile, in a line.
    """

    def __init__(
        self,
        transport: Transport,
        sequence_address: int,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        self.transport, self.traffic = transport, Traffic()
        self.patience = PATIENCE
        self._sequence_address, self._told = sequence_address, told
        self._framer = Framer()
        self._sequence: int | None = None
        # Of the last writes, done or not, and of the last read.
        self._last = self._reads = 0

    def begin(self) -> None:
        """Find the way into whatever has been on the line before."""
        self._sequence = None
        self._settle()

    def read(self, address: int, length: int) -> bytes:
        """Return `length` bytes from `address` on, which may be read twice."""
        pieces = range(address, address + length, READ_PIECE)
        return b"".join(self._read(a, min(READ_PIECE, address + length - a)) for a in pieces)

    def _read(self, address: int, length: int) -> bytes:
        self._reads = (self._reads + 1) % READ_NUMBERS
        number = (self._last + SEQUENCES // 2 + self._reads) % SEQUENCES
        return self._until_done(number, NOTHING_WRITTEN, (address, length), 0.0)

    def write(self, write: Write, read: Read = NOTHING_READ, *, seconds: float = 0.0) -> bytes:
        """Write, then read, as one transaction, whose writes are done once.

        Parameters
        ----------
        write : (int, bytes)
            Where the writes begin, and what is written.
        read : (int, int)
            Address and number of the bytes that are returned; they may be read twice.
        seconds : float
            For how long the machine may have to finish other work before.

        Raises
        ------
        NoAnswer, OutOfStep, Refused
        """
        number = self._next()
        answer = self._until_done(number, write, read, seconds)
        self._sequence = number
        return answer

    def write_anew(self, write: Write, read: Read = NOTHING_READ, *, seconds: float = 0.0) -> bytes:
        """Do the same for writes that may be done twice, and must be if it is read twice.

        Raises
        ------
        Noisy
            If a shorter transaction has a better chance.
        """
        for _ in range(NOISY_TRIES):
            number = self._next()
            reply = self._try(number, write, read, seconds)
            if reply is not None and reply.status is not Status.BROKEN:
                self._sequence = number
                return self._judged(reply, write, read)
            self._again(reply)
        raise Noisy(
            f"{len(write[1])} bytes written and {read[1]} read do not come through; use a shorter "
            "cable or a lower --baud"
        )

    def _next(self) -> int:
        """Return the number of the next writes. Until they are known to be done, only the machine
        knows whether they are.
        """
        if self._sequence is None:
            (self._sequence,) = self.read(self._sequence_address, 1)
        self._last, self._sequence = (self._sequence + 1) % SEQUENCES, None
        return self._last

    def _until_done(self, number: int, write: Write, read: Read, seconds: float) -> bytes:
        """Send a command until it is answered."""
        silent = 0
        for tries in range(MOST_TRIES):
            # Most are answered at once; what is sent in vain to a busy machine does no harm.
            reply = self._try(number, write, read, seconds * min(1, 2**tries / FIRST_PART))
            if reply is not None and reply.status is not Status.BROKEN:
                return self._judged(reply, write, read)
            silent = silent + 1 if reply is None else 0
            if silent == SILENT_TRIES:
                raise NoAnswer(
                    f"no answer from {self.transport.name} in {silent} tries at "
                    f"{self.transport.baud} baud; check cable and power, that the bitstream has "
                    "this link, and that --baud is its rate"
                )
            self._again(reply)
        raise NoAnswer(
            f"{MOST_TRIES} tries of a command of {len(write[1])} bytes arrived broken; use a "
            "shorter cable or a lower --baud"
        )

    def _again(self, reply: Reply | None) -> None:
        """Get ready to send a command again."""
        self.traffic.retries += 1
        self._settle(flag=reply is None)

    def _try(self, number: int, write: Write, read: Read, seconds: float) -> Reply | None:
        """Send a command once, and return the reply to it, or that it was broken; or None."""
        frame = encode_command(
            number, write_address=write[0], write=write[1], read_address=read[0],
            read_length=read[1],
        )  # fmt: skip
        self.traffic.transactions += 1
        wire = (len(frame) + 2 * (read[1] + QUIET)) * BITS_PER_BYTE / self.transport.baud
        try:
            # The flag that ended the last frame begins this one.
            self._send(frame[1:])
            return self._reply(number, read[1], wire + seconds)
        except LinkLost as error:
            self._reopen(error)
            return None

    def _reply(self, number: int, length: int, timeout: float) -> Reply | None:
        """Wait for the reply to a command; others are late ones, of commands sent before."""
        left, timeout = 2 * length + MOST_NOISE, timeout + self.transport.delay
        while left > 0 and (data := self.transport.read(left, timeout)):
            self.traffic.received += len(data)
            left -= len(data)
            for content in self._framer.feed(data):
                try:
                    reply = decode_reply(content)
                except FrameError:
                    continue
                ours = (reply.sequence, len(reply.data)) == (number, length)
                if ours or reply.status is Status.BROKEN:
                    return reply
        return None

    def _settle(self, *, flag: bool = True) -> None:
        """Wait until the line is silent; before, end with a flag what the machine may wait for."""
        quiet = QUIET * BITS_PER_BYTE / self.transport.baud + self.transport.latency
        left = MOST_NOISE
        try:
            if flag:
                self._send(bytes([FLAG]))
            while left > 0 and (data := self.transport.read(left, quiet)):
                self.traffic.received += len(data)
                left -= len(data)
        except LinkLost as error:
            self._reopen(error)
        self._framer = Framer()

    def _send(self, data: bytes) -> None:
        self.transport.write(data)
        self.traffic.sent += len(data)

    def _reopen(self, reason: LinkLost) -> None:
        """Open the port again as soon as it is there."""
        self._told(f"{reason}; waiting for it for {self.patience:.0f} s")
        until = time.monotonic() + self.patience
        while True:
            try:
                self.transport.reopen()
            except LinkLost as error:
                if time.monotonic() > until:
                    raise LinkLost(
                        f"{error}; plug it in and start again: what the machine has learned since "
                        "the last checkpoint is still in it, if it kept its power"
                    ) from reason
                time.sleep(PAUSE)
            else:
                self.traffic.reconnections += 1
                self._told("the port is there again")
                return

    def _judged(self, reply: Reply, write: Write, read: Read) -> bytes:
        """Return what was read, or say why nothing was."""
        where = ", ".join(
            f"{count} bytes {what} at {address:#06x}"
            for what, address, count in (
                ("written", write[0], len(write[1])), ("read", *read),
            )
            if count
        )  # fmt: skip
        if reply.status is Status.SEQUENCE:
            raise OutOfStep(
                f"the machine did not do command {reply.sequence} ({where}): another one is "
                "missing; let only one program use the port"
            )
        if reply.status is not Status.OK:
            raise Refused(reply.status, f"{REASONS[reply.status]} ({where})")
        return reply.data
