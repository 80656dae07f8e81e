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

#: Place that is too far: one more byte has come than a command has.
FULL = FIRST + COMMAND_LIMIT + 1

#: Low bits of a place tell apart the bytes of a header.
LOW = 4


def low(place):
    """Return the low bits of a place before the written bytes."""
    return place % (1 << LOW)


class Command(wiring.Component):
    """A command, stored byte by byte, and read byte by byte.

    One pointer does both. With `load`, bytes of the header go to length and address of a burst as
    they pass by: those of the writes, or with `reads` those of the reads. Both begin at 0, so that
    loading is adding, and a bit of them takes no more logic than a counter.

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
    clear : In(1)
        Length and address are 0 from the next cycle on.
    load, reads : In(1)
        See above; the place must be in the header.
    count : In(1)
        A byte of the burst is done; not in a cycle with `load` or `advance`.
    advance : In(1)
        Go to the next address; not in a cycle with `load` or `count`.
    address : Out(16)
        Where the next byte of the burst goes.
    none, last : Out(1)
        No byte of the burst is left; only one is. A cycle after the length.
    whole : Out(1)
        The length of the writes is the number of bytes that have come for them.
    """

    latency = Ram.latency + 1

    def __init__(self):
        inputs = ("store", "rewind", "step", "clear", "load", "reads", "count", "advance")
        outputs = ("full", "none", "last", "whole")
        super().__init__(
            {name: In(1) for name in inputs}
            | {name: Out(1) for name in outputs}
            | {"data": In(8), "byte": Out(8), "place": Out(LOW), "address": Out(16)}
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.bytes = ram = Ram(8, COMMAND_LIMIT)
        place = Signal(signed(10), init=FIRST)
        length = Signal(16)
        one_at_most = ~length[1:].any()
        m.d.comb += [
            ram.write.eq(self.store),
            ram.write_address.eq(place[:9]),
            ram.write_data.eq(self.data),
            ram.read.eq(~self.store),
            ram.read_address.eq(place[:9]),
            self.place.eq(place[:LOW]),
            self.full.eq(place == FULL),
            self.whole.eq((Cat(place[:9], C(0, 7)) == length) & ~place[-1]),
        ]
        m.d.sync += [
            # What comes out of a block RAM comes late in its cycle.
            self.byte.eq(ram.read_data),
            self.none.eq(one_at_most & ~length[0]),
            self.last.eq(one_at_most & length[0]),
        ]
        with m.If(self.step):
            m.d.sync += place.eq(increment(place).as_signed())
        with m.If(self.rewind):
            m.d.sync += place.eq(FIRST)
        self._burst(m, length, self.load & place[-1])
        return m

    def _burst(self, m, length, load):
        """Load length and address, and count."""
        # Lengths and addresses stand at even places, in turn: 4 and 6, 8 and 10.
        mine = load & Mux(self.place[3], self.reads, self.place[2] & ~self.reads)
        to_low, to_high = mine & ~self.place[0], mine & self.place[0]
        parts = Cat(self.byte & to_low.replicate(8), self.byte & to_high.replicate(8))
        addend = Signal(16)
        m.d.comb += addend.eq(parts | self.count.replicate(16) | self.advance)
        with m.If(self.count | (mine & ~self.place[1])):
            m.d.sync += length.eq(wrap(length + addend, 16))
        with m.If(self.advance | (mine & self.place[1])):
            m.d.sync += self.address.eq(wrap(self.address + addend, 16))
        with m.If(self.clear):
            m.d.sync += [length.eq(0), self.address.eq(0)]
