"""Command: the bytes of a frame, in a block RAM, and where its bursts are."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.codec import COMMAND_LIMIT, CRC_BYTES, HEADER
from erbium.hw.fixed import increment, wrap
from erbium.hw.ram import Ram

#: Place of the first byte: so that the place after the last one is the number of written bytes.
FIRST = -(HEADER.size + CRC_BYTES)

#: Place of the first written byte.
DATA = FIRST + HEADER.size

#: Low bits of a place tell apart the bytes of a header.
LOW = 4


def low(place):
    """Return the low bits of a place before the written bytes."""
    return place % (1 << LOW)


class Command(wiring.Component):
    """A command, stored byte by byte, and read byte by byte.

    One pointer does both. With `load`, bytes of the header go to length and address of a burst as
    they pass by: those of the writes, or with `reads` those of the reads.

    Attributes
    ----------
    latency : int
        Cycles from a new place, or from `store`, until `byte` is there.

    Members
    -------
    store : In(1)
        Store `data` at this place.
    data : In(8)
    byte : Out(8)
        The byte at this place.
    rewind : In(1)
        Go to the first place.
    step : In(1)
        Go to the next place.
    place : Out(LOW)
        Low bits of the place.
    full : Out(1)
        More bytes have come than a command has; `store` and `step` must wait.
    load, reads : In(1)
        With `step`; see above.
    blank : In(1)
        With `load`: bytes are 0.
    count : In(1)
        A byte of the burst is done.
    advance : In(1)
        Go to the next address.
    length, address : Out(16)
        Bytes that are left of the burst, and where the next one goes.
    whole : Out(1)
        The length of the writes is the number of bytes that have come for them.
    """

    latency = Ram.latency

    def __init__(self):
        inputs = ("store", "rewind", "step", "load", "reads", "blank", "count", "advance")
        super().__init__(
            {name: In(1) for name in inputs}
            | {
                "data": In(8),
                "byte": Out(8),
                "place": Out(LOW),
                "full": Out(1),
                "length": Out(16),
                "address": Out(16),
                "whole": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.bytes = ram = Ram(8, COMMAND_LIMIT)
        place = Signal(signed(10), init=FIRST)
        m.d.comb += [
            ram.write.eq(self.store),
            ram.write_address.eq(place[:9]),
            ram.write_data.eq(self.data),
            ram.read.eq(~self.store),
            ram.read_address.eq(place[:9]),
            self.byte.eq(ram.read_data),
            self.place.eq(place[:LOW]),
            self.full.eq(place == COMMAND_LIMIT + FIRST + 1),
            self.whole.eq(Cat(place[:9], C(0, 7)) == self.length),
        ]
        with m.If(self.step):
            m.d.sync += place.eq(increment(place).as_signed())
        with m.If(self.rewind):
            m.d.sync += place.eq(FIRST)
        self._burst(m, place[-1])
        return m

    def _burst(self, m, in_header):
        """Load length and address, and count."""
        with m.If(self.count):
            m.d.sync += self.length.eq(wrap(self.length - 1, 16))
        with m.If(self.advance):
            m.d.sync += self.address.eq(increment(self.address))
        byte = Mux(self.blank, 0, self.byte)
        # Lengths and addresses stand at even places, in turn: 4 and 6, 8 and 10. Before them, the
        # sequence number at 3 goes where an address comes later.
        with m.If(self.step & self.load & in_header & (self.place[3] == self.reads)):
            half = self.place[0]
            with m.If(self.place[1]):
                m.d.sync += self.address.word_select(half, 8).eq(byte)
            with m.Else():
                m.d.sync += self.length.word_select(half, 8).eq(byte)
