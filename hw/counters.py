"""Performance counters, for the host to read."""

from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.cycle.counters import COUNTER_BITS, COUNTERS
from erbium.golden.enums import Phase
from erbium.hw.fixed import increment


class CountersLayout(data.StructLayout):
    """All counters; see `golden.cycle.counters.COUNTERS`."""

    def __init__(self):
        super().__init__(dict.fromkeys(COUNTERS, unsigned(COUNTER_BITS)))


class Counters(wiring.Component):
    """Count what happens in each cycle; shown from the next one on.

    Parameters
    ----------
    start : int
        What reset sets all to. A test that starts near the end sees every bit turn.

    Members
    -------
    phase : In(Phase)
    event : In(1)
        An event is delivered to a layer.
    word : In(1)
        A word of synapses is issued.
    write : In(1)
        A weight word is written.
    values : Out(CountersLayout())
    """

    def __init__(self, start=0):
        super().__init__(
            {
                "phase": In(Phase),
                "event": In(1),
                "word": In(1),
                "write": In(1),
                "values": Out(CountersLayout(), init=dict.fromkeys(COUNTERS, start)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        steps = {
            **{f"cycles_{phase.name.lower()}": self.phase == phase for phase in Phase},
            "events": self.event,
            "words": self.word,
            "stalls": (self.phase == Phase.SYNAPSE) & ~self.word,
            "weight_writes": self.write,
        }
        for name in COUNTERS:
            with m.If(steps[name]):
                m.d.sync += self.values[name].eq(increment(self.values[name]))
        return m
