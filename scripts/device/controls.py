"""Controls: find out what a machine is, and read and set what is neither weight nor sample."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from types import TracebackType
from typing import Self

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.layout import Layout
from erbium.golden.link import registers as bits
from erbium.golden.link.identity import IDENTITY_BYTES
from erbium.golden.link.registers import register_map
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import check_random
from erbium.scripts.device.access import Access
from erbium.scripts.device.instance import Instance
from erbium.scripts.device.outcomes import Traffic
from erbium.scripts.device.pipeline import Pipeline
from erbium.scripts.device.protocol import Link
from erbium.scripts.device.state import Errors, State
from erbium.scripts.device.transport import DeviceError, Transport

#: Names of the random generators, in the order of their registers.
GENERATORS = tuple(field.name for field in dataclasses.fields(RandomState))


class Controls:
    """Registers of a machine by what they mean.

    Parameters
    ----------
    transport : Transport
        The way to the machine.
    config : Config, optional
        Which machine is expected.
    told : callable, optional
        Told in a line what happens to the port.

    Attributes
    ----------
    config : Config
        What the machine is, found in its registers.
    instance : Instance
        The same, with version, clock and registers.
    access, pipeline : Access, Pipeline
        Its registers by name, and samples under way: what this class is made of.
    """

    def __init__(
        self,
        transport: Transport,
        config: Config | None = None,
        *,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        places = register_map(preset("tiny"), clock_hz=1, baud=1)
        self._link = Link(transport, places["SEQUENCE"].address, told)
        self._link.begin()
        self.instance = Instance.of(self._link.read(0, IDENTITY_BYTES), config)
        if config is not None:
            self.instance.check_is(config)
        self.config, self._layout = self.instance.config, Layout(self.instance.config)
        self.access = Access(self._link, self.instance)
        self.pipeline = Pipeline(self.access, lambda: str(self.errors()))
        self._notice()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Release the port; the machine keeps its weights."""
        self._link.transport.close()

    @property
    def port(self) -> str:
        """Where the machine is."""
        return self._link.transport.name

    @property
    def info(self) -> dict[str, object]:
        """What the machine is and does, ready for JSON."""
        state = self.access.state()
        return {
            "port": self.port,
            "config": self.config.as_dict(),
            "fingerprint": self.instance.fingerprint,
            "erbium_version": self.instance.version,
            "clock_hz": self.instance.clock_hz,
            "baud": self.instance.baud,
            "learning": self.learning,
            "errors": dataclasses.asdict(self.errors()),
        } | {
            name: value
            for name, value in dataclasses.asdict(state).items()
            if name in ("busy", "locked", "results", "dropped")
        }

    @property
    def traffic(self) -> Traffic:
        """What went over the link since it was opened; a copy."""
        return dataclasses.replace(self._link.traffic)

    @property
    def state(self) -> State:
        """What the machine is doing."""
        return self.access.state()

    @property
    def learning(self) -> bool:
        """Whether samples learn at their rate; if not, every rate is taken for 0."""
        return bool(self.access.read("CONTROL")[0] & bits.LEARN)

    @learning.setter
    def learning(self, learning: bool) -> None:
        self.pipeline.settle()
        self.access.write("CONTROL", bytes([bits.LEARN if learning else 0]))

    @property
    def random(self) -> RandomState:
        """States of the random generators; assign to replace them."""
        self.pipeline.settle()
        data = self.access.read(*self._generators)
        return RandomState(*np.frombuffer(data, dtype="<u4").tolist())

    @random.setter
    def random(self, random: RandomState) -> None:
        check_random(random)
        self.pipeline.settle()
        values = np.array([getattr(random, name) for name in GENERATORS], dtype="<u4")
        self.access.write(self._generators[0], values.tobytes(), patient=True)

    @property
    def _generators(self) -> tuple[str, str]:
        return f"RANDOM_{GENERATORS[0].upper()}", f"RANDOM_{GENERATORS[-1].upper()}"

    @property
    def counts(self) -> np.ndarray:
        """Spikes of each class in the last sample that was answered."""
        self.pipeline.settle()
        return np.frombuffer(self.access.read("COUNTS"), dtype="<u2").astype(np.int64)

    def counters(self) -> dict[str, int]:
        """Return the performance counters since reset, by name.

        Raises
        ------
        DeviceError
            If the machine has none.
        """
        if not self.config.counters:
            raise DeviceError(
                f"the machine {self.config.name!r} has no performance counters; build it with "
                "counters = true"
            )
        data = self.access.read("COUNTERS")
        return dict(zip(COUNTERS, np.frombuffer(data, dtype="<u4").tolist(), strict=True))

    def errors(self) -> Errors:
        """Return what has gone wrong since errors were cleared last."""
        return Errors.of(
            self.access.read("GUARD_ERRORS", "GUARD_CODE"),
            self.access.read("LINK_ERRORS", "LINK_CODE"),
        )

    def clear_errors(self) -> None:
        """Forget errors, their counts and codes."""
        self._command(bits.CLEAR)

    def reset(self) -> None:
        """Reset the core: a sample under way is lost, the random generators go back to their
        seeds, and weights stay.
        """
        self._command(bits.RESET)
        self.pipeline.forget()

    def lock(self) -> None:
        """Forbid to read weights and to change anything, until the machine is reset by hardware.

        It cannot be taken back from here.
        """
        self.pipeline.settle()
        self.access.write("CONTROL", bytes([self.access.read("CONTROL")[0] | bits.LOCK]))

    def _command(self, command: int) -> None:
        self.access.write("COMMAND", bytes([command]))

    def _notice(self) -> None:
        """Mark that somebody uses the machine, so that a reset is noticed from now on."""
        if self.access.state().locked:
            return
        self._command(bits.SEEN)
        self.access.watching = True
