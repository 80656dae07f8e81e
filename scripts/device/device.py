"""A machine in use: open it, load it, teach it, ask it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from erbium.golden.config import FULL_RATE, Config
from erbium.golden.config_file import find
from erbium.golden.link.identity import word_bytes
from erbium.golden.validate import DataError, check_labels, check_rate
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.device import words
from erbium.scripts.device.controls import Controls
from erbium.scripts.device.encoding import encode
from erbium.scripts.device.transport import open_transport
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.checkpoint import load as load_checkpoint

#: Bits a second that boards are built for.
BAUD = 3_000_000

#: Where simulated machines are built.
FOLDER = Path("build", "device")

#: What the checkpoint of a machine says of the data, where nobody knows.
UNKNOWN = Plan(data="unknown", data_sha256="", rates=(), run=0)


class Device(Controls):
    """A machine behind a link: its weights and samples, and all that `Controls` has.

    Use it as a context manager: ``with Device.open("serial:///dev/ttyUSB1") as device: ...``.

    Attributes
    ----------
    preparation : Preparation, or None
        How rows of numbers become samples, as the training did whose checkpoint was loaded last;
        needed for ``raw=True``.
    """

    preparation: Preparation | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes, if the training whose checkpoint was loaded last knows them."""
        return self.preparation.classes if self.preparation else ()

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

    def load_weights(
        self, weights: Sequence[np.ndarray] | Path | str, report: Report = silent
    ) -> None:
        """Replace all weights.

        Parameters
        ----------
        weights : list of int array [sources, targets], or path
            One matrix per layer; or a checkpoint, from which the states of the random generators
            and the preparation of samples are taken, too.
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
            self.preparation = state.plan.preparation

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
            plan = dataclasses.replace(UNKNOWN, preparation=self.preparation)
            Checkpoint(self.config, plan, weights, self.random).save(Path(path))
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
        *,
        raw: bool = False,
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
        raw : bool
            Samples are rows of numbers, and labels those of the data: both are prepared as those of
            the training were whose checkpoint was loaded last.

        Raises
        ------
        DataError
            If a sample or label does not fit the machine; the samples before it are learned.
        DeviceError
            If the machine was reset, say.
        """
        check_rate(rate)
        if raw:
            preparation = self._preparation()
            samples, labels = preparation.apply(samples), preparation.numbers_of(labels)
        labels = check_labels(self._layout, labels, len(samples))
        return self._show("learn", samples, labels, rate, report)

    def classify(
        self,
        samples: Sequence[object] | np.ndarray,
        labels: Sequence[int] | np.ndarray | None = None,
        report: Report = silent,
        *,
        raw: bool = False,
    ) -> np.ndarray:
        """Return the winners of samples, without learning.

        Parameters
        ----------
        samples : int array [count, inputs], or list of samples of events
        labels : int array [count], optional
            What the report counts as right; the machine is not told.
        report : Report
            Told after each answer.
        raw : bool
            As for `train`; `classes` has the names of the winners.
        """
        if raw:
            preparation = self._preparation()
            samples = preparation.apply(samples)
            labels = None if labels is None else preparation.numbers_of(labels)
        if labels is not None:
            labels = check_labels(self._layout, labels, len(samples))
        return self._show("classify", samples, labels, 0, report)

    def _preparation(self) -> Preparation:
        if self.preparation is None:
            raise DataError(
                "it is not known how rows become samples; load the checkpoint of a training on "
                "such rows with Device.load_weights, set Device.preparation, or give intensities"
            )
        return self.preparation

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
