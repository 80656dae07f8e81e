"""The core bench on tape: what its scenarios drive in every cycle, and what must come out.

Traffic depends on the golden model alone, so it is recorded once and replayed on every mutant,
with every comparison that the bench makes at the core's ports and inside its units.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.cycle.core import Record
from erbium.golden.cycle.record import fields
from erbium.golden.words import pack
from erbium.sim.host.scenarios import SCENARIOS, Scenarios
from erbium.sim.tape.untimed import Untimed, play


@dataclass(frozen=True)
class Port:
    """A port of a core: its name, bits, and lowest bit in the word of all inputs or outputs."""

    name: str
    width: int
    offset: int


class Recorder:
    """Takes the place of the circuit under test, and of the scoreboard.

    Parameters
    ----------
    inputs, outputs : list of Port
    """

    def __init__(self, inputs: list[Port], outputs: list[Port]) -> None:
        self._inputs = {port.name: port for port in inputs}
        self._outputs = {port.name: port for port in outputs}
        self._driven: dict[str, int] = {}
        self._expected: dict[str, int] = {}
        self.cycles: list[tuple[int, int, int]] = []
        self.values = 0

    def __getattr__(self, name: str) -> Wire:
        if name.startswith("_"):
            raise AttributeError(name)
        return Wire(self, name)

    def drive(self, name: str, value: int) -> None:
        """Set an input; the rising edge of the clock ends a cycle."""
        if name != "clk":
            self._driven[name] = value
        elif value:
            mask = sum(((1 << p.width) - 1) << p.offset for p in self._of(self._expected))
            self.cycles.append((_word(self._inputs, self._driven),
                                _word(self._outputs, self._expected), mask))  # fmt: skip
            self._expected = {}

    def _of(self, values: dict[str, int]) -> list[Port]:
        return [self._outputs[name] for name in values]

    def cycle(self) -> None:
        """Count nothing: `drive` does."""

    def read(self, name: str, handle: Wire) -> Wire:
        """Return the wire, for `compare`."""
        return handle

    def compare(self, name: str, actual: Wire | int, expected: int) -> None:
        """Expect a value of a port, or compare two numbers of the golden model at once."""
        self.values += 1
        if isinstance(actual, Wire):
            self._expected[actual.name] = int(expected)
        else:
            assert actual == expected, f"golden model: {name} is {actual}, expected {expected}"

    def passed(self) -> None:
        """End a scenario."""
        assert self.values, "nothing was compared"


class Wire:
    """A port by name; assigning its value drives it."""

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self.name = name

    def _drive(self, value: int) -> None:
        self._recorder.drive(self.name, value)

    value = property(None, _drive)


class _Bench(Untimed):
    """A bench that looks into every unit, as the core bench does."""

    def _compare_units(self, record: Record) -> None:
        for unit, layout in fields(self.config).items():
            wire = getattr(self._dut, trace_port(unit))
            self.board.compare(unit, wire, pack(layout, record[unit]))


def trace_port(unit: str) -> str:
    """Return the port at which a netlist shows what a unit observes."""
    return f"trace_{unit.replace('.', '_')}"


def _word(ports: dict[str, Port], values: dict[str, int]) -> int:
    return sum(value << ports[name].offset for name, value in values.items())


def record(
    config: Config,
    inputs: list[Port],
    outputs: list[Port],
    *,
    seed: int,
    samples: int,
    played: Scenarios = SCENARIOS,
) -> Recorder:
    """Play scenarios, those of the core bench unless told otherwise.

    Parameters
    ----------
    config : Config
    inputs, outputs : list of Port
        The core's ports.
    seed : int
        Seed of data, stalls and resets.
    samples : int
        Samples that are learned one after another, without stalls and again with stalls.
    played : dict
    """
    recorder = Recorder(inputs, outputs)
    options = {"bench_class": _Bench, "played": played}
    for _ in play(config, recorder, recorder, repeat(seed), samples, **options):
        pass
    return recorder


def write(recorder: Recorder, path: Path, in_words: int, out_words: int) -> None:
    """Write the tape: for each cycle the inputs, the outputs expected, and which of their bits
    are compared, all as 32-bit words.
    """
    sizes = (in_words, out_words, out_words)
    text = b"".join(
        value.to_bytes(4 * size, "little")
        for cycle in recorder.cycles
        for value, size in zip(cycle, sizes, strict=True)
    )
    # Whole or not at all: whoever finds a tape replays it.
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_bytes(text)
    part.replace(path)
