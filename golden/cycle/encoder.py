"""Encoder, clock cycle by clock cycle: address, memory output, execute, output register."""

from __future__ import annotations

from dataclasses import dataclass

from golden.config import Config
from golden.fixed import wrap
from golden.layout import Layout

#: States, as numbered in the circuit.
IDLE, SCAN, DRAIN = range(3)


@dataclass(frozen=True)
class Event:
    """A firing source, or the end of a tick's events."""

    source: int
    end: bool = False

    def bits(self, source_bits: int) -> int:
        """Return the event as a word."""
        return self.source | int(self.end) << source_bits


@dataclass
class _Input:
    """A kept input on its way through the pipeline."""

    position: int
    source: int = 0
    value: int = 0
    phase: int = 0


class Encoder:
    """Rate encoder; codes "phase" and "bernoulli".

    Parameters
    ----------
    config : Config
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._bits = Layout(config).phase_bits
        self._source_bits = Layout(config).source_bits
        self._phases: dict[int, int] = {}
        self.reset()

    def reset(self) -> None:
        """Go to IDLE with an empty pipeline."""
        self._state = IDLE
        self._tick = self._position = 0
        self._r: _Input | None = None
        self._x: _Input | None = None
        self._r_phase = 0
        self.output: Event | None = None

    def advances(self, ready: bool) -> bool:
        """Whether the pipeline moves in a cycle in which the queue is `ready`."""
        return self.output is None or ready

    def scans(self, ready: bool) -> bool:
        """Whether the memories are read in this cycle."""
        return self._state == SCAN and self.advances(ready)

    def random_step(self, ready: bool) -> bool:
        """Whether the random number is used up in this cycle."""
        drawn = self._config.encoder == "bernoulli" or self._tick == 0
        return self._x is not None and self.advances(ready) and drawn

    @property
    def address(self) -> int:
        """Position read from the sample memory and the phase memory."""
        return self._position

    def _execute(self, random: int) -> tuple[bool, int]:
        """Return whether the input in the execute stage fires, and its phase after."""
        if self._config.encoder == "bernoulli":
            return wrap(random, self._bits) < self._x.value, 0
        start = wrap(random, self._bits) if self._tick == 0 else self._x.phase
        total = start + self._x.value
        return bool(total >> self._bits), wrap(total, self._bits)

    def observe(self, ready: bool) -> dict[str, int]:
        """Return the record of this cycle."""
        return {
            "state": self._state,
            "tick": self._tick,
            "read_address": self._position,
            "random_step": int(self.random_step(ready)),
            "valid": int(self.output is not None),
            "event": self.output.bits(self._source_bits) if self.output else 0,
        }

    def observe_code(self, ready: bool, random: int) -> dict[str, int]:
        """Return the record of code "phase" in this cycle."""
        write = self._x is not None and self.advances(ready)
        return {
            "write": int(write),
            "write_address": self._x.position if write else 0,
            "write_data": self._execute(random)[1] if write else 0,
        }

    def clock(
        self, start: bool, count: int, ready: bool, random: int, data: tuple[int, int]
    ) -> None:
        """End a cycle; `data` is what the sample memory put out in it, `count` its inputs."""
        advances, empty = self.advances(ready), self._r is None and self._x is None
        state, position = self._state, self._position
        if advances:
            self._move(random, data, state == SCAN)
        if state == IDLE and start:
            self._tick = self._position = 0
            self._state = SCAN if count else DRAIN
        elif state == SCAN and advances:
            self._position = position + 1
            if self._position == count:
                self._position, self._state = 0, DRAIN
        elif state == DRAIN and advances and empty:
            self.output = Event(0, end=True)
            self._tick += 1
            self._state = SCAN if count else DRAIN
            if self._tick == self._config.ticks:
                self._tick, self._state = 0, IDLE

    def _move(self, random: int, data: tuple[int, int], scanning: bool) -> None:
        """Move every input in the pipeline one stage on."""
        self.output = None
        if self._x is not None:
            fires, phase = self._execute(random)
            self._phases[self._x.position] = phase
            if fires:
                self.output = Event(self._x.source)
        self._x = self._r
        if self._x is not None:
            self._x.source, self._x.value = data
            self._x.phase = self._r_phase
        self._r = _Input(self._position) if scanning else None
        if scanning:
            self._r_phase = self._phases.get(self._position, 0)
