"""The option that says which machine is meant, for commands that use one."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from erbium.scripts.cli.options import COUNT

if TYPE_CHECKING:
    from erbium.golden.config import Config
    from erbium.scripts.device.device import Device

#: Kinds of ports whose machines begin anew with every command.
SIMULATED = ("sim", "model")


@dataclasses.dataclass(frozen=True)
class Port:
    """Where a machine is, and which one is expected."""

    name: str
    baud: int
    expected: str | None
    noise: float

    @property
    def config(self) -> Config | None:
        """The machine, if that is known before the port is open: if it is simulated."""
        from erbium.scripts.device.transport import configuration

        kind, _, name = self.name.partition(":")
        # What is no port at all is refused when it is opened.
        return configuration(self.name) if kind in SIMULATED and name else None

    def tell_new(self) -> None:
        """Warn that a simulated machine has learned nothing yet."""
        if self.config is not None:
            click.echo(
                f"erbium: {self.name} begins anew in every command, with weights of 0; what "
                "'erbium device train' learned is in its folder, such as "
                f"{Path('runs', f'device-{self.config.name}', 'checkpoint.npz')}: give it with "
                "--checkpoint",
                err=True,
            )

    @contextmanager
    def open(self) -> Iterator[Device]:
        """Open it while the context is entered."""
        from erbium.scripts.device.device import FOLDER as BUILT
        from erbium.scripts.device.device import Device
        from erbium.scripts.device.noise import NOISE_SEED, NoisyTransport
        from erbium.scripts.device.transport import open_transport

        def told(line: str) -> None:
            click.echo(f"erbium: {line}", err=True)

        if self.name.startswith("sim:"):
            told("building and starting the circuit, which takes a minute the first time")
        if not self.noise:
            opened = Device.open(self.name, self.expected, baud=self.baud, told=told)
        else:
            line = open_transport(self.name, baud=self.baud, folder=BUILT)
            opened = Device(NoisyTransport(line, self.noise, NOISE_SEED), told=told)
        with opened as device:
            yield device


def with_port(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which machine is meant; they become one `Port`."""

    @click.option("--port", "name", required=True,
                  help="serial:///dev/ttyUSB1, sim:CONFIG (the circuit) or model:CONFIG, where "
                  "CONFIG is a preset or a file")  # fmt: skip
    @click.option("--baud", type=COUNT, default=3_000_000, show_default=True,
                  help="Bits a second, as the machine was built")  # fmt: skip
    @click.option("--expect", metavar="CONFIG", help="Refuse any other machine than this")
    @click.option("--noise", type=click.FloatRange(0, 0.5), default=0.0,
                  help="Part of all bytes to corrupt, to see that nothing is lost")  # fmt: skip
    @functools.wraps(function)
    def call(
        *args: Any, name: str, baud: int, expect: str | None, noise: float, **others: Any
    ) -> None:
        function(*args, port=Port(name, baud, expect, noise), **others)

    return call
