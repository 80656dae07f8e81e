"""Clock and reset of a board."""

import math

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.cdc import FFSynchronizer
from amaranth.lib.wiring import In, Out

#: Seconds from a steady clock to the end of reset. An iCE40 needs some microseconds after its
#: configuration until its block RAMs can be read; the others need less.
POWER_ON = 100e-6


class PowerOn(wiring.Component):
    """Reset for some cycles after the clock has become steady, and again if it does not stay so.

    Parameters
    ----------
    cycles : int

    Members
    -------
    locked : In(1)
        The clock is steady; need not be synchronous to it.
    rst : Out(1)
    """

    locked: In(1)
    rst: Out(1)

    def __init__(self, cycles):
        if cycles < 1:
            raise ValueError(f"cycles must be at least 1, not {cycles!r}")
        self._cycles = cycles
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        # None of this is reset by what it makes: all starts with the chip's configuration.
        locked = Signal(reset_less=True)
        left = Signal(range(self._cycles + 1), init=self._cycles, reset_less=True)
        rst = Signal(init=1, reset_less=True)
        m.submodules.locked = FFSynchronizer(self.locked, locked)
        m.d.sync += rst.eq(left != 0)
        with m.If(~locked):
            m.d.sync += left.eq(self._cycles)
        with m.Elif(left != 0):
            m.d.sync += left.eq(left - 1)
        m.d.comb += self.rst.eq(rst)
        return m


class Clock(wiring.Component):
    """Clock and reset from a board's oscillator; uses the domain ``sync`` that they drive.

    Parameters
    ----------
    pll : Pll

    Members
    -------
    clk, rst : Out(1)
    """

    clk: Out(1)
    rst: Out(1)

    def __init__(self, pll):
        self._pll = pll
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        cycles = math.ceil(POWER_ON * self._pll.ratio.mhz * 1_000_000)
        m.submodules.pll = pll = self._pll
        m.submodules.power_on = power_on = PowerOn(cycles)
        m.d.comb += [
            self.clk.eq(pll.clk),
            power_on.locked.eq(pll.locked),
            self.rst.eq(power_on.rst),
        ]
        return m
