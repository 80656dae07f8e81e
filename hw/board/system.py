"""System: a core, its link and its leds; all of a board's design but pins, clock and reset."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out, connect

from erbium.hw.board.status import Status
from erbium.hw.core import Core


class System(wiring.Component):
    """A core that a link feeds, with leds that show what it does.

    Parameters
    ----------
    link : Component
        With a `config`, and the signature `link_signature` of it.
    leds : int
        LEDs to show the status on.
    blink : int
        Clock cycles for which an LED shines at least.

    Members
    -------
    leds : Out(leds)
        See `Status`.
    """

    def __init__(self, link, *, leds, blink):
        self._link = link
        self._blink = blink
        super().__init__({"leds": Out(leds)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.link = link = self._link
        m.submodules.core = core = Core(link.config)
        m.submodules.status = status = Status(link.config, leds=len(self.leds), cycles=self._blink)
        connect(m, core, link)
        m.d.comb += [
            status.spike.eq(core.o_spikes.valid),
            status.asked.valid.eq(core.i_request.valid & core.i_request.ready),
            status.asked.payload.eq(core.i_request.payload),
            status.answered.valid.eq(core.o_result.valid & core.o_result.ready),
            status.answered.payload.eq(core.o_result.payload.winner),
            self.leds.eq(status.leds),
        ]
        return m


class SerialSystem(wiring.Component):
    """A core behind a serial link, with leds that show what it does.

    Parameters
    ----------
    linked : Component
        A core with its link, such as a `LinkedCore`: with a `config`, wires ``rx`` and ``tx``, and
        what `Status` is told: ``spike``, ``asked`` and ``answered``.
    leds, blink
        As for `System`.

    Members
    -------
    rx : In(1)
    tx : Out(1)
    leds : Out(leds)
        See `Status`.
    """

    def __init__(self, linked, *, leds, blink):
        self._linked = linked
        self._blink = blink
        super().__init__({"rx": In(1), "tx": Out(1), "leds": Out(leds)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.linked = linked = self._linked
        m.submodules.status = status = Status(
            linked.config, leds=len(self.leds), cycles=self._blink
        )
        connect(m, linked.asked, status.asked)
        connect(m, linked.answered, status.answered)
        m.d.comb += [
            linked.rx.eq(self.rx),
            self.tx.eq(linked.tx),
            status.spike.eq(linked.spike),
            self.leds.eq(status.leds),
        ]
        return m
