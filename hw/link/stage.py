"""Stage: stands in a stream and lets no path through, of none of its three kinds of wires.

Whether something is offered, and that it was taken, come from flip-flops; the payload needs none,
as it does not change until it is taken. A transfer takes three cycles.
"""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out


class Stage(wiring.Component):
    """Pass a stream on.

    Parameters
    ----------
    shape : shape-like
        Of the payload.

    Members
    -------
    i : In(stream.Signature(shape))
        An offer must stay, with its payload, until it is taken.
    o : Out(stream.Signature(shape))
    """

    def __init__(self, shape):
        super().__init__({"i": In(stream.Signature(shape)), "o": Out(stream.Signature(shape))})

    def elaborate(self, platform):
        m = Module()
        offered = Signal()
        taken = Signal()
        m.d.comb += [
            self.o.valid.eq(offered),
            Value.cast(self.o.payload).eq(Value.cast(self.i.payload)),
            self.i.ready.eq(taken),
        ]
        m.d.sync += [
            offered.eq(Mux(offered, ~self.o.ready, self.i.valid & ~taken)),
            taken.eq(offered & self.o.ready),
        ]
        return m
