"""Top: all that is on a board's chip."""

from functools import partial

from amaranth import *
from amaranth.lib import io

from erbium.golden.link.uart import BAUD
from erbium.hw.board.clock import Clock
from erbium.hw.board.system import SerialSystem, System
from erbium.hw.link.exerciser import Exerciser
from erbium.hw.link.uart_link import LinkedCore

#: Seconds for which an LED shines at least, and those for which an answer stays.
BLINK, HOLD = 0.06, 0.7


class Top(Elaboratable):
    """A core with a link on a board: pins, clock and reset around it.

    Parameters
    ----------
    board : Board
    config : Config
    clock : Ratio
        Clock to run at, made with `Board.clock`.
    link : callable, optional
        Called with the configuration and the clock in Hz, returns what feeds a core, with the
        members of `link_signature`, or a core with its serial link, as `SerialSystem` takes it. An
        `Exerciser` if left out.
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
        serial = {"rx", "tx"} <= set(link.signature.members)
        kind = SerialSystem if serial else System
        m.submodules.system = system = kind(link, leds=board.leds, blink=int(BLINK * hz))
        if serial:
            self._wires(m, platform, system)
        for number in range(board.leds):
            led = io.Buffer("o", platform.request("led", number, dir="-"))
            m.submodules[f"led_{number}"] = led
            m.d.comb += led.o.eq(system.leds[number])
        return m

    def _wires(self, m, platform, system):
        """Join a serial link to the pins of the board's USB bridge."""
        pins = platform.request("uart", dir="-")
        m.submodules.rx = rx = io.Buffer("i", pins.rx)
        m.submodules.tx = tx = io.Buffer("o", pins.tx)
        m.d.comb += [system.rx.eq(rx.i), tx.o.eq(system.tx)]


def exerciser(config, hz):
    """Return the link of a board without a host."""
    return Exerciser(config, hold=int(HOLD * hz))


def uart(config, hz, *, baud=BAUD, weights=None):
    """Return a core behind a UART.

    Parameters
    ----------
    config : Config
    hz : int
        Clock.
    baud : int
        Bits a second.
    weights : list of int array [sources, targets], optional
        What the core's weight memory holds at power-up.
    """
    return LinkedCore(config, clock_hz=hz, baud=baud, weights=weights)


def link_of(name, *, baud=BAUD, weights=None):
    """Return the link of a board by its name, "uart" or "exerciser", as `Top` takes it."""
    return exerciser if name == "exerciser" else partial(uart, baud=baud, weights=weights)
