"""Escape: flags stay what they are, and bytes that would be taken for one become two."""

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.codec import ESCAPE, ESCAPED_BIT, FLAG


class ContentLayout(data.StructLayout):
    """A byte of a frame, or (`flag`) what stands around it, whatever the byte."""

    def __init__(self):
        super().__init__({"data": 8, "flag": 1})


class Escape(wiring.Component):
    """Bytes of frames become bytes of the line, without delay.

    Members
    -------
    i : In(stream.Signature(ContentLayout()))
    o : Out(stream.Signature(8))
    """

    def __init__(self):
        super().__init__(
            {"i": In(stream.Signature(ContentLayout())), "o": Out(stream.Signature(8))}
        )

    def elaborate(self, platform):
        m = Module()
        byte, escaped = self.i.payload.data, Signal()
        flag = self.i.payload.flag
        special = ~flag & ((byte == FLAG) | (byte == ESCAPE))
        first = special & ~escaped
        m.d.comb += [
            self.o.valid.eq(self.i.valid),
            self.o.payload.eq(
                Mux(flag, FLAG, Mux(first, ESCAPE, byte ^ Mux(escaped, ESCAPED_BIT, 0)))
            ),
            self.i.ready.eq(self.o.ready & ~first),
        ]
        with m.If(self.o.valid & self.o.ready):
            m.d.sync += escaped.eq(first)
        return m
