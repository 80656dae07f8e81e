"""Encoder, clock cycle by clock cycle: address, memory output, execute, output register.

A word of the sample memory holds `Layout.encoder_lanes` kept inputs; all are encoded at once.
"""

from __future__ import annotations

from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.enums import EncoderState
from erbium.golden.fixed import wrap
from erbium.golden.layout import Layout
from erbium.golden.rng import xorshift
from erbium.golden.words import Fields, events_word, pack


@dataclass(frozen=True)
class Event:
    """A firing source, or the end of a tick's events. Of events from outside, the end of a
    sample's last tick is marked as its `last` event; the machine does not pass that on.
    """

    source: int
    end: bool = False
    last: bool = False

    def bits(self, fields: Fields) -> int:
        """Return the event as a word, whose fields are `golden.words.event_word`."""
        return pack(fields, vars(self))


#: Events that leave the encoder together, in ascending order; an end comes alone.
Events = tuple[Event, ...]


def events_bits(events: Events, config: Config) -> int:
    """Return events as a word."""
    values = {"more": len(events) - 1, "end": events[0].end}
    for index in range(Layout(config).encoder_lanes):
        values[f"source_{index}"] = events[index].source if index < len(events) else 0
    return pack(events_word(config), values)


class Encoder:
    """Rate encoder; codes "phase" and "bernoulli".

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from the address of a word to its events.
    """

    #: Output of the memory, registers in front of the adder, register at the output.
    latency = 3

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = Layout(config)
        self._lanes, self._bits = self._layout.encoder_lanes, self._layout.phase_bits
        self._phases: dict[int, list[int]] = {}
        self.reset()

    def reset(self) -> None:
        """Go to IDLE with an empty pipeline."""
        self._state = EncoderState.IDLE
        self._tick = self._position = 0
        # Words of inputs on their way: position, number of inputs; then inputs and phases.
        self._r: tuple[int, int] | None = None
        self._x: tuple[int, int] | None = None
        self._x_inputs: list[tuple[int, int]] = []
        self._r_phases = self._x_phases = [0] * self._lanes
        self.output: Events | None = None

    def advances(self, ready: bool) -> bool:
        """Whether the pipeline moves in a cycle in which the queue is `ready`."""
        return self.output is None or ready

    def scans(self, ready: bool) -> bool:
        """Whether the memories are read in this cycle."""
        return self._state == EncoderState.SCAN and self.advances(ready)

    def random_steps(self, ready: bool) -> int:
        """Return how many random numbers are used up in this cycle."""
        drawn = self._config.encoder == "bernoulli" or self._tick == 0
        return self._x[1] if self._x is not None and self.advances(ready) and drawn else 0

    @property
    def address(self) -> int:
        """Word read from the sample memory and the phase memory."""
        return self._position

    def _execute(self, random: int) -> tuple[Events, list[int]]:
        """Return the events of the word in the execute stage, and its phases after."""
        events, phases = [], []
        for (source, value), phase in zip(self._x_inputs, self._x_phases, strict=True):
            draw = wrap(random, self._bits)
            if self._config.encoder == "bernoulli":
                fires, total = draw < value, 0
            else:
                total = (draw if self._tick == 0 else phase) + value
                fires = total >> self._bits
            if fires and len(phases) < self._x[1]:
                events.append(Event(source))
            phases.append(wrap(total, self._bits))
            random = xorshift(random)
        return tuple(events), phases

    def observe(self, ready: bool) -> dict[str, int]:
        """Return the record of this cycle."""
        return {
            "state": int(self._state),
            "tick": self._tick,
            "read_address": self._position,
            "random_steps": self.random_steps(ready),
            "valid": int(self.output is not None),
            "event": events_bits(self.output, self._config) if self.output else 0,
        }

    def observe_code(self, ready: bool, random: int) -> dict[str, int]:
        """Return the record of code "phase" in this cycle."""
        write = self._x is not None and self.advances(ready)
        word = 0
        if write:
            # What is written for an input that is not there is never used.
            for phase in reversed(self._execute(random)[1][: self._x[1]]):
                word = word << self._bits | phase
        return {
            "write": int(write),
            "write_address": self._x[0] if write else 0,
            "write_data": word,
        }

    def clock(
        self, start: bool, count: int, ready: bool, random: int, data: list[tuple[int, int]]
    ) -> None:
        """End a cycle; `data` is what the sample memory put out in it, `count` its inputs."""
        advances, empty = self.advances(ready), self._r is None and self._x is None
        state = self._state
        if advances:
            self._move(random, data, count)
        if state == EncoderState.IDLE and start:
            self._tick = self._position = 0
            self._state = EncoderState.SCAN if count else EncoderState.DRAIN
        elif state == EncoderState.SCAN and advances:
            self._position += 1
            if self._position * self._lanes >= count:
                self._position, self._state = 0, EncoderState.DRAIN
        elif state == EncoderState.DRAIN and advances and empty:
            self.output = (Event(0, end=True),)
            self._tick += 1
            self._state = EncoderState.SCAN if count else EncoderState.DRAIN
            if self._tick == self._config.ticks:
                self._tick, self._state = 0, EncoderState.IDLE

    def _move(self, random: int, data: list[tuple[int, int]], count: int) -> None:
        """Move every word in the pipeline one stage on."""
        self.output = None
        if self._x is not None:
            events, self._phases[self._x[0]] = self._execute(random)
            self.output = events or None
        self._x, self._x_inputs, self._x_phases = self._r, data, self._r_phases
        self._r = None
        if self._state == EncoderState.SCAN:
            left = count - self._position * self._lanes
            self._r = (self._position, min(left, self._lanes))
            self._r_phases = self._phases.get(self._position, [0] * self._lanes)
