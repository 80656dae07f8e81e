# amaranth: UnusedElaboratable=no
"""Simulated port: a serial port at whose other end is the Verilog of a core behind its UART.

Time is the circuit's: it passes while somebody waits for bytes, as fast as compiled code runs.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np

from erbium.golden.config import Config
from erbium.golden.link.uart import BAUD, CLOCK_HZ, divider
from erbium.hw.verilog.emission import emit
from erbium.hw.verilog.linked import emit_linked, linked_name
from erbium.sim.engines.library import compile_model
from erbium.sim.link.watched import Watched

DRIVER = Path(__file__).with_name("port.cpp")

#: What can be sent beside bytes; as in port.cpp.
_BROKEN, _PAUSE = 1, 2


class PortClosed(OSError):
    """The port has been closed."""


class SimulatedPort:
    """A serial port, at whose other end is the circuit of a core behind its UART.

    Parameters
    ----------
    config : Config
    build_dir : Path or str
        Where compiled circuits are kept and found again.
    clock_hz, baud : int
        Frequency of the circuit's clock, and bits a second on the line.
    watch : bool
        Be able to record what goes in and out of the core; see `recorded`.
    off : float
        How much the host is slower than `baud`, such as 0.02.
    verilog : str, optional
        Text to compile in place of the configuration's own, such as a board's netlist, with a
        module of the same name and ports; nothing in it can be watched.

    Raises
    ------
    ValueError
        If the clock cannot make this rate.
    ToolError, BuildError
        If the circuit cannot be compiled.
    """

    def __init__(
        self,
        config: Config,
        build_dir: Path | str,
        *,
        clock_hz: int = CLOCK_HZ,
        baud: int = BAUD,
        watch: bool = False,
        off: float = 0.0,
        verilog: str | None = None,
    ) -> None:
        self.config, self.clock_hz, self.baud = config, clock_hz, baud
        cycles = divider(clock_hz, baud)
        library, self._watched = _compiled(
            config, Path(build_dir).resolve(), clock_hz=clock_hz, baud=baud, watch=watch,
            verilog=verilog,
        )  # fmt: skip
        self._library = _declared(ctypes.CDLL(str(library)))
        self._port = ctypes.c_void_p(self._library.port_create())
        self._library.port_bit_time(self._port, ctypes.c_double(cycles * (1 + off)))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Give the circuit back; nothing else can be done with it."""
        if getattr(self, "_port", None) is not None:
            self._library.port_destroy(self._port)
            self._port = None

    @property
    def _open(self) -> ctypes.c_void_p:
        if self._port is None:
            raise PortClosed("the simulated port has been closed; open a new one")
        return self._port

    @property
    def cycles(self) -> int:
        """Clock cycles that have passed."""
        return self._library.port_cycles(self._open)

    @property
    def seconds(self) -> float:
        """Simulated time that has passed."""
        return self.cycles / self.clock_hz

    @property
    def wrong(self) -> int:
        """Bytes of the circuit that had no stop bit."""
        return self._library.port_wrong(self._open)

    def write(self, data: bytes) -> None:
        """Send bytes after those that are still to be sent; they leave while time passes."""
        self._library.port_write(self._open, bytes(data), _long(len(data)))

    def read(self, size: int, timeout: float) -> bytes:
        """Return so many bytes; fewer if they do not come in so many seconds of simulated time."""
        limit = round(timeout * self.clock_hz)
        there = self._library.port_wait(self._open, _long(size), _long(limit))
        data = np.zeros(min(size, there), dtype=np.uint8)
        self._library.port_read(self._open, _pointer(data), _long(data.size))
        return data.tobytes()

    def read_all(self) -> bytes:
        """Return all bytes that are there."""
        return self.read(self._library.port_wait(self._open, _long(0), _long(0)), 0)

    def write_broken(self, byte: int) -> None:
        """Send a byte whose stop bit is missing."""
        self._library.port_item(self._open, _BROKEN, byte)

    def pause(self, cycles: int) -> None:
        """Send nothing for so many cycles, after all that is to be sent."""
        self._library.port_item(self._open, _PAUSE, cycles)

    def flush(self) -> None:
        """Let time pass until all has been sent but the last bit."""
        self._library.port_flush(self._open)

    def run(self, cycles: int) -> None:
        """Let so many cycles pass."""
        self._library.port_wait(self._open, _long(1 << 62), _long(cycles))

    def reset(self, cycles: int = 0) -> None:
        """Put the reset wire up for one cycle, so many cycles from now."""
        self._library.port_reset(self._open, _long(cycles))

    def record(self, on: bool = True) -> None:
        """Begin or stop recording what is watched."""
        self._library.port_record(self._open, int(on))

    def recorded(self) -> list[tuple[int, dict[str, int]]]:
        """Return what was recorded since the last call: the cycles in which something watched
        changed, and all of it.
        """
        size = 2 + self._watched.words
        count = self._library.port_recorded(self._open)
        words = np.zeros((count // size, size), dtype="<u4")
        self._library.port_tape(self._open, _pointer(words))
        return [
            (
                int.from_bytes(row[:8], "little"),
                self._watched.unpack(int.from_bytes(row[8:], "little")),
            )
            for row in (line.tobytes() for line in words)
        ]


@cache
def _compiled(
    config: Config, folder: Path, *, clock_hz: int, baud: int, watch: bool, verilog: str | None
) -> tuple[Path, Watched | None]:
    """Return the library of a circuit, and what it lets be watched; made once in a process, since
    to emit a circuit takes longer than to use it.
    """
    name, watched = linked_name(config), None
    header = f"constexpr int DIVIDER = {divider(clock_hz, baud)};\n"
    if watch:
        watched = Watched(config, clock_hz=clock_hz, baud=baud)
        verilog = emit(watched, name)
        header += f"#define WATCH_WORDS {watched.words}\n"
    elif verilog is None:
        verilog = emit_linked(config, clock_hz=clock_hz, baud=baud)
    else:
        header += "#define NETLIST\n"
    files = {
        "core.v": verilog,
        "constants.h": header,
        DRIVER.name: DRIVER.read_text(),
        "public.vlt": "`verilator_config\n",
    }
    return compile_model(name, files, DRIVER.name, folder), watched


def _declared(library: ctypes.CDLL) -> ctypes.CDLL:
    library.port_create.restype = ctypes.c_void_p
    for name in ("port_cycles", "port_wrong", "port_wait"):
        getattr(library, name).restype = ctypes.c_int64
    if hasattr(library, "port_recorded"):
        library.port_recorded.restype = ctypes.c_int64
    return library


def _long(value: int) -> ctypes.c_int64:
    return ctypes.c_int64(value)


def _pointer(array: np.ndarray) -> ctypes.c_void_p:
    return array.ctypes.data_as(ctypes.c_void_p)
