"""A machine of mere bytes behind a line on which anything can happen."""

from __future__ import annotations

import random

from erbium.golden.link.bus import BusError
from erbium.golden.link.frames import FrameModel, LinkError
from erbium.scripts.device.transport import LinkLost, Transport

#: Bits a second of all lines here.
BAUD = 3_000_000

#: Where the machine shows its sequence number, and has a port that counts up.
SEQUENCE, COUNTER, READ_ONLY, LAST = 0x103, 0x200, 0x300, 0x3FF


class Bytes:
    """Registers that keep bytes, and note every write that is done."""

    def __init__(self) -> None:
        self.sequence = self.counter = 0
        self.memory = bytearray(LAST + 1)
        self.done: list[tuple[int, int]] = []
        self.errors: list[LinkError] = []

    def write(self, address: int, byte: int, last: bool) -> BusError:
        if address > LAST:
            return BusError.ADDRESS
        if address >= READ_ONLY:
            return BusError.READ_ONLY
        self.done.append((address, byte))
        self.memory[address] = byte
        if address == COUNTER:
            self.counter = byte
        return BusError.NONE

    def read(self, address: int, last: bool) -> tuple[int, BusError]:
        if address > LAST:
            return 0, BusError.ADDRESS
        if address == SEQUENCE:
            return self.sequence, BusError.NONE
        if address == COUNTER:
            self.counter += 1
            return self.counter - 1 & 255, BusError.NONE
        return self.memory[address], BusError.NONE

    def stays(self, address: int) -> bool:
        return address == COUNTER

    def report(self, error: LinkError) -> None:
        self.errors.append(error)


class Line(Transport):
    """A line to `Bytes`.

    Attributes
    ----------
    losses : float
        Part of all writes and reads of the line that is lost whole.
    late : float
        Part of the replies that come only after the next command.
    pulled : int
        Times that the port will be gone from now on.
    silent : bool
        The machine has no power.
    """

    name, baud = "line", BAUD

    def __init__(self, seed: int = 0) -> None:
        self.registers = Bytes()
        self.frames = FrameModel(self.registers)
        self.losses = self.late = 0.0
        self.pulled = self.reopened = 0
        self.silent = False
        self._random = random.Random(seed)
        self._waiting, self._delayed = bytearray(), bytearray()

    def write(self, data: bytes) -> None:
        if self.pulled:
            raise LinkLost("'line' is gone: pulled")
        if self.silent or self._random.random() < self.losses:
            return
        replies = self.frames.feed(data)
        if len(data) > 1:
            self._waiting += self._delayed
            self._delayed.clear()
        if self._random.random() < self.late:
            self._delayed += replies
        elif self._random.random() >= self.losses:
            self._waiting += replies

    def read(self, size: int, timeout: float) -> bytes:
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data

    def wait(self, seconds: float) -> None:
        """Nothing happens by itself."""

    def reopen(self) -> None:
        if self.pulled > 1:
            self.pulled -= 1
            raise LinkLost("cannot open 'line': no such file")
        self.pulled = 0
        self.reopened += 1
