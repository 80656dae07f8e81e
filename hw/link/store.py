"""Store: one block RAM with all that a link needs not keep in registers."""

from amaranth import *
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.identity import IDENTITY_BYTES
from erbium.hw.link.decoder import PAGE_BITS, page_codes
from erbium.hw.ram import POWER_UP, RAM

#: Bytes of the first page behind the constants.
_ROOM = (1 << PAGE_BITS) - IDENTITY_BYTES


class Store(wiring.Component):
    """Constants in the first page, codes of the second page's bytes there, and class counts: behind
    the constants if they have room, else behind the codes.

    Parameters
    ----------
    registers : RegisterMap

    Members
    -------
    read, address : In
        Read a byte: a constant, a code or a part of a count.
    data : Out(8)
        The byte, from the second cycle on: block RAMs are late.
    write, number, byte : In
        Write a byte of the counts.
    """

    def __init__(self, registers):
        self._registers = registers
        self._size = registers["COUNTS"].size
        super().__init__(
            {
                "read": In(1),
                "address": In(16),
                "data": Out(8),
                "write": In(1),
                "number": In(PAGE_BITS + 1),
                "byte": In(8),
            }
        )

    def elaborate(self, platform):
        m = Module()
        constants = b"".join(r.encode(r.reset) for r in self._registers if r.address < 256)
        pages = 2 << PAGE_BITS
        fits = self._size <= _ROOM
        m.submodules.memory = words = memory.Memory(
            shape=8, depth=pages + (0 if fits else self._size),
            init=[*constants, *(0,) * _ROOM, *page_codes(self._registers)],
            attrs=RAM | {"ram_style": "block", POWER_UP: 1},
        )  # fmt: skip
        read, write = words.read_port(), words.write_port()
        if fits:
            counts = self.address[PAGE_BITS + 1]
            room = Mux(counts, IDENTITY_BYTES, 0)
            place = self.address[: PAGE_BITS + 1] | room
            written = self.number | IDENTITY_BYTES
        else:
            place = self.address[: PAGE_BITS + 2]
            written = self.number | pages
        m.d.sync += self.data.eq(read.data)
        m.d.comb += [
            read.en.eq(self.read),
            read.addr.eq(place),
            write.en.eq(self.write),
            write.addr.eq(written),
            write.data.eq(self.byte),
        ]
        return m
