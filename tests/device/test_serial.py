"""A serial port without hardware: two ends of a terminal, the golden model at the other one."""

from __future__ import annotations

import builtins
import os
import threading
import tty
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from erbium.extras import MissingExtra
from erbium.golden.core import Core
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.frames import FrameModel
from erbium.golden.presets import preset
from erbium.scripts.device import protocol
from erbium.scripts.device.device import Device
from erbium.scripts.device.outcomes import NoAnswer
from erbium.scripts.device.serial_port import SerialTransport
from erbium.scripts.device.transport import DeviceError, LinkLost

from .conftest import drawn
from .line import BAUD

TINY = preset("tiny")


class Board:
    """The golden model at one end of a terminal, behind a name that stays when it is pulled.

    Attributes
    ----------
    port : str
        The other end, as a port.
    """

    def __init__(self, name: Path) -> None:
        self.port, self._name = f"serial://{name}", name
        self._registers = RegisterModel(TINY, clock_hz=24_000_000, baud=BAUD)
        self._frames = FrameModel(self._registers)
        self.deaf = False
        self.plug()

    def plug(self) -> None:
        """Make a terminal, and answer at it."""
        self._end, self._other = os.openpty()
        for end in (self._end, self._other):
            tty.setraw(end)
        self._name.symlink_to(os.ttyname(self._other))
        self.pulled = False
        self._thread = threading.Thread(target=self._serve, args=(self._end,))
        self._thread.start()

    def _serve(self, end: int) -> None:
        with suppress(OSError):
            while (data := os.read(end, 4096)) and not self.pulled:
                if not self.deaf:
                    os.write(end, self._frames.feed(data))
        os.close(end)

    def pull(self, *, power: bool = True) -> None:
        """Take the terminal away, perhaps with the power of the machine."""
        self.pulled = True
        os.write(self._other, b"~")
        self._thread.join()
        os.close(self._other)
        self._name.unlink()
        if not power:
            self._registers.reset()
            self._frames.reset()


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    monkeypatch.setattr(SerialTransport, "latency", 0.02)
    monkeypatch.setattr(protocol, "PAUSE", 0.01)
    board = Board(tmp_path / "tty")
    yield board
    if not board.pulled:
        board.pull()


def test_a_serial_port_is_a_machine(board: Board) -> None:
    samples, labels = drawn(TINY, 30)
    core = Core(TINY)
    with Device.open(board.port, "tiny") as device:
        assert device.config == TINY
        winners = [core.run(x, int(k)).winner for x, k in zip(samples, labels, strict=True)]
        assert device.train(samples, labels).tolist() == winners
        weights = device.save_weights()
    assert all(map(np.array_equal, weights, core.weights))


def test_only_one_program_has_the_port(board: Board) -> None:
    with Device.open(board.port), pytest.raises(DeviceError, match=r"cannot open '.*tty' at 30"):
        Device.open(board.port)


def test_a_cable_that_was_pulled_and_comes_back(board: Board) -> None:
    samples, labels = drawn(TINY, 40)
    core, told = Core(TINY), []

    def pull(_phase: str, done: int, _total: int, _correct: int | None) -> None:
        if done in (5, 20):
            board.pull()
            threading.Timer(0.2, board.plug).start()

    with Device.open(board.port, told=told.append) as device:
        winners = [core.run(x, int(k)).winner for x, k in zip(samples, labels, strict=True)]
        assert device.train(samples, labels, report=pull).tolist() == winners
        assert all(map(np.array_equal, device.save_weights(), core.weights))
        assert device.traffic.reconnections == 2
    assert len(told) == 4
    assert "is gone" in told[0]


def test_a_cable_that_was_pulled_with_the_power(board: Board) -> None:
    samples, labels = drawn(TINY, 10)

    def pull(_phase: str, done: int, _total: int, _correct: int | None) -> None:
        if done == 5:
            board.pull(power=False)
            board.plug()

    text = "was reset meanwhile, or has lost its power"
    with Device.open(board.port) as device, pytest.raises(DeviceError, match=text):
        device.train(samples, labels, report=pull)


def test_a_cable_that_stays_away(board: Board, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "PATIENCE", 0.05)
    with Device.open(board.port) as device:
        board.pull()
        with pytest.raises(LinkLost, match="plug it in and start again"):
            device.errors()


def test_a_port_without_a_machine(
    board: Board, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board.deaf = True
    monkeypatch.setattr(protocol, "SILENT_TRIES", 3)
    monkeypatch.setattr(SerialTransport, "delay", 0.05)
    with pytest.raises(NoAnswer, match=rf"no answer from {board.port} in 3 tries at 9600 baud"):
        Device.open(board.port, baud=9600)
    with pytest.raises(DeviceError, match=r"cannot open '.*/absent' at 3000000 .*; (ports|there)"):
        Device.open(f"serial://{tmp_path / 'absent'}")


def test_without_pyserial(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name == "serial":
            raise ModuleNotFoundError("No module named 'serial'", name="serial")
        return real(name, *args, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    text = r"port serial:/dev/tty: pyserial is not installed; .*'erbium-hdl\[device\]'"
    with pytest.raises(MissingExtra, match=text):
        Device.open("serial:///dev/tty")
    # Others need it not.
    Device.open("model:tiny").close()
