"""Whole boards, reached through the pins of their UARTs alone: all cells of the chip, as placed.

Only the PLL is a wire, so that the clock that is simulated is the one that it would make.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE, Core
from erbium.golden.layout import Layout
from erbium.golden.link.codec import FLAG, Reply, decode_reply, encode_command, frame
from erbium.golden.link.identity import IDENTITY_BYTES, MAGIC
from erbium.golden.link.registers import register_map
from erbium.golden.link.uart import BAUD
from erbium.golden.presets import preset
from erbium.hw.board.boards import find_board
from erbium.hw.board.clock import POWER_ON
from erbium.hw.board.top import Top, link_of
from erbium.hw.verilog.linked import linked_name
from erbium.scripts.fpga.board_gates import board_gates, board_verilog
from erbium.sim.link.port import SimulatedPort
from tests.slow import slow_but

TINY = preset("tiny")

#: How each board is simulated: cells that must be in its netlist, or before synthesis.
BOARDS = {
    "icebreaker": ("SB_PLL40_PAD", "SB_IO", "SB_RAM40_4K", "SB_LUT4"),
    "hx8k": ("SB_PLL40_CORE", "SB_GB_IO", "SB_RAM40_4K", "SB_LUT4"),
    "ulx3s": ("EHXPLLL", "TRELLIS_IO", "DP16KD", "LUT4"),
    "tang-nano-9k": None,
}


class Host:
    """What a host does, command by command."""

    def __init__(self, port: SimulatedPort, config: Config) -> None:
        self.port = port
        self.map = register_map(config, clock_hz=port.clock_hz, baud=port.baud)
        self._sequence = 0

    def ask(self, address: int = 0, data: bytes = b"", *, at: int = 0, length: int = 0) -> bytes:
        """Write bytes, then read some; return these."""
        self._sequence = (self._sequence + bool(data)) % 256
        self.port.write(
            encode_command(
                self._sequence, write_address=address, write=data, read_address=at,
                read_length=length,
            )
        )  # fmt: skip
        reply = self._reply()
        assert (reply.sequence, reply.status) == (self._sequence, 0)
        assert len(reply.data) == length
        return reply.data

    def _reply(self) -> Reply:
        content, escaped = bytearray(), False
        while True:
            byte = self.port.read(1, 0.01)
            assert byte, "no answer"
            if byte[0] == FLAG:
                if content:
                    return decode_reply(bytes(content))
            elif byte[0] == 0x7D:
                escaped = True
            else:
                content.append(byte[0] ^ 0x20 * escaped)
                escaped = False

    def read(self, name: str) -> tuple[int, ...]:
        """Return the elements of a register."""
        register = self.map[name]
        return register.decode(self.ask(at=register.address, length=register.size))

    def write(self, name: str, data: bytes) -> None:
        """Write bytes from a register on."""
        self.ask(self.map[name].address, data)

    def learn(self, sample: np.ndarray, label: int, rate: int) -> None:
        """Send a sample, and wait for its result."""
        before = self.read("RESULTS")
        coded = b"".join(bytes([value]) if value else b"\0\1" for value in sample.tolist())
        self.write("LABEL", bytes([label]) + rate.to_bytes(2, "little") + coded)
        for _ in range(1000):
            if self.read("RESULTS") != before:
                return
        raise AssertionError("no result")

    def words(self, config: Config) -> np.ndarray:
        """Return the words of the weight memory, read byte by byte."""
        layout, size = Layout(config), -(-config.lanes * config.weight_bits // 8)
        self.write("WEIGHT_ADDRESS", bytes(4))
        found = []
        for _ in range(layout.weight_depth):
            data = self.ask(at=self.map["WEIGHT_DATA"].address, length=size)
            value = int.from_bytes(data, "little")
            weights = [value >> config.weight_bits * lane for lane in range(config.lanes)]
            half = 1 << (config.weight_bits - 1)
            found.append([((weight & (2 * half - 1)) ^ half) - half for weight in weights])
        return np.array(found)

    def load(self, config: Config, words: np.ndarray) -> None:
        """Write the words of the weight memory."""
        size = -(-config.lanes * config.weight_bits // 8)
        self.write("WEIGHT_ADDRESS", bytes(4))
        for row in words.tolist():
            mask = (1 << config.weight_bits) - 1
            value = sum((w & mask) << config.weight_bits * lane for lane, w in enumerate(row))
            self.write("WEIGHT_DATA", value.to_bytes(size, "little"))


def connected(
    name: str, config: Config, folder: Path, build_dir: Path, weights: list[np.ndarray] | None
) -> Host:
    """Return the host of a board whose power has come on."""
    board = find_board(name)
    clock = board.clock()
    top = Top(board, config, clock=clock, link=link_of("uart", weights=weights))
    if BOARDS[name] is None:
        text = board_verilog(board, top, name=linked_name(config))
        assert "rPLL" in text
    else:
        text, netlist = board_gates(board, config, top, folder, name=linked_name(config))
        assert all(netlist.count()[cell] > 0 for cell in BOARDS[name])
    hz = int(clock.mhz * 1_000_000)
    port = SimulatedPort(config, build_dir, clock_hz=hz, baud=BAUD, verilog=text)
    port.run(int(POWER_ON * hz) + 20)
    return Host(port, config)


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run, so that unchanged circuits are built once."""
    return Path(request.config.cache.mkdir("native"))


@pytest.mark.parametrize("name", slow_but(lambda name: name == "tang-nano-9k", BOARDS))
def test_board_learns_through_its_pins(name: str, tmp_path: Path, build_dir: Path) -> None:
    config = TINY
    draw = np.random.default_rng(8)
    golden = Core(config, [draw.integers(-90, 90, y.shape) for y in Core(config).weights])
    layout = Layout(config)
    host = connected(name, config, tmp_path, build_dir, None)
    # Who is there: all of what a device says of itself.
    constants = host.ask(at=0, length=IDENTITY_BYTES)
    expected = b"".join(
        register.encode(register.reset) for register in host.map if register.end <= IDENTITY_BYTES
    )
    assert constants[: len(MAGIC)] == MAGIC
    assert constants == expected
    host.load(config, layout.pack(golden.weights))
    for rate in (FULL_RATE, FULL_RATE, 100, 0, FULL_RATE):
        sample = draw.integers(0, 256, config.layers[0]) * draw.integers(0, 2, config.layers[0])
        label = int(draw.integers(config.layers[-1]))
        host.learn(sample, label, rate)
        result = golden.run(sample, label, rate)
        assert host.read("RESULTS")[0] >> 16 & 0xFF == result.winner
        assert host.read("COUNTS") == tuple(result.counts.tolist())
    words = host.words(config)
    assert (words == layout.pack(golden.weights)).all()
    states = [host.read(f"RANDOM_{kind.upper()}") for kind in vars(golden.random)]
    assert states == [(state,) for state in vars(golden.random).values()]
    # Garbage and a broken frame change nothing, and are told.
    host.port.write(bytes([1, 2, 3]) + frame(b"no command")[:-2] + b"\x55\x7e")
    host.port.run(20 * 10 * host.port.clock_hz // BAUD + 2000)
    host.port.read(1000, 0.0001)
    assert host.read("LINK_ERRORS") != (0,)
    assert (host.words(config) == words).all()
    assert host.port.wrong == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, cells in BOARDS.items() if cells])
def test_board_classifies_after_power_up(name: str, tmp_path: Path, build_dir: Path) -> None:
    draw = np.random.default_rng(9)
    golden = Core(TINY, [draw.integers(-90, 90, y.shape) for y in Core(TINY).weights])
    host = connected(name, TINY, tmp_path, build_dir, golden.weights)
    for label in range(TINY.layers[-1]):
        sample = draw.integers(0, 256, TINY.layers[0])
        host.learn(sample, label, 0)
        result = golden.run(sample, label, 0)
        assert host.read("COUNTS") == tuple(result.counts.tolist())
    assert (host.words(TINY) == Layout(TINY).pack(golden.weights)).all()
