"""A machine at a serial port, which may be pulled and come back."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from erbium.extras import MissingExtra, not_installed
from erbium.scripts.device.transport import DeviceError, LinkLost, Transport

#: Seconds that a USB bridge and the system may keep bytes; FTDI's bridges wait for 16 ms.
LATENCY = 0.05

#: Seconds for which a busy system may leave a reply lying.
DELAY = 0.3

#: Seconds after which a port that takes no bytes counts as gone.
WRITE_TIMEOUT = 10


class SerialTransport(Transport):
    """Bytes through a serial port.

    Parameters
    ----------
    name : str
        Such as /dev/ttyUSB1 or COM3.
    baud : int
        Bits a second.

    Raises
    ------
    MissingExtra
        Without pyserial.
    DeviceError
        If the port cannot be opened.
    """

    latency, delay = LATENCY, DELAY

    def __init__(self, name: str, baud: int) -> None:
        try:
            import serial
        except ModuleNotFoundError as error:
            raise MissingExtra(f"port serial:{name}: {not_installed('pyserial')}") from error
        self._serial = serial
        self.name, self.path, self.baud = name, name, baud
        try:
            self._port = self._open()
        except LinkLost as error:
            raise DeviceError(f"{error}; {self._others()}") from error

    def _open(self) -> object:
        module = self._serial
        try:
            port = module.Serial(
                self.path, self.baud, exclusive=True, timeout=0, write_timeout=WRITE_TIMEOUT
            )
        except (module.SerialException, OSError, ValueError) as error:
            raise LinkLost(f"cannot open '{self.path}' at {self.baud} baud: {error}") from error
        # Bridges that can be told to wait for no further bytes; terminals and other systems cannot.
        with contextlib.suppress(OSError, ValueError, AttributeError, NotImplementedError):
            port.set_low_latency_mode(True)
        port.reset_input_buffer()
        return port

    def _others(self) -> str:
        from serial.tools.list_ports import comports

        known = ", ".join(sorted(port.device for port in comports()))
        return (
            f"ports there are: {known}" if known else "there is no serial port; plug the board in"
        )

    @contextlib.contextmanager
    def _losing(self) -> Iterator[None]:
        try:
            yield
        except (self._serial.SerialException, OSError, TypeError) as error:
            # pyserial raises TypeError where another thread has closed the port meanwhile.
            raise LinkLost(f"'{self.path}' is gone: {error}") from error

    def write(self, data: bytes) -> None:
        """Send bytes; see `Transport`."""
        with self._losing():
            self._port.write(data)

    def read(self, size: int, timeout: float) -> bytes:
        """Return what came; see `Transport`."""
        with self._losing():
            self._port.timeout = timeout
            first = self._port.read(1)
            if not first:
                return first
            more = min(size - 1, self._port.in_waiting)
            return first + (self._port.read(more) if more else b"")

    def wait(self, seconds: float) -> None:
        """Let time pass; see `Transport`."""
        time.sleep(seconds)

    def reopen(self) -> None:
        """Open the port again; see `Transport`."""
        self.close()
        self._port = self._open()

    def close(self) -> None:
        """Release the port; see `Transport`."""
        with contextlib.suppress(self._serial.SerialException, OSError):
            self._port.close()
