"""Request port: label and rate of the next sample, and the request that waits for the core."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.fixed import increment
from erbium.hw.words import RequestLayout, rate_shape

#: Bits of the number of samples that have been sent and not answered: in two banks, one that is
#: being dropped, and one whose request waits.
UNDER_WAY_BITS = 3


class RequestPort(wiring.Component):
    """Ask for samples. While a request waits, label and rate must not be loaded.

    A number that is too high for its wires becomes the highest one, which is refused by the guard.
    A sample that is `wrong` gets a rate that is refused.

    Parameters
    ----------
    config : Config

    Members
    -------
    value : In(16)
        A number of two bytes, or of one in the upper byte, ...
    load_label, load_rate : In(1)
        ... which is the label, or the rate.
    label, rate : Out
    learn : In(1)
        0 takes every rate for 0; does not change while a request waits.
    ask : In(1)
        A sample is complete.
    wrong : In(1)
        Together with `ask`: it must be refused.
    clear : In(1)
        Forget all samples.
    asked : Out(1)
        A request waits.
    answered, dropped : In
        Results and dropped samples so far: their lowest bits.
    busy : Out(1)
        A sample has been asked for, and neither answered nor dropped.
    o : Out(stream.Signature(RequestLayout(config)))
    """

    def __init__(self, config):
        request = RequestLayout(config)
        super().__init__(
            {
                "value": In(16),
                "load_label": In(1),
                "load_rate": In(1),
                "label": Out(request["label"].shape),
                "rate": Out(request["rate"].shape),
                "learn": In(1),
                "ask": In(1),
                "wrong": In(1),
                "clear": In(1),
                "asked": Out(1),
                "answered": In(UNDER_WAY_BITS),
                "dropped": In(UNDER_WAY_BITS),
                "busy": Out(1),
                "o": Out(stream.Signature(request)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        refused = Signal()
        bits = len(self.label)
        with m.If(self.load_label):
            beyond = self.value[8 + bits :].any()
            m.d.sync += self.label.eq(self.value[8 : 8 + bits] | beyond.replicate(bits))
        with m.If(self.load_rate):
            bits = rate_shape().width
            beyond = self.value[bits:].any()
            m.d.sync += self.rate.eq(self.value[:bits] | beyond.replicate(bits))
        # The core sees a request a cycle later, and a rate that comes from a register.
        offered = Signal()
        sent = Signal(UNDER_WAY_BITS)
        taken = offered & self.o.ready
        rate = Mux(self.learn, self.rate, 0) | refused.replicate(len(self.rate))
        m.d.sync += [offered.eq(self.asked & ~taken), self.o.payload.rate.eq(rate)]
        with m.If(taken):
            m.d.sync += self.asked.eq(0)
        with m.If(self.ask):
            m.d.sync += [
                self.asked.eq(1),
                refused.eq(self.wrong),
                sent.eq(increment(sent)),
            ]
        with m.If(self.clear):
            m.d.sync += [self.asked.eq(0), offered.eq(0), sent.eq(0)]
        m.d.comb += [
            self.o.valid.eq(offered),
            self.o.payload.label.eq(self.label),
            self.busy.eq(sent != (self.answered + self.dropped)[:UNDER_WAY_BITS]),
        ]
        return m
