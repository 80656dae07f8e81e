"""Transactions: whatever the line does, every write is done once and in order."""

from __future__ import annotations

import re

import pytest

from erbium.golden.link.frames import Status, encode_command
from erbium.scripts.device import protocol
from erbium.scripts.device.noise import NoisyTransport
from erbium.scripts.device.outcomes import NoAnswer, Noisy, OutOfStep, Refused
from erbium.scripts.device.protocol import Link
from erbium.scripts.device.transport import DeviceError, LinkLost, Transport

from .line import COUNTER, READ_ONLY, SEQUENCE, Line


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait for a port that is gone."""
    monkeypatch.setattr(protocol, "PAUSE", 0.0)


def opened(transport: Transport) -> Link:
    link = Link(transport, SEQUENCE)
    link.begin()
    return link


def test_a_quiet_line_needs_no_repetition() -> None:
    line = Line()
    link = opened(line)
    for value in range(600):
        answer = link.write((value % 200, bytes([value % 256])), (value % 200, 1))
        assert answer == bytes([value % 256])
    assert [byte for _, byte in line.registers.done] == [value % 256 for value in range(600)]
    # One to find the sequence number.
    assert (link.traffic.transactions, link.traffic.retries) == (601, 0)
    assert link.read(0, 200) == bytes(line.registers.memory[:200])


@pytest.mark.parametrize("losses", [0.0, 0.1, 0.3])
@pytest.mark.parametrize("late", [0.0, 0.3])
@pytest.mark.parametrize("noise", [0.0, 0.02])
def test_every_write_is_done_once(losses: float, late: float, noise: float) -> None:
    line = Line(seed=1)
    link = opened(NoisyTransport(line, noise, 2))
    line.losses, line.late = losses, late
    for value in range(300):
        address = value % 7
        answer = link.write((address, bytes([value % 251])), (address, 1))
        assert answer == bytes([value % 251])
        # Late replies of writes are not taken for those of reads.
        assert link.read(address, 1) == bytes([value % 251])
    assert line.registers.done == [(value % 7, value % 251) for value in range(300)]
    assert (link.traffic.retries > 0) == (losses + late + noise > 0)


def test_reads_that_move_a_pointer_set_it_anew() -> None:
    line = Line(seed=3)
    link = opened(line)
    line.losses = 0.3
    for first in range(100):
        try:
            data = link.write_anew((COUNTER, bytes([first])), (COUNTER, 5))
        except Noisy:
            continue
        assert data == bytes(range(first, first + 5))
    assert link.traffic.retries > 10


def test_what_cannot_come_through_says_so() -> None:
    line = Line()
    link = opened(line)
    link.write((0, b"\1"))
    line.silent = True
    with pytest.raises(NoAnswer):
        link.write_anew((COUNTER, b"\1\2"), (COUNTER, 5))
    with pytest.raises(NoAnswer, match=r"no answer from line in 25 tries at 3000000 baud; check"):
        link.read(0, 1)
    with pytest.raises(NoAnswer):
        link.write((0, b"\2"))
    line.silent = False
    # Nobody knew whether it was done.
    link.write((0, b"\3"))
    assert [byte for _, byte in line.registers.done] == [1, 3]
    noisy = opened(NoisyTransport(Line(), 0.03, 1))
    with pytest.raises(Noisy, match=r"400 bytes written and 5 read .* lower --baud"):
        noisy.write_anew((COUNTER, bytes(400)), (COUNTER, 5))


def test_refusals_are_told_apart() -> None:
    link = opened(Line())
    with pytest.raises(Refused, match=r"no such register.*1 bytes written at 0x0400") as caught:
        link.write((0x400, b"\0"))
    assert caught.value.status is Status.ADDRESS
    with pytest.raises(Refused, match=r"not allow.*2 bytes written at 0x0300, 3 bytes read at 0x"):
        link.write((READ_ONLY, b"\0\0"), (0x10, 3))
    with pytest.raises(Refused, match=r"4 bytes read at 0x03fe"):
        link.read(0x3FE, 4)
    assert link.write((1, b"\1"), (1, 1)) == b"\1"


def test_another_program_at_the_port_is_noticed() -> None:
    line = Line()
    link = opened(line)
    link.write((0, b"\1"))
    line.write(encode_command(2, write=b"\7"))
    line.write(encode_command(3, write=b"\7"))
    # The other one reads its replies.
    line.read(1000, 0.0)
    with pytest.raises(OutOfStep, match="let only one program use the port"):
        link.write((0, b"\2"))
    link.write((0, b"\3"))
    assert line.registers.memory[0] == 3


def test_an_interrupted_write_leaves_the_number_to_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = Line()
    link = opened(line)
    link.write((0, b"\1"))
    for interrupted in (Line.write, Line.read):

        def interrupt(*_: object, real=interrupted) -> bytes:
            if real is Line.write:
                real(*_)
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(Line, interrupted.__name__, interrupt)
            with pytest.raises(KeyboardInterrupt):
                link.write((0, b"\2"))
        link.begin()
        link.write((0, b"\3"), (0, 1))
        assert line.registers.memory[0] == 3


def test_a_port_that_comes_back_is_gone_on_with() -> None:
    line, told = Line(), []
    link = Link(line, SEQUENCE, told.append)
    link.begin()
    for value in range(20):
        line.pulled = 3 if value % 5 == 2 else 0
        link.write((0, bytes([value])))
    assert [byte for _, byte in line.registers.done] == list(range(20))
    assert line.reopened == link.traffic.reconnections == 4
    assert told[:2] == [
        "'line' is gone: pulled; waiting for it for 60 s",
        "the port is there again",
    ]


def test_a_port_that_stays_away_is_given_up() -> None:
    line = Line()
    link = opened(line)
    line.pulled, link.patience = 1 << 30, 0.0
    with pytest.raises(LinkLost, match=r"no such file; plug it in and start again: what"):
        link.write((0, b"\1"))


@pytest.mark.parametrize("share", [-0.1, 1.5])
def test_noise_is_a_share(share: float) -> None:
    with pytest.raises(DeviceError, match=re.escape(f"must lie in 0 to 1, not {share}")):
        NoisyTransport(Line(), share, 0)
