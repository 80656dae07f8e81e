"""Frames: find them in a stream of bytes, and answer the commands in them, as the circuit does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import (
    COMMAND_LIMIT,
    ESCAPE,
    ESCAPED_BIT,
    FLAG,
    READ_LIMIT,
    SEQUENCES,
    WRITE_LIMIT,
    Command,
    FrameError,
    LinkError,
    Reply,
    Status,
    decode_command,
    decode_reply,
    encode_command,
    encode_reply,
)

__all__ = [
    "ESCAPE",
    "FLAG",
    "READ_LIMIT",
    "SEQUENCES",
    "WRITE_LIMIT",
    "Command",
    "FrameError",
    "FrameModel",
    "Framer",
    "LinkError",
    "Registers",
    "Reply",
    "Status",
    "decode_command",
    "decode_reply",
    "encode_command",
    "encode_reply",
]

#: Addresses count up to here and start again.
ADDRESSES = 1 << 16


class Framer:
    """Find frames in a stream of bytes.

    Parameters
    ----------
    limit : int, optional
        Bytes of the longest content.
    """

    def __init__(self, limit: int | None = None) -> None:
        self._limit = limit
        self._content = bytearray()
        self._any = self._escape = self._long = False

    def feed(self, data: Iterable[int]) -> list[bytes | None]:
        """Return the contents of the frames that end in `data`, escapes undone; None for one that
        ends with an escape or is too long. A frame of nothing is no frame.
        """
        contents = []
        for byte in data:
            if byte == FLAG:
                if self._any:
                    broken = self._escape or self._long
                    contents.append(None if broken else bytes(self._content))
                self._content.clear()
                self._any = self._escape = self._long = False
                continue
            self._any = True
            if byte == ESCAPE and not self._escape:
                self._escape = True
                continue
            self._take(byte ^ ESCAPED_BIT if self._escape else byte)
            self._escape = False
        return contents

    def _take(self, byte: int) -> None:
        if self._limit is not None and len(self._content) == self._limit:
            self._long = True
        else:
            self._content.append(byte)


class Registers(Protocol):
    """What frames ask of registers; `golden.link.device.RegisterModel` has it.

    Attributes
    ----------
    sequence : int
        Sequence number of the last write that was executed; set by the frames, and read by a host
        as a register.
    """

    sequence: int

    def write(self, address: int, byte: int, last: bool) -> BusError:
        """Write a byte, perhaps the last one of its burst."""

    def read(self, address: int, last: bool) -> tuple[int, BusError]:
        """Read a byte, perhaps the last one of its burst."""

    def stays(self, address: int) -> bool:
        """Return whether the next byte of a burst goes to the same address."""

    def report(self, error: LinkError) -> None:
        """Keep an error of the line."""


class FrameModel:
    """A device that answers commands at once: no byte takes time, so none is lost.

    Parameters
    ----------
    registers : Registers
    """

    def __init__(self, registers: Registers) -> None:
        self._registers = registers
        self.reset()

    def reset(self) -> None:
        """Forget a frame that has begun, and the sequence number."""
        self._framer = Framer(COMMAND_LIMIT)
        self._registers.sequence = 0
        self._written = Status.OK

    def feed(self, data: Iterable[int]) -> bytes:
        """Take bytes, and return the replies to the commands that end in them."""
        return b"".join(
            encode_reply(self._answer(content))
            for byte in data
            for content in self._framer.feed([byte])
        )

    def lose(self, error: LinkError) -> None:
        """Take a byte that was lost, and why."""
        self._registers.report(error)

    def _answer(self, content: bytes | None) -> Reply:
        try:
            command = decode_command(content)
        except FrameError:
            reply = Reply(self._registers.sequence, b"", Status.BROKEN)
        else:
            reply = self._execute(command)
        if reply.status is not Status.OK:
            self._registers.report(LinkError(reply.status))
        return reply

    def _execute(self, command: Command) -> Reply:
        status = self._write(command) if command.write else Status.OK
        data = bytearray(command.read_length)
        address = command.read_address
        for place in range(command.read_length if status is Status.OK else 0):
            last = place == command.read_length - 1
            byte, error = self._registers.read(address, last)
            if error is not BusError.NONE:
                status = Status(error)
                break
            data[place] = byte
            address = self._following(address)
        return Reply(command.sequence, bytes(data), status)

    def _write(self, command: Command) -> Status:
        """Write unless it is done already, or another command is missing."""
        kept = self._registers.sequence
        if command.sequence == kept:
            return self._written
        if command.sequence != (kept + 1) % SEQUENCES:
            return Status.SEQUENCE
        self._registers.sequence = command.sequence
        self._written = Status.OK
        address = command.write_address
        for place, byte in enumerate(command.write):
            error = self._registers.write(address, byte, place == len(command.write) - 1)
            if error is not BusError.NONE:
                self._written = Status(error)
                break
            address = self._following(address)
        return self._written

    def _following(self, address: int) -> int:
        return address if self._registers.stays(address) else (address + 1) % ADDRESSES
