"""Read-out: class counters, with the winner and its lead kept up to date with every spike."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.fixed import fit
from erbium.hw.words import ResultLayout, address_shape


class Readout(wiring.Component):
    """Count output spikes; the first class to reach the highest count wins.

    See `golden.readout.Readout`.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from a spike to the result that includes it.

    Members
    -------
    clear : In(1)
        All counts 0, winner 0; start of a sample.
    en : In(1)
        Count a spike of class `k`.
    k : In
    label : In
        The true class; the same from the start of a sample on.
    sure : Out(1)
        It leads all others by `learning_margin` spikes or more. 0 if the machine does not ask.
    result : Out(ResultLayout(config))
    """

    latency = 2

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "clear": In(1),
                "en": In(1),
                "k": In(address_shape(config.layers[-1])),
                "label": In(address_shape(config.layers[-1])),
                "sure": Out(1),
                "result": Out(ResultLayout(config)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        classes = self._config.layers[-1]
        result = Signal(ResultLayout(self._config))
        # An array is a choice; an index into `result.counts` would be a multiplication.
        counts = Array(result.counts[k] for k in range(classes))
        most = Signal(result.counts[0].shape())
        counted = Signal()
        k = Signal.like(self.k)
        count = Signal.like(most)
        m.d.comb += [self.result.eq(result), count.eq(counts[k])]
        m.d.sync += [counted.eq(self.en & ~self.clear), k.eq(self.k)]
        with m.If(self.clear):
            m.d.sync += [result.eq(0), most.eq(0)]
        with m.Elif(counted):
            # A class fires once a tick at most, and counters hold the number of ticks.
            m.d.sync += counts[k].eq(fit(count + 1, count.shape()))
            # No count is above the most, so a class wins when it adds one to an equal count.
            with m.If(count == most):
                m.d.sync += [most.eq(fit(most + 1, most.shape())), result.winner.eq(k)]
        margin = self._config.learning_margin
        lead = self._lead(m, counted, k, count) if self._config.learning and margin else None
        m.d.comb += self.sure.eq(0 if lead is None else lead >= margin)
        return m

    def _lead(self, m, counted, k, count):
        """Return the lead of the true class, a register beside the most that another has."""
        other = Signal.like(count)
        lead = Signal(signed(len(count) + 1))
        with m.If(self.clear):
            m.d.sync += [other.eq(0), lead.eq(0)]
        with m.Elif(counted):
            with m.If(k == self.label):
                m.d.sync += lead.eq(fit(lead + 1, lead.shape()))
            # As above: no other class is above `other`.
            with m.Elif(count == other):
                m.d.sync += [
                    other.eq(fit(other + 1, other.shape())),
                    lead.eq(fit(lead - 1, lead.shape())),
                ]
        return lead
