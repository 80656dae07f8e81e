"""Codec: what a frame of the link holds, and the bytes that it is sent as; see docs/link.md.

A frame stands between two flags (RFC 1662), so that a receiver finds its way again after garbage.
It ends with a CRC-32. A command is a burst of writes, then a burst of reads; either may be empty.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum

from erbium.golden.link.bus import BusError

#: Begins and ends a frame; one flag may do both.
FLAG = 0x7E

#: Stands before a flag or an escape in a frame; the byte after it comes with a bit flipped.
ESCAPE = 0x7D
ESCAPED_BIT = 0x20

#: Bytes of the longest command between its flags, when escapes are undone.
COMMAND_LIMIT = 512

#: Sequence number, then length and address of the writes, then of the reads.
HEADER = struct.Struct("<BHHHH")

#: Sequence number and length of the data.
REPLY_HEADER = struct.Struct("<BH")

CRC_BYTES = 4

#: Bytes that one command can write.
WRITE_LIMIT = COMMAND_LIMIT - HEADER.size - CRC_BYTES

#: Bytes that one command can read.
READ_LIMIT = 0xFFFF

#: Sequence numbers count up to here and start again.
SEQUENCES = 256


class Status(IntEnum):
    """What became of a command: nothing wrong, a `BusError`, or why the command was not done."""

    OK = 0
    ADDRESS = BusError.ADDRESS
    LOCKED = BusError.LOCKED
    READ_ONLY = BusError.READ_ONLY
    SEQUENCE = 4
    BROKEN = 5


class LinkError(IntEnum):
    """What a device reports of its line: every status that is not OK, and bytes that were lost
    because a command was being answered, or because their stop bit was missing.
    """

    ADDRESS = Status.ADDRESS
    LOCKED = Status.LOCKED
    READ_ONLY = Status.READ_ONLY
    SEQUENCE = Status.SEQUENCE
    BROKEN = Status.BROKEN
    OVERRUN = 6
    FRAMING = 7


class FrameError(ValueError):
    """A frame that cannot be what was sent."""


@dataclass(frozen=True)
class Command:
    """A command, as a device takes it."""

    sequence: int
    write_address: int = 0
    write: bytes = b""
    read_address: int = 0
    read_length: int = 0


@dataclass(frozen=True)
class Reply:
    """What a device answers to a command."""

    sequence: int
    data: bytes
    status: Status


def frame(content: bytes) -> bytes:
    """Return a frame: CRC, escapes and flags are added."""
    content += struct.pack("<I", zlib.crc32(content))
    escaped = content.replace(bytes([ESCAPE]), bytes([ESCAPE, ESCAPE ^ ESCAPED_BIT]))
    escaped = escaped.replace(bytes([FLAG]), bytes([ESCAPE, FLAG ^ ESCAPED_BIT]))
    return bytes([FLAG]) + escaped + bytes([FLAG])


def _checked(content: bytes | None, header: struct.Struct, kind: str) -> bytes:
    """Return what a frame holds before its CRC."""
    if content is None:
        raise FrameError(f"a {kind} ends with an escape, or is too long; send it again")
    if len(content) < header.size + CRC_BYTES:
        raise FrameError(f"a {kind} of {len(content)} bytes is cut short; send it again")
    body, crc = content[:-CRC_BYTES], content[-CRC_BYTES:]
    if zlib.crc32(body) != int.from_bytes(crc, "little"):
        raise FrameError(f"the CRC of a {kind} of {len(content)} bytes is wrong; send it again")
    return body


def encode_command(
    sequence: int,
    *,
    write_address: int = 0,
    write: bytes = b"",
    read_address: int = 0,
    read_length: int = 0,
) -> bytes:
    """Return a command's frame, flags included.

    Raises
    ------
    ValueError
        If more is written or read than one command can.
    """
    if len(write) > WRITE_LIMIT:
        raise ValueError(
            f"one command writes {WRITE_LIMIT} bytes at most, not {len(write)}; send several"
        )
    if not 0 <= read_length <= READ_LIMIT:
        raise ValueError(
            f"one command reads 0 to {READ_LIMIT} bytes, not {read_length}; send several"
        )
    header = HEADER.pack(sequence % SEQUENCES, len(write), write_address, read_length, read_address)
    return frame(header + bytes(write))


def decode_command(content: bytes | None) -> Command:
    """Return the command in the content of a frame.

    Raises
    ------
    FrameError
        If the content cannot be what was sent.
    """
    body = _checked(content, HEADER, "command")
    sequence, length, write_address, read_length, read_address = HEADER.unpack_from(body)
    write = body[HEADER.size :]
    if length != len(write):
        raise FrameError(f"a command says that it writes {length} bytes, and holds {len(write)}")
    return Command(sequence, write_address, write, read_address, read_length)


def encode_reply(reply: Reply) -> bytes:
    """Return a reply's frame, flags included."""
    header = REPLY_HEADER.pack(reply.sequence, len(reply.data))
    return frame(header + reply.data + bytes([reply.status]))


def decode_reply(content: bytes | None) -> Reply:
    """Return the reply in the content of a frame.

    Raises
    ------
    FrameError
        If the content cannot be what was sent.
    """
    body = _checked(content, REPLY_HEADER, "reply")
    sequence, length = REPLY_HEADER.unpack_from(body)
    data, status = body[REPLY_HEADER.size : -1], body[-1]
    if len(body) != REPLY_HEADER.size + length + 1:
        raise FrameError(f"a reply says that it holds {length} bytes, and holds {len(data)}")
    if status not in Status.__members__.values():
        raise FrameError(f"a reply has the unknown status {status}; is the host too old?")
    return Reply(sequence, data, Status(status))
