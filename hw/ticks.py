"""Ticks: where in a sample the machine is."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.fixed import increment
from erbium.hw.words import address_shape


class Ticks(wiring.Component):
    """Count the ticks of a sample, and know what happens in which of them.

    Parameters
    ----------
    config : Config

    Members
    -------
    start : In(1)
        Go to tick 0.
    advance : In(1)
        Go to the next tick.
    tick : Out
    window : Out(1)
        Outputs count in this tick, and errors flow; see `golden.error.label_fires`.
    learns : Out(1)
        Weights change in this tick.
    labelled : Out(1)
        The label neuron fires in this tick.
    last : Out(1)
        Last tick of a sample.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "start": In(1),
                "advance": In(1),
                "tick": Out(address_shape(config.ticks)),
                "window": Out(1),
                "learns": Out(1),
                "labelled": Out(1),
                "last": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        since_label = Signal(address_shape(config.label_period))
        m.d.comb += [
            self.labelled.eq(self.window & (since_label == 0)),
            self.last.eq(self.tick == config.ticks - 1),
        ]
        if config.learning_start == 0:
            m.d.comb += self.learns.eq(1)
        elif config.learning_start == config.burn_in:
            m.d.comb += self.learns.eq(self.window)
        else:
            self._count_to_learning(m)
        with m.If(self.start):
            m.d.sync += [
                self.tick.eq(0),
                self.window.eq(config.burn_in == 0),
                since_label.eq(0),
            ]
        with m.Elif(self.advance):
            m.d.sync += self.tick.eq(increment(self.tick))
            with m.If(self.tick + 1 == config.burn_in):
                m.d.sync += self.window.eq(1)
            with m.If(self.window):
                wraps = since_label == config.label_period - 1
                m.d.sync += since_label.eq(Mux(wraps, 0, increment(since_label)))
        return m

    def _count_to_learning(self, m):
        with m.If(self.start):
            m.d.sync += self.learns.eq(0)
        with m.Elif(self.advance & (self.tick + 1 == self._config.learning_start)):
            m.d.sync += self.learns.eq(1)
