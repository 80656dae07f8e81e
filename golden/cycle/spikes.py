"""Spike queue, clock cycle by clock cycle: masks in, events out."""

from __future__ import annotations

from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.queue import Queue
from erbium.golden.words import event_word, pack, spike_queue_depth, spikes_word


@dataclass(frozen=True)
class Spikes:
    """Spikes of one group: bit per lane; `end` for the last group of a layer."""

    mask: int
    group: int
    end: bool

    def bits(self, config: Config) -> int:
        """Return the spikes as a word."""
        return pack(spikes_word(config), vars(self))


class SpikeQueue:
    """Queue of masks, and the serialiser behind it.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles after which the first event of a mask that goes into an empty queue comes out.
    """

    #: Of the queue, and the serialiser's register.
    latency = Queue.latency + 1

    def __init__(self, config: Config) -> None:
        self._lanes = config.lanes
        self._event_fields = event_word(config)
        self._queue = Queue(spike_queue_depth(config))
        self.reset()

    def reset(self) -> None:
        """Empty the queue and the serialiser."""
        self._queue.reset()
        self._current: Spikes | None = None

    @property
    def output(self) -> Event | None:
        """Event offered in this cycle."""
        if self._current is None:
            return None
        mask = self._current.mask
        if not mask:
            return Event(0, end=True)
        return Event(self._current.group * self._lanes + (mask & -mask).bit_length() - 1)

    def _takes(self, ready: bool) -> bool:
        """Whether the next mask is taken out of the queue, if there is one."""
        if self._current is None:
            return True
        rest = self._current.mask & (self._current.mask - 1)
        finished = not self._current.mask or (not rest and not self._current.end)
        return ready and finished

    def observe(self, ready: bool) -> dict[str, int]:
        """Return the record of this cycle."""
        output = self.output
        return {
            "take": int(self._takes(ready)),
            "valid": int(output is not None),
            "event": output.bits(self._event_fields) if output else 0,
        }

    def clock(self, spikes: Spikes | None, ready: bool) -> None:
        """End a cycle: `spikes` go in; the event has been taken if `ready`."""
        takes = self._takes(ready)
        if takes:
            self._current = self._queue.output if self._queue.output_valid else None
        elif ready:
            mask = self._current.mask & (self._current.mask - 1)
            self._current = Spikes(mask, self._current.group, self._current.end)
        self._queue.clock(spikes, takes)
