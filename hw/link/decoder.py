"""Decoder of addresses: which register a byte belongs to, and whether it may be touched.

All registers but constants and class counts lie in one page. What a byte of this page is stands in
a memory, as a code: so decoding takes a cycle, and hardly any logic.
"""

from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.link.bus import BusError
from erbium.golden.link.identity import IDENTITY_BYTES
from erbium.golden.link.registers import COUNTS

#: Bits of an address inside a page.
PAGE_BITS = 8

#: Codes of ports begin here.
PORTS = 12


class CodeLayout(data.StructLayout):
    """What a byte of the page is: of which register that can be written, if any; whether it can be
    read, or be written; its lowest, or its highest byte.
    """

    def __init__(self):
        super().__init__({"register": 4, "reads": 1, "writes": 1, "first": 1, "final": 1})


def page_registers(registers):
    """Return the registers that are neither constants nor counts, all of one page."""
    return [r for r in registers if IDENTITY_BYTES <= r.address < COUNTS]


def register_codes(registers):
    """Return a number for each register that can be written, at least 1; ports come last."""
    written = [r for r in page_registers(registers) if r.writes]
    codes = {r.name: n for n, r in enumerate((r for r in written if not r.port), 1)}
    assert len(codes) < PORTS
    return codes | {r.name: n for n, r in enumerate((r for r in written if r.port), PORTS)}


def page_codes(registers):
    """Return the codes of all bytes of the page, as integers."""
    page, codes = [0] * (1 << PAGE_BITS), register_codes(registers)
    for r in page_registers(registers):
        for address in range(r.address, r.end):
            code = {
                "register": codes.get(r.name, 0),
                "reads": r.reads,
                "writes": r.writes,
                "first": (address - r.address) % r.bytes == 0,
                "final": (r.end - address) % r.bytes == 1 % r.bytes,
            }
            page[address % (1 << PAGE_BITS)] = CodeLayout().const(code).as_bits()
    return page


class Decoder(wiring.Component):
    """Decode an address, in the cycle after it.

    Parameters
    ----------
    registers : RegisterMap

    Members
    -------
    address : In(16)
    code : In(CodeLayout())
        Code of this byte of the page; in the next cycle, as everything else.
    write : In(1)
    locked : In(1)
        Nothing can be written, and no weight read.
    beyond : In(1)
        There is no weight word for WEIGHT_DATA.
    here : Out(1)
        The byte is in the page.
    hits : Out(data.StructLayout)
        If it is: which register it belongs to of those that can be written, a bit for each, by its
        name; a cycle after all else.
    stored : Out(1)
        It is one of the constants and counts.
    first, final, stay : Out(1)
        The byte is the lowest of a number; it is the highest one; it belongs to a port.
    error : Out(BusError)
    """

    def __init__(self, registers):
        self._registers = registers
        names = [register.name for register in page_registers(registers) if register.writes]
        super().__init__(
            {
                "address": In(16),
                "code": In(CodeLayout()),
                "write": In(1),
                "locked": In(1),
                "beyond": In(1),
                "here": Out(1),
                "hits": Out(data.StructLayout(dict.fromkeys(names, 1))),
                "stored": Out(1),
                "first": Out(1),
                "final": Out(1),
                "stay": Out(1),
                "error": Out(BusError),
            }
        )

    def elaborate(self, platform):
        m = Module()
        codes = register_codes(self._registers)
        page, place = self.address[PAGE_BITS:], self.address[:PAGE_BITS]
        counted = (self.address >> PAGE_BITS + 1 == COUNTS >> PAGE_BITS + 1) & (
            self.address[: PAGE_BITS + 1] < self._registers["COUNTS"].size
        )
        m.d.sync += [
            self.here.eq(page == self._registers["CONTROL"].address >> PAGE_BITS),
            self.stored.eq(((page == 0) & (place < IDENTITY_BYTES)) | counted),
        ]
        m.d.comb += [
            self.first.eq(self.code.first),
            self.final.eq(self.code.final),
            self.stay.eq(self.here & (self.code.register >= PORTS)),
        ]
        for name in self.hits.shape().members:
            m.d.sync += self.hits[name].eq(self.code.register == codes[name])
        weights = self.here & (self.code.register == codes["WEIGHT_DATA"])
        reads, writes = self.here & self.code.reads, self.here & self.code.writes
        known = self.stored | reads | writes
        wrong = Mux(self.write, ~writes, ~(self.stored | reads))
        with m.If(self.locked & (self.write | weights)):
            m.d.comb += self.error.eq(BusError.LOCKED)
        with m.Elif(~known | (weights & self.beyond)):
            m.d.comb += self.error.eq(BusError.ADDRESS)
        with m.Elif(wrong):
            m.d.comb += self.error.eq(BusError.READ_ONLY)
        return m
