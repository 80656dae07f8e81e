"""Machines that are no hardware: the circuit behind its pins, or the golden model."""

from __future__ import annotations

from pathlib import Path

from erbium.golden.config import Config
from erbium.scripts.device.transport import CLOCK_HZ, Transport


class ModelTransport(Transport):
    """The golden model behind the same bytes; it has answered before anybody reads.

    Parameters
    ----------
    config : Config
    baud : int
        What the machine says that its line has.
    """

    def __init__(self, config: Config, baud: int) -> None:
        from erbium.golden.link.device import RegisterModel
        from erbium.golden.link.frames import FrameModel

        self.name, self.baud = f"model:{config.name}", baud
        self.registers = RegisterModel(config, clock_hz=CLOCK_HZ, baud=baud)
        self.frames = FrameModel(self.registers)
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        """Send bytes; see `Transport`."""
        self._waiting += self.frames.feed(data)

    def read(self, size: int, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        data = bytes(self._waiting[:size])
        del self._waiting[:size]
        return data

    def wait(self, seconds: float) -> None:
        """Nothing happens by itself."""


class SimulatedTransport(Transport):
    """The circuit behind the pins of its UART; its time is counted in its clock cycles.

    Parameters
    ----------
    config : Config
    baud : int
    folder : Path
        Where it is built.
    """

    def __init__(self, config: Config, baud: int, folder: Path) -> None:
        from erbium.sim.link.port import SimulatedPort

        self.name, self.baud = f"sim:{config.name}", baud
        self.port = SimulatedPort(config, folder, clock_hz=CLOCK_HZ, baud=baud)

    def write(self, data: bytes) -> None:
        """Send bytes; see `Transport`."""
        self.port.write(data)

    def read(self, size: int, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        first = self.port.read(1, timeout)
        return first + self.port.read(size - 1, 0.0) if first else first

    def wait(self, seconds: float) -> None:
        """Let the circuit run; see `Transport`."""
        self.port.run(round(seconds * CLOCK_HZ))

    def close(self) -> None:
        """Release the port; see `Transport`."""
        self.port.close()
