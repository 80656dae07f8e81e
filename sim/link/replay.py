"""Replay: the golden cycle model lives through what a link did at the ports of its core."""

from __future__ import annotations

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.rng import RandomState
from erbium.sim.host.ports import PortMap

#: Equal cycles, with equal inputs, after which all that follow are equal, too: more than any
#: pipeline has stages.
STILL = 40

#: What was watched, by name, from a cycle on.
Tape = list[tuple[int, dict[str, int]]]


class Replay:
    """The golden cycle model behind the ports that were watched.

    Parameters
    ----------
    config : Config
        Of the core, with `guard`.
    start : int
        The cycle after a reset.

    Attributes
    ----------
    golden : CycleCore
    still : bool
        Nothing happens any more until the inputs change.
    """

    def __init__(self, config: Config, start: int = 0) -> None:
        self.golden = CycleCore(config)
        self._ports = PortMap(config)
        self._cycle = start
        self._host, self._reset = Host(), False
        self._record: Record = {}
        self._equal = 0

    @property
    def still(self) -> bool:
        """Nothing happens any more until the inputs change."""
        return self._equal >= STILL

    def feed(self, tape: Tape, end: int) -> None:
        """Live through the cycles up to `end`, with the inputs that were recorded."""
        for cycle, watched in tape:
            self._run(cycle)
            host, reset = self._decoded(watched), bool(watched["rst"] or watched["core_reset"])
            if (host, reset) != (self._host, self._reset):
                self._host, self._reset, self._equal = host, reset, 0
        self._run(end)

    def _run(self, end: int) -> None:
        while self._cycle < end and not self.still:
            record = self.golden.step(self._host)
            self._equal = self._equal + 1 if record == self._record else 0
            self._record = record
            if self._reset:
                self.golden.reset()
                self._equal = 0
            self._cycle += 1
        self._cycle = max(self._cycle, end)

    def _decoded(self, watched: dict[str, int]) -> Host:
        """Return what the link drives in a cycle."""
        makers = {
            "i_pixel": lambda word: word,
            "i_event": lambda word: Event(**self._ports.unpack("i_event", word)),
            "i_request": lambda word: Request(**self._ports.unpack("i_request", word)),
            "i_access": self._access,
            "i_random": lambda word: RandomState(**self._ports.unpack("i_random", word)),
        }
        host = Host(
            **{
                source.offer: makers[name](watched[f"{name}_payload"])
                for name, source in self._ports.sources.items()
                if watched[f"{name}_valid"]
            }
        )
        for name, sink in self._ports.sinks.items():
            if sink.ready:
                setattr(host, sink.ready, bool(watched[f"{name}_ready"]))
        for name, attribute in self._ports.wires.items():
            setattr(host, attribute, bool(watched[name]))
        return host

    def _access(self, word: int) -> Access:
        values = self._ports.unpack("i_access", word)
        return Access(values["address"], tuple(values["data"]) if values["write"] else None)
