"""Sample port: coded bytes become the pixels, or the events, of a sample.

Pixels: a byte that is not 0 is an intensity. A 0 and the number after it are so many dark inputs,
256 if that is 0; a 0 that ends a sample is one dark input.
Events: 1 to 254 is an event, so far after the last one of its tick, or after -1. 255 moves on by
254 without an event, unless it ends the sample. 0 ends the tick.
"""

from amaranth import *
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.hw.fixed import increment
from erbium.hw.words import OutsideEventLayout, PixelLayout


class CodedLayout(data.StructLayout):
    """A byte of a coded sample, and whether the sample ends with it."""

    def __init__(self):
        super().__init__({"byte": 8, "ends": 1})


class PixelPort(wiring.Component):
    """Decode the pixels of samples.

    Members
    -------
    clear : In(1)
        Forget a run that has begun.
    i : In(stream.Signature(CodedLayout()))
    o : Out(stream.Signature(PixelLayout()))
    wrong : Out(1)
        Always 0: all bytes have a meaning.
    """

    def __init__(self):
        super().__init__(
            {
                "clear": In(1),
                "i": In(stream.Signature(CodedLayout())),
                "o": Out(stream.Signature(PixelLayout())),
                "wrong": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        byte, ends = self.i.payload.byte, self.i.payload.ends
        run = Signal()
        sent = Signal(8)
        final = ~run | (increment(sent) == byte)
        silent = ~run & (byte == 0) & ~ends
        m.d.comb += [
            self.o.valid.eq(self.i.valid & ~silent),
            self.o.payload.intensity.eq(Mux(run, 0, byte)),
            self.o.payload.last.eq(ends & final),
            self.i.ready.eq(silent | (self.o.ready & final)),
        ]
        with m.If(self.i.valid & self.i.ready):
            m.d.sync += [run.eq(silent), sent.eq(0)]
        with m.Elif(self.o.valid & self.o.ready):
            m.d.sync += sent.eq(increment(sent))
        with m.If(self.clear):
            m.d.sync += [run.eq(0), sent.eq(0)]
        return m


class EventPort(wiring.Component):
    """Decode the events of samples.

    A source that its wires cannot hold becomes the highest one that they can. That is refused by
    the guard if there is no such input; else `wrong` says so until the sample ends.

    Parameters
    ----------
    config : Config

    Members
    -------
    clear : In(1)
        Begin a tick, and a sample.
    i : In(stream.Signature(CodedLayout()))
    o : Out(stream.Signature(OutsideEventLayout(config)))
    wrong : Out(1)
    """

    def __init__(self, config):
        self._layout = Layout(config)
        super().__init__(
            {
                "clear": In(1),
                "i": In(stream.Signature(CodedLayout())),
                "o": Out(stream.Signature(OutsideEventLayout(config))),
                "wrong": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        byte, ends = self.i.payload.byte, self.i.payload.ends
        bits = self._layout.source_bits
        end = byte == 0
        silent = (byte == 255) & ~ends
        # The lowest source that can come next, and whether the wires cannot hold it any more.
        base = Signal(bits)
        beyond = Signal()
        source = base + byte - 1
        over = beyond | source[bits:-1].any()
        m.d.comb += [
            self.o.valid.eq(self.i.valid & ~silent),
            self.o.payload.source.eq(Mux(end, 0, source[:bits] | over.replicate(bits))),
            self.o.payload.end.eq(end),
            self.o.payload.last.eq(ends),
            self.i.ready.eq(silent | self.o.ready),
        ]
        following = source + ~silent
        done = self.i.valid & self.i.ready
        with m.If(self.clear | (done & (end | ends))):
            m.d.sync += [base.eq(0), beyond.eq(0)]
        with m.Elif(done):
            m.d.sync += [base.eq(following), beyond.eq(beyond | following[bits:-1].any())]
        if self._layout.inputs == 1 << bits:
            wrong = Signal()
            m.d.comb += self.wrong.eq(wrong | (self.i.valid & self.o.valid & ~end & over))
            with m.If(self.clear | (done & ends)):
                m.d.sync += wrong.eq(0)
            with m.Elif(done):
                m.d.sync += wrong.eq(self.wrong)
        return m
