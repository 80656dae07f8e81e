"""Frames: what is encoded is decoded again, and no other bytes are taken for it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import frame
from erbium.golden.link.frames import (
    ESCAPE,
    FLAG,
    READ_LIMIT,
    WRITE_LIMIT,
    FrameError,
    FrameModel,
    Framer,
    LinkError,
    Reply,
    Status,
    decode_command,
    decode_reply,
    encode_command,
    encode_reply,
)
from tests.registers import FIXED, LOCKED, MISSING, PORT, Registers


@pytest.fixture
def registers() -> Registers:
    return Registers()


@pytest.fixture
def model(registers: Registers) -> FrameModel:
    return FrameModel(registers)


def ask(model: FrameModel, sequence: int, **command: object) -> Reply:
    """Send a command and return its reply."""
    return only(model.feed(encode_command(sequence, **command)))


def only(data: bytes) -> Reply:
    (content,) = Framer().feed(data)
    return decode_reply(content)


def contents() -> Iterator[bytes]:
    """Yield contents with many bytes that must be escaped."""
    rng = random.Random(1)
    for length in (0, 1, 2, 40, WRITE_LIMIT):
        yield bytes(length)
        yield bytes([FLAG] * length)
        yield bytes(rng.choice([FLAG, ESCAPE, 0, 0x20, rng.randrange(256)]) for _ in range(length))


@pytest.mark.parametrize("write", [*contents()])
def test_a_command_comes_out_as_it_went_in(write: bytes) -> None:
    sent = encode_command(7, write_address=0x1234, write=write, read_address=9, read_length=77)
    (content,) = Framer().feed(sent)
    command = decode_command(content)
    assert (command.sequence, command.write_address, command.write) == (7, 0x1234, write)
    assert (command.read_address, command.read_length) == (9, 77)
    assert sent.count(FLAG) == 2


@pytest.mark.parametrize("data", [*contents()])
def test_a_reply_comes_out_as_it_went_in(data: bytes) -> None:
    reply = Reply(255, data, Status.LOCKED)
    (content,) = Framer().feed(encode_reply(reply))
    assert decode_reply(content) == reply


def test_every_single_wrong_bit_is_noticed() -> None:
    (content,) = Framer().feed(encode_command(1, write_address=5, write=b"abc"))
    for bit in range(8 * len(content)):
        wrong = (int.from_bytes(content, "little") ^ 1 << bit).to_bytes(len(content), "little")
        with pytest.raises(FrameError, match=r"CRC.*send it again"):
            decode_command(wrong)


@pytest.mark.parametrize("size", range(13))
def test_what_is_cut_short_is_no_command(size: int) -> None:
    (content,) = Framer().feed(frame(bytes(max(0, size - 4))))
    with pytest.raises(FrameError, match="cut short"):
        decode_command(content[:size])


def test_a_length_that_is_wrong_is_noticed() -> None:
    (content,) = Framer().feed(frame(bytes([1, 3, 0, 0, 0, 0, 0, 0, 0, 65, 66])))
    with pytest.raises(FrameError, match="writes 3 bytes, and holds 2"):
        decode_command(content)
    for body, reason in (([1, 3, 0, 65, 0], "holds 3 bytes, and holds 1"), ([1, 0, 0, 9], "9")):
        (content,) = Framer().feed(frame(bytes(body)))
        with pytest.raises(FrameError, match=reason):
            decode_reply(content)


def test_more_than_a_command_holds_is_refused() -> None:
    with pytest.raises(ValueError, match=r"499 bytes at most, not 500; send several"):
        encode_command(1, write=bytes(WRITE_LIMIT + 1))
    with pytest.raises(ValueError, match="65536"):
        encode_command(1, read_length=READ_LIMIT + 1)


def test_frames_are_found_in_garbage() -> None:
    framer = Framer(limit=20)
    assert framer.feed(b"garbage") == []
    flag = bytes([FLAG])
    assert framer.feed(flag + flag + flag) == [b"garbage"]
    assert framer.feed(b"one" + flag + b"two" + flag) == [b"one", b"two"]
    assert framer.feed(bytes([ESCAPE]) + flag) == [None]
    assert framer.feed(b"a" + bytes([ESCAPE]) + flag + b"b" + flag) == [None, b"b"]
    assert framer.feed(bytes([ESCAPE, ESCAPE, ESCAPE, 0x5E]) + flag) == [b"\x5d\x7e"]
    assert framer.feed(bytes(20) + flag + bytes(21) + flag) == [bytes(20), None]


def test_a_write_is_done_once(model: FrameModel, registers: Registers) -> None:
    for _ in range(3):
        reply = ask(model, 1, write_address=5, write=b"ab", read_address=6, read_length=1)
        assert reply == Reply(1, b"b", Status.OK)
    assert registers.written == [(5, ord("a"), False), (6, ord("b"), True)]
    assert ask(model, 3, write_address=5, write=b"c", read_length=2) == Reply(
        3, bytes(2), Status.SEQUENCE
    )
    assert ask(model, 2, write_address=5, write=b"c").status is Status.OK
    assert registers.sequence == 2
    assert registers.errors == [LinkError.SEQUENCE]


def test_sequence_numbers_start_again(model: FrameModel, registers: Registers) -> None:
    for number in range(1, 260):
        assert ask(model, number % 256, write_address=5, write=b"x").status is Status.OK
    assert registers.sequence == 3
    assert len(registers.written) == 259


def test_a_read_has_any_sequence_number(model: FrameModel, registers: Registers) -> None:
    reply = ask(model, 99, read_address=FIXED - 1, read_length=3)
    assert reply == Reply(99, b"\0\x5a\0", Status.OK)
    assert registers.read_ == [(FIXED - 1, False), (FIXED, False), (FIXED + 1, True)]
    assert registers.sequence == 0


def test_a_port_keeps_its_address(model: FrameModel, registers: Registers) -> None:
    ask(model, 1, write_address=PORT - 1, write=b"abc", read_address=PORT, read_length=2)
    assert [address for address, *_ in registers.written] == [PORT - 1, PORT, PORT]
    assert registers.read_ == [(PORT, False), (PORT, True)]
    ask(model, 2, write_address=0xFFFF, write=b"de")
    assert [address for address, *_ in registers.written[3:]] == [0xFFFF, 0]


@pytest.mark.parametrize(
    ("address", "status"),
    [(MISSING, Status.ADDRESS), (LOCKED, Status.LOCKED), (FIXED, Status.READ_ONLY)],
)
def test_a_burst_ends_at_its_first_error(
    model: FrameModel, registers: Registers, address: int, status: Status
) -> None:
    for _ in range(2):
        reply = ask(model, 1, write_address=address - 1, write=b"abc", read_length=2)
        assert reply == Reply(1, bytes(2), status)
    assert registers.written == [(address - 1, ord("a"), False)]
    assert registers.read_ == []
    assert registers.errors == [LinkError(status)] * 2


def test_data_after_a_wrong_address_are_zeros(model: FrameModel, registers: Registers) -> None:
    registers.bytes |= {MISSING - 1: 1, MISSING + 1: 2}
    reply = ask(model, 1, read_address=MISSING - 1, read_length=3)
    assert reply == Reply(1, b"\1\0\0", Status.ADDRESS)
    assert len(registers.read_) == 2


def test_broken_commands_change_nothing(model: FrameModel, registers: Registers) -> None:
    ask(model, 1, write_address=5, write=b"x")
    good = encode_command(2, write_address=5, write=b"y")
    wrong = good[:3] + bytes([good[3] ^ 1]) + good[4:]
    for broken in (wrong, good[:-3] + good[-1:], b"\x7e?\x7e", b"\x7e" + bytes(600) + b"\x7e"):
        assert only(model.feed(broken)) == Reply(1, b"", Status.BROKEN)
    assert registers.errors == [LinkError.BROKEN] * 4
    assert model.feed(b"\x7e\x7e\x7e") == b""
    assert only(model.feed(good)).status is Status.OK


def test_lost_bytes_are_reported(model: FrameModel, registers: Registers) -> None:
    model.feed(encode_command(1, write_address=5, write=b"x")[:-1])
    model.lose(LinkError.FRAMING)
    model.lose(LinkError.OVERRUN)
    assert only(model.feed(bytes([FLAG]))).status is Status.OK
    assert registers.errors == [LinkError.FRAMING, LinkError.OVERRUN]


def test_a_reset_starts_again(model: FrameModel, registers: Registers) -> None:
    ask(model, 1, write_address=5, write=b"x")
    model.feed(b"some")
    model.reset()
    assert ask(model, 1, write_address=5, write=b"y").status is Status.OK
    assert registers.bytes[5] == ord("y")


def test_errors_of_the_line_have_the_numbers_of_their_status() -> None:
    assert {error.name for error in BusError} - {"NONE"} <= {status.name for status in Status}
    for status in Status:
        assert status is Status.OK or LinkError(status).name == status.name
