"""Samples that are being sent: decoded, and judged as the guard of a core does."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.event_buffer import EventBuffer
from erbium.golden.enums import GuardError
from erbium.golden.link.sample_code import EventDecoder, PixelDecoder


class Samples(Protocol):
    """The sample that is being sent.

    Attributes
    ----------
    wrong : bool
        It has a source that the core's wires cannot tell from a good one.
    spoiled : bool
        The guard has found it bad.
    sample : what `Core.run` takes
        All that was sent, if it was not spoiled.
    """

    wrong: bool
    spoiled: bool

    def feed(self, byte: int, ends: bool) -> list[int]:
        """Take a byte, perhaps the last; return the flags of errors, in the order of inputs."""

    def clear(self) -> None:
        """Forget it; begin another."""


class Pixels:
    """Intensities; see `Samples`."""

    wrong = False

    def __init__(self, config: Config) -> None:
        self._inputs = config.layers[0]
        self._decoder = PixelDecoder()
        self.clear()

    def clear(self) -> None:
        """Forget it; begin another."""
        self._decoder.clear()
        self._values = bytearray()
        self.spoiled = False

    @property
    def sample(self) -> np.ndarray:
        """All intensities."""
        return np.frombuffer(bytes(self._values), dtype=np.uint8)

    def feed(self, byte: int, ends: bool) -> list[int]:
        """Take a byte, perhaps the last; return the flags of errors, in the order of inputs."""
        if self.spoiled:
            self._decoder.feed(byte, ends)
            return []
        self._values += self._decoder.feed(byte, ends)
        count = len(self._values)
        if count > self._inputs or (count == self._inputs and not ends):
            self.spoiled = True
            return [GuardError.LONG.flag]
        if ends and count < self._inputs:
            self.spoiled = True
            return [GuardError.SHORT.flag]
        return []


class Events:
    """Events from outside; see `Samples`."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._decoder = EventDecoder(config)
        self.clear()

    def clear(self) -> None:
        """Forget it; begin another."""
        self._decoder.clear()
        self._buffer = EventBuffer(self._config)
        self._ticks: list[list[int]] = [[]]
        self.spoiled = False

    @property
    def wrong(self) -> bool:
        """It has a source that the core's wires cannot tell from a good one."""
        return self._decoder.wrong

    @property
    def sample(self) -> list[list[int]]:
        """The events of each tick."""
        return self._ticks[:-1]

    def feed(self, byte: int, ends: bool) -> list[int]:
        """Take a byte, perhaps the last; return the flags of errors, in the order of inputs."""
        flags = []
        for event in self._decoder.feed(byte, ends):
            found = self._buffer.errors(event, False)
            self._buffer.clock(event, False, False, False)
            if found:
                self.spoiled = True
                flags.append(found)
            if event.end:
                self._ticks.append([])
            else:
                self._ticks[-1].append(event.source)
        return flags
