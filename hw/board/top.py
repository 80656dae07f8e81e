"""Top: all that is on a board's chip."""

from amaranth import *
from amaranth.lib import io

from erbium.hw.board.clock import Clock
from erbium.hw.board.system import System
from erbium.hw.link.exerciser import Exerciser

#: Seconds for which an LED shines at least, and those for which an answer stays.
BLINK, HOLD = 0.06, 0.7


class Top(Elaboratable):
    """A core with a link on a board: pins, clock and reset around a `System`.

    Parameters
    ----------
    board : Board
    config : Config
    clock : Ratio
        Clock to run at, made with `Board.clock`.
    link : callable, optional
        Called with the configuration and the clock in Hz, returns what feeds the core; see
        `link_signature`. An `Exerciser` if left out.
    """

    def __init__(self, board, config, *, clock, link=None):
        self._board = board
        self._config = config
        self._clock = clock
        self._link = link or exerciser

    def elaborate(self, platform):
        m = Module()
        board, hz = self._board, int(self._clock.mhz * 1_000_000)
        pin = platform.request(platform.default_clk, dir="-")
        pll = board.pll(pin, input_mhz=board.input_mhz, ratio=self._clock)
        m.domains.sync = ClockDomain()
        m.submodules.clock = clock = Clock(pll)
        m.d.comb += [ClockSignal().eq(clock.clk), ResetSignal().eq(clock.rst)]

        link = self._link(self._config, hz)
        m.submodules.system = system = System(link, leds=board.leds, blink=int(BLINK * hz))
        for number in range(board.leds):
            led = io.Buffer("o", platform.request("led", number, dir="-"))
            m.submodules[f"led_{number}"] = led
            m.d.comb += led.o.eq(system.leds[number])
        return m


def exerciser(config, hz):
    """Return the link of a board without a host."""
    return Exerciser(config, hold=int(HOLD * hz))
