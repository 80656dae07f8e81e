"""Weight port: a window on the weight memory, a byte at a time; the address goes up by itself."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.identity import word_bytes
from erbium.hw.fixed import increment
from erbium.hw.words import AccessLayout, WeightLayout


class WeightPort(wiring.Component):
    """Write and read words. A word that a burst ends in is neither written nor counted.

    Parameters
    ----------
    config : Config

    Members
    -------
    load : In(1)
        Set the address to `value`; every address beyond the core's wires is one, and refused.
    value : In(32)
    address : Out
        The highest bit says that it is beyond.
    beyond : Out(1)
    i_valid, i_write, i_last : In(1)
        Write or read the next byte of a word, which may be the last of its burst. It stays until
        it is `done`.
    word : In(8 * word_bytes(config))
        With the last byte of a word, the word.
    end : In(1)
        The burst ends with an error.
    done : Out(1)
        Nothing has to be waited for.
    first : Out(1)
        The next byte is the first of a word. When it is `done`, and read, `o_access` holds it.
    i_access, o_access : ports of the core, from the other side
    """

    def __init__(self, config):
        self._bytes = word_bytes(config)
        access = AccessLayout(config)
        super().__init__(
            {
                "load": In(1),
                "value": In(32),
                "address": Out(access["address"].shape.width + 1),
                "beyond": Out(1),
                "i_valid": In(1),
                "i_write": In(1),
                "i_last": In(1),
                "word": In(8 * self._bytes),
                "end": In(1),
                "done": Out(1),
                "first": Out(1),
                "i_access": Out(stream.Signature(access)),
                "o_access": In(stream.Signature(WeightLayout(config))),
            }
        )

    def elaborate(self, platform):
        m = Module()
        position = Signal(range(self._bytes))
        # An access is offered; its word is awaited; all is done. No path leads through the core.
        offered = Signal()
        awaited = Signal()
        served = Signal()
        first, final = position == 0, position == self._bytes - 1
        access = self.i_valid & Mux(self.i_write, final, first)
        taken = offered & self.i_access.ready
        m.d.comb += [
            self.beyond.eq(self.address[-1]),
            self.i_access.valid.eq(offered),
            self.i_access.payload.address.eq(self.address),
            self.i_access.payload.write.eq(self.i_write),
            self.i_access.payload.data.as_value().eq(self.word),
            self.o_access.ready.eq(awaited & served),
            self.first.eq(first),
            self.done.eq(served | ~access),
        ]
        m.d.sync += [
            offered.eq(Mux(offered, ~self.i_access.ready, access & ~awaited & ~served)),
            awaited.eq(Mux(awaited, ~served, taken & ~self.i_write)),
            served.eq(~served & ((taken & self.i_write) | (awaited & self.o_access.valid))),
        ]
        with m.If(self.i_valid & self.done):
            m.d.sync += position.eq(Mux(final | self.i_last, 0, increment(position)))
            with m.If(final):
                m.d.sync += self.address.eq(increment(self.address))
        with m.If(self.end):
            m.d.sync += position.eq(0)
        with m.If(self.load):
            bits = len(self.address) - 1
            m.d.sync += self.address.eq(Cat(self.value[:bits], self.value[bits:].any()))
        return m
