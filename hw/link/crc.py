"""CRC-32: a bit in each clock cycle, since bytes of a serial line are far apart."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

#: Polynomial of IEEE 802.3, lowest power in the highest bit.
POLYNOMIAL = 0xEDB88320

#: What is left after a text and its own CRC.
RESIDUE = 0xDEBB20E3

#: What the register begins with.
START = 0xFFFFFFFF


class Crc(wiring.Component):
    """The CRC of the bytes since `clear`, as ``zlib.crc32`` computes it.

    Attributes
    ----------
    latency : int
        Cycles from `take` or `shift` until the next one may come.

    Members
    -------
    clear : In(1)
        Begin again.
    take : In(1)
        Add a byte.
    data : In(8)
    shift : In(1)
        Go to the next byte of the CRC, which is to be sent.
    busy : Out(1)
        At work; `take` and `shift` must wait.
    byte : Out(8)
        The next byte of the CRC.
    good : Out(1)
        The last four bytes were the CRC of those before them.
    """

    latency = 9

    def __init__(self):
        super().__init__(
            {
                "clear": In(1),
                "take": In(1),
                "data": In(8),
                "shift": In(1),
                "busy": Out(1),
                "byte": Out(8),
                "good": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        register = Signal(32, init=START)
        # The bits of a byte that are still to be shifted; a bit of the CRC itself leaves as it is.
        left = Signal(4)
        plain = Signal()
        feedback = register[0] & ~plain
        m.d.comb += [
            self.busy.eq(left != 0),
            self.byte.eq(~register[:8]),
            self.good.eq(register == RESIDUE),
        ]
        with m.If(self.busy):
            taps = Mux(feedback, POLYNOMIAL, 0)
            m.d.sync += [register.eq(register[1:] ^ taps), left.eq((left - 1)[:4])]
        with m.Else():
            m.d.sync += plain.eq(self.shift)
        with m.If(self.take):
            m.d.sync += register[:8].eq(register[:8] ^ self.data)
        with m.If(self.take | self.shift):
            m.d.sync += left.eq(8)
        with m.If(self.clear):
            m.d.sync += register.eq(START)
        return m
