"""Status: what a core is doing, for a row of leds that a person looks at."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.words import RequestLayout, address_shape


class Blinker(wiring.Component):
    """Make something that lasts one cycle visible.

    It shines for `cycles` and then stays dark as long; so what happens all the time blinks.

    Parameters
    ----------
    cycles : int

    Members
    -------
    i : In(1)
        Shine, unless already shining, or dark after that.
    o : Out(1)
    """

    i: In(1)
    o: Out(1)

    def __init__(self, cycles):
        if cycles < 1:
            raise ValueError(f"cycles must be at least 1, not {cycles!r}")
        self._cycles = cycles
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        left = Signal(range(2 * self._cycles + 1))
        m.d.comb += self.o.eq(left > self._cycles)
        with m.If(left != 0):
            m.d.sync += left.eq(left - 1)
        with m.Elif(self.i):
            m.d.sync += left.eq(2 * self._cycles)
        return m


class Status(wiring.Component):
    """LEDs for activity, progress and the winning class.

    LED 0 blinks with spikes. LED 1 blinks with the samples that are learned; with learning off,
    it shines while the last answer was its label's. The others show the class that won last with
    learning off, in binary, lowest bit first; bits without an LED are not seen.

    Parameters
    ----------
    config : Config
    leds : int
        At least 3.
    cycles : int
        Clock cycles for which an LED shines at least.

    Members
    -------
    spike : In(1)
        There is a spike.
    asked : In(stream.Signature(RequestLayout(config), always_ready=True))
        Requests, as the core takes them.
    answered : In(stream.Signature(winner, always_ready=True))
        Winners, as they are taken from the core.
    leds : Out(leds)
    """

    def __init__(self, config, *, leds, cycles):
        if leds < 3:
            raise ValueError(f"leds must be at least 3, not {leds!r}")
        self._cycles = cycles
        request, winner = RequestLayout(config), address_shape(config.layers[-1])
        super().__init__(
            {
                "spike": In(1),
                "asked": In(stream.Signature(request, always_ready=True)),
                "answered": In(stream.Signature(winner, always_ready=True)),
                "leds": Out(leds),
            }
        )

    def elaborate(self, platform):
        m = Module()
        m.submodules.activity = activity = Blinker(self._cycles)
        m.submodules.progress = progress = Blinker(self._cycles)
        request = Signal.like(self.asked.payload)
        winner = Signal.like(self.answered.payload)
        label = Signal.like(request.label)
        learning = request.rate != 0
        with m.If(self.asked.valid):
            m.d.sync += request.eq(self.asked.payload)
        with m.If(self.answered.valid & ~learning):
            m.d.sync += [winner.eq(self.answered.payload), label.eq(request.label)]
        # Registers, so that no path of the core goes on into a counter.
        m.d.sync += [activity.i.eq(self.spike), progress.i.eq(self.answered.valid & learning)]
        m.d.comb += [
            self.leds.eq(Cat(activity.o, Mux(learning, progress.o, winner == label), winner)),
        ]
        return m
