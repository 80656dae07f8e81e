"""Simulated port: real bytes, simulated time, and a UART that forgives two percent."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.golden.link.frames import Framer, Status, decode_reply, encode_command
from erbium.golden.presets import preset
from erbium.sim.link.port import PortClosed, SimulatedPort

TINY = preset("tiny")

#: Bytes of a reply that holds "ERBM".
REPLY = 14
ASK = encode_command(5, read_length=4)


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the circuit is compiled, once."""
    return tmp_path_factory.mktemp("port")


def identity(port: SimulatedPort) -> bytes:
    port.write(ASK)
    (content,) = Framer().feed(port.read(REPLY, 1e-3))
    reply = decode_reply(content)
    assert (reply.sequence, reply.status) == (5, Status.OK)
    return reply.data


@pytest.mark.parametrize("off", [-0.02, 0.0, 0.02])
def test_a_host_that_is_a_little_fast_or_slow_is_heard(build: Path, off: float) -> None:
    with SimulatedPort(TINY, build, off=off) as port:
        for _ in range(20):
            assert identity(port) == b"ERBM"
        # One command that is as long as it may be, without a pause between its bytes.
        port.write(encode_command(1, write_address=0x0140, write=b"\x7e\x7d\x55" * 166))
        (content,) = Framer().feed(port.read(10, 0.01))
        assert decode_reply(content).status is Status.OK
        assert port.wrong == 0


def test_time_is_that_of_the_circuit(build: Path) -> None:
    with SimulatedPort(TINY, build) as port:
        assert port.read(1, 0.001) == b""
        assert port.cycles == 24_000
        assert port.seconds == 0.001
        identity(port)
        # Fifteen bytes there and fourteen back, ten bits of eight cycles each, and little else.
        assert 29 * 80 <= port.cycles - 24_000 < 31 * 80 + 40
        before = port.cycles
        port.write(ASK)
        assert port.cycles == before
        assert port.read(3, 1.0)[0] == ASK[0]
        assert len(port.read(1000, 0.001)) == REPLY - 3


def test_a_reset_in_a_reply_cuts_it_short(build: Path) -> None:
    with SimulatedPort(TINY, build) as port:
        port.write(ASK)
        port.reset(20 * 80)
        assert len(port.read(REPLY, 0.001)) < REPLY
        assert identity(port) == b"ERBM"


def test_what_is_watched_is_recorded(build: Path) -> None:
    with SimulatedPort(TINY, build, watch=True) as port:
        port.record()
        identity(port)
        tape = port.recorded()
        assert tape[0][0] == 0
        assert tape[0][1]["rst"] == 1
        assert bytes(w["byte"] for _, w in tape if w["byte_valid"]) == ASK
        assert [cycle for cycle, _ in tape] == sorted({cycle for cycle, _ in tape})
        port.record(False)
        identity(port)
        assert port.recorded() == []


def test_a_closed_port_says_so(build: Path) -> None:
    port = SimulatedPort(TINY, build)
    port.close()
    port.close()
    for use in (lambda: port.write(b"x"), lambda: port.read(1, 0), lambda: port.cycles):
        with pytest.raises(PortClosed, match="open a new one"):
            use()
