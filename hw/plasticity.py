"""Plasticity lane: the whole learning rule of one synapse is one adder behind a gate."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.layout import Layout
from golden.plasticity import fraction as golden_fraction
from hw.fixed import saturate, wrap
from hw.layouts import fraction_shape


def fraction(config, word):
    """Return the fraction bits of an event, whose generator holds `word`."""
    if config.rounding == "nearest":
        return golden_fraction(0, config.learning_shift, "nearest")
    return wrap(word, config.learning_shift)


class Plasticity(wiring.Component):
    """Move one weight by the dendrite of its target; combinational. See `golden.plasticity`.

    The weight is extended by fraction bits, the dendrite is added if the gate is open, and the
    fraction is dropped. Random bits round stochastically, a half rounds to the nearest weight.

    Parameters
    ----------
    config : Config

    Members
    -------
    weight, weight_next : In, Out(signed(weight_bits))
    dendrite : In(signed(dendrite_bits))
    open : In(1)
        Gate open, synapse transmitting, event learning.
    fraction : In(fraction_shape(config))
        Fraction bits of the event.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "weight": In(signed(config.weight_bits)),
                "dendrite": In(signed(Layout(config).dendrite_bits)),
                "open": In(1),
                "fraction": In(fraction_shape(config)),
                "weight_next": Out(signed(config.weight_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        bits, shift = self._config.weight_bits, self._config.learning_shift
        extended = Cat(wrap(self.fraction, shift), self.weight).as_signed()
        change = Signal.like(self.dendrite)
        moved = Signal(signed(max(len(extended), len(change)) + 1))
        m.d.comb += [
            change.eq(Mux(self.open, self.dendrite, 0)),
            moved.eq(extended + change),
            self.weight_next.eq(saturate(moved[shift:].as_signed(), bits)),
        ]
        return m
