"""Ways to a machine, by the name of a port: bytes there and back.

==========================  ===================================================================
``serial:///dev/ttyUSB1``   A serial port; needs the extra ``device``.
``sim:CONFIG``              The circuit behind the pins of its UART, as compiled Verilog; needs the
                            extra ``sim``.
``model:CONFIG``            The golden model behind the same bytes.
==========================  ===================================================================

CONFIG is a preset or the file of a configuration.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.config_file import find

#: Clock of a machine that is no hardware: its cycles take no time of ours.
CLOCK_HZ = 24_000_000

#: Bits on the wire for a byte: start, eight, stop.
BITS_PER_BYTE = 10


class DeviceError(Exception):
    """Something is wrong with a device or the way to it; the message says what to do."""


class LinkLost(DeviceError):
    """The port is gone: the cable was pulled, or the machine has no power."""


class Transport:
    """Bytes to a machine and back.

    Attributes
    ----------
    name : str
        The port.
    baud : int
        Bits a second on the wire.
    latency : float
        Seconds after which nothing that lies between the program and the wire can still come.
    delay : float
        Seconds that a reply may take longer, since the system has other things to do.
    """

    name: str
    baud: int
    latency = delay = 0.0

    def write(self, data: bytes) -> None:
        """Send bytes."""
        raise NotImplementedError

    def read(self, size: int, timeout: float) -> bytes:
        """Return 1 to `size` bytes as soon as there are any; none after `timeout` seconds."""
        raise NotImplementedError

    def wait(self, seconds: float) -> None:
        """Let time pass for the machine."""
        raise NotImplementedError

    def reopen(self) -> None:
        """Open the port again; raise `LinkLost` if that does not succeed."""
        raise LinkLost("this port cannot be opened again; open a new one")

    def close(self) -> None:
        """Release the port."""


def open_transport(port: str, *, baud: int, folder: Path) -> Transport:
    """Return the way to the machine at `port`.

    Parameters
    ----------
    port : str
        As above.
    baud : int
        Bits a second.
    folder : Path
        Where a simulated machine is built.

    Raises
    ------
    DeviceError
        If there is no such kind of port, or it cannot be opened.
    ConfigError
        If CONFIG is none.
    """
    kind, colon, rest = port.partition(":")
    if not colon or kind not in KINDS or not rest.removeprefix("//"):
        raise DeviceError(
            f"port {port!r} is none; give serial:///dev/ttyUSB1 for a serial port, or sim:CONFIG "
            "or model:CONFIG, where CONFIG is a preset or a file such as ./my.toml"
        )
    transport = KINDS[kind](rest, baud, folder)
    transport.name = port
    return transport


def configuration(port: str) -> Config | None:
    """Return the configuration that a port names; None if only the machine knows it."""
    kind, _, rest = port.partition(":")
    return None if kind == "serial" else find(rest)


def _serial(name: str, baud: int, _folder: Path) -> Transport:
    from erbium.scripts.device.serial_port import SerialTransport

    return SerialTransport(name.removeprefix("//"), baud)


def _model(name: str, baud: int, _folder: Path) -> Transport:
    from erbium.scripts.device.simulated import ModelTransport

    return ModelTransport(find(name), baud)


def _simulated(name: str, baud: int, folder: Path) -> Transport:
    from erbium.scripts.device.simulated import SimulatedTransport

    return SimulatedTransport(find(name), baud, folder)


KINDS: dict[str, Callable[[str, int, Path], Transport]] = {
    "serial": _serial,
    "model": _model,
    "sim": _simulated,
}
