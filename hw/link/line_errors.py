"""Errors of the line, kept until a host has read and cleared them."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.codec import LinkError
from erbium.golden.words import ERROR_COUNT_BITS
from erbium.hw.fixed import increment


def code_shape():
    """Shape of the code of an error of the line; 0 is none."""
    return unsigned(max(LinkError).bit_length())


class LineErrors(wiring.Component):
    """Keep which errors there were, the first one, and how many.

    Members
    -------
    i : In(stream.Signature(code_shape(), always_ready=True))
        An error.
    clear : In(1)
        Forget all of them, and one in this cycle.
    flags : Out(len(LinkError))
        A bit for each, the lowest one for code 1.
    code : Out(code_shape())
        The first; 0 if there was none.
    count : Out(ERROR_COUNT_BITS)
        Stays at its highest value.
    """

    def __init__(self):
        super().__init__(
            {
                "i": In(stream.Signature(code_shape(), always_ready=True)),
                "clear": In(1),
                "flags": Out(len(LinkError)),
                "code": Out(code_shape()),
                "count": Out(ERROR_COUNT_BITS),
            }
        )

    def elaborate(self, platform):
        m = Module()
        with m.If(self.clear):
            m.d.sync += [self.flags.eq(0), self.code.eq(0), self.count.eq(0)]
        with m.Elif(self.i.valid):
            m.d.sync += self.flags.eq(self.flags | (1 << self.i.payload)[1 : len(LinkError) + 1])
            with m.If(self.code == 0):
                m.d.sync += self.code.eq(self.i.payload)
            with m.If(~self.count.all()):
                m.d.sync += self.count.eq(increment(self.count))
        return m
