"""A machine in use: find out what it is, load it, teach it, ask it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.config_file import find
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.layout import Layout
from erbium.golden.link import registers as bits
from erbium.golden.link.identity import IDENTITY_BYTES, word_bytes
from erbium.golden.link.registers import register_map
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import check_labels, check_random, check_rate
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.device import words
from erbium.scripts.device.access import Access
from erbium.scripts.device.encoding import encode
from erbium.scripts.device.instance import Instance
from erbium.scripts.device.pipeline import Pipeline
from erbium.scripts.device.protocol import Link, Traffic
from erbium.scripts.device.state import Errors, State
from erbium.scripts.device.transport import DeviceError, Transport, open_transport
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.checkpoint import load as load_checkpoint

#: Bits a second that boards are built for.
BAUD = 3_000_000

#: Where simulated machines are built.
FOLDER = Path("build", "device")

#: Names of the random generators, in the order of their registers.
GENERATORS = tuple(field.name for field in dataclasses.fields(RandomState))

#: What the checkpoint of a machine says of the data, where nobody knows.
UNKNOWN = Plan(data="unknown", data_sha256="", rates=(), run=0)


class Device:
    """A machine behind a link.

    Use it as a context manager: ``with Device.open("serial:///dev/ttyUSB1") as device: ...``.

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

    @classmethod
    def open(
        cls,
        port: str,
        config: Config | str | None = None,
        *,
        baud: int = BAUD,
        folder: Path = FOLDER,
        told: Callable[[str], None] = lambda line: None,
    ) -> Device:
        """Open the machine at a port.

        Parameters
        ----------
        port : str
            ``serial:///dev/ttyUSB1``, ``sim:CONFIG`` (the circuit) or ``model:CONFIG`` (the golden
            model), where CONFIG is a preset or the file of a configuration.
        config : Config or str, optional
            Which machine is expected: a configuration, a preset or a file. Another one is refused.
        baud : int
            Bits a second, as the machine was built.
        folder : Path
            Where a simulated machine is built.
        told : callable, optional
            Told in a line what happens to the port, such as that it was lost.

        Raises
        ------
        DeviceError
            If there is none, or another one.
        MissingExtra
            If the port needs what is not installed.
        """
        expected = find(config) if isinstance(config, str) else config
        transport = open_transport(port, baud=baud, folder=folder)
        try:
            return cls(transport, expected, told=told)
        except BaseException:
            transport.close()
            raise

    def __enter__(self) -> Device:
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

    def load_weights(
        self, weights: Sequence[np.ndarray] | Path | str, report: Report = silent
    ) -> None:
        """Replace all weights.

        Parameters
        ----------
        weights : list of int array [sources, targets], or path
            One matrix per layer; or a checkpoint, from which the states of the random generators
            are taken, too.
        report : Report
            Told the words that are written.

        Raises
        ------
        DataError
            If they do not fit the machine.
        DeviceError
            If the checkpoint is of another machine.
        """
        state = None
        if isinstance(weights, (str, Path)):
            state = load_checkpoint(Path(weights))
            self.instance.check_takes(state.config, f"'{weights}'")
            weights = state.weights
        data = words.to_bytes(self._layout, weights)
        self.pipeline.settle()
        self.access.write_words(self._word_bytes, data, self._words("load weights", report))
        if state is not None:
            self.random = state.random

    def save_weights(
        self, path: Path | str | None = None, report: Report = silent
    ) -> list[np.ndarray]:
        """Return all weights [sources, targets] of every layer.

        Parameters
        ----------
        path : path, optional
            File of a checkpoint that is written, with the states of the random generators.
        report : Report
            Told the words that are read.
        """
        self.pipeline.settle()
        count = self._layout.weight_depth
        data = self.access.read_words(self._word_bytes, count, self._words("save weights", report))
        weights = words.from_bytes(self._layout, data)
        if path is not None:
            Checkpoint(self.config, UNKNOWN, weights, self.random).save(Path(path))
        return weights

    @property
    def _word_bytes(self) -> int:
        return word_bytes(self.config)

    def _words(self, phase: str, report: Report) -> Callable[[int], None]:
        return lambda done: report(phase, done, self._layout.weight_depth, None)

    def train(
        self,
        samples: Sequence[object] | np.ndarray,
        labels: Sequence[int] | np.ndarray,
        rate: int = FULL_RATE,
        report: Report = silent,
    ) -> np.ndarray:
        """Learn samples, one after another, and return their winners.

        While the label teaches, it corrects the answer: winners are better than those of
        `classify`.

        Parameters
        ----------
        samples : int array [count, inputs], or list of samples of events
        labels : int array [count]
        rate : int
            0 to 256; 0 learns nothing.
        report : Report
            Told after each answer.

        Raises
        ------
        DataError
            If a sample or label does not fit the machine; the samples before it are learned.
        DeviceError
            If the machine was reset, say.
        """
        check_rate(rate)
        labels = check_labels(self._layout, labels, len(samples))
        return self._show("learn", samples, labels, rate, report)

    def classify(
        self,
        samples: Sequence[object] | np.ndarray,
        labels: Sequence[int] | np.ndarray | None = None,
        report: Report = silent,
    ) -> np.ndarray:
        """Return the winners of samples, without learning.

        Parameters
        ----------
        samples : int array [count, inputs], or list of samples of events
        labels : int array [count], optional
            What the report counts as right; the machine is not told.
        report : Report
            Told after each answer.
        """
        if labels is not None:
            labels = check_labels(self._layout, labels, len(samples))
        return self._show("classify", samples, labels, 0, report)

    def _show(
        self,
        phase: str,
        samples: Sequence[object] | np.ndarray,
        labels: np.ndarray | None,
        rate: int,
        report: Report,
    ) -> np.ndarray:
        told = np.zeros(len(samples), dtype=np.int64) if labels is None or not rate else labels

        def encoded() -> Iterator[tuple[bytes, int, int]]:
            for sample, label in zip(samples, told, strict=True):
                yield encode(self._layout, sample), int(label), rate

        winners, right = np.empty(len(samples), dtype=np.int64), 0
        for done, winner in enumerate(self.pipeline.run(encoded()), 1):
            winners[done - 1] = winner
            if labels is not None:
                right += int(winner == labels[done - 1])
            report(phase, done, len(samples), None if labels is None else right)
        return winners

    def _command(self, command: int) -> None:
        self.access.write("COMMAND", bytes([command]))

    def _notice(self) -> None:
        """Mark that somebody uses the machine, so that a reset is noticed from now on."""
        if self.access.state().locked:
            return
        self._command(bits.SEEN)
        self.access.watching = True
