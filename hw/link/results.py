"""Results: take the answer to a sample, and keep it for the host."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.hw.fixed import increment, wrap
from erbium.hw.words import ResultLayout, address_shape


class Results(wiring.Component):
    """Write the counts of a result to a memory, a byte in a cycle; take it with the last one.

    Parameters
    ----------
    config : Config

    Members
    -------
    clear : In(1)
        No result so far; what the memory has stays.
    i : In(stream.Signature(ResultLayout(config)))
    number : Out(8)
        Results so far.
    winner, before : Out
        Winning class of the last result, and of the one before.
    write, place, byte : Out
        Write a byte of the counts.
    """

    def __init__(self, config):
        self._config = config
        winner = address_shape(config.layers[-1])
        super().__init__(
            {
                "clear": In(1),
                "i": In(stream.Signature(ResultLayout(config))),
                "number": Out(8),
                "winner": Out(winner),
                "before": Out(winner),
                "write": Out(1),
                "place": Out(winner.width + 1),
                "byte": Out(8),
            }
        )

    def elaborate(self, platform):
        m = Module()
        layout = Layout(self._config)
        wide = layout.count_bits > 8
        k = Signal.like(self.winner)
        high = Signal()
        # An array is a choice; an index into `counts` would be a multiplication.
        counts = Array(self.i.payload.counts[n] for n in range(layout.classes))
        count = Signal(16)
        done = self.i.valid & self.i.ready
        m.d.comb += [
            count.eq(counts[k]),
            self.write.eq(self.i.valid),
            self.place.eq(Cat(high, k)),
            self.byte.eq(Mux(high, count[8:], count[:8])),
            self.i.ready.eq((k == layout.classes - 1) & (high | int(not wide))),
        ]
        with m.If(done | self.clear):
            m.d.sync += [k.eq(0), high.eq(0)]
        with m.Elif(self.i.valid):
            m.d.sync += [k.eq(wrap(k + (high | int(not wide)), len(k))), high.eq(~high & int(wide))]
        with m.If(self.clear):
            m.d.sync += [self.number.eq(0), self.winner.eq(0), self.before.eq(0)]
        with m.Elif(done):
            m.d.sync += [
                self.number.eq(increment(self.number)),
                self.winner.eq(self.i.payload.winner),
                self.before.eq(self.winner),
            ]
        return m
