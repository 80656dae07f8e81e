"""Plasticity lane: the adder of a dendrite. It is the whole learning rule of one synapse."""

from functools import partial

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.layout import Layout
from golden.plasticity import fraction as golden_fraction
from hw.fixed import add, by_layer, fit, leak_operand, saturate, wrap
from hw.layouts import address_shape, fraction_shape


def fraction(config, word):
    """Return the fraction bits of an event, whose generator holds `word`."""
    if config.rounding == "nearest":
        return golden_fraction(0, config.learning_shift, "nearest")
    return wrap(word, config.learning_shift)


class Plasticity(wiring.Component):
    """Move one weight by the dendrite of its target, or change the dendrite; combinational.

    One adder does three things, which never happen in the same cycle. See `golden.plasticity`.

    * Learn: the weight is extended by fraction bits, the dendrite is added, the fraction is
      dropped. Random bits round stochastically, a half rounds to the nearest weight.
    * Feed back: an error spike's feedback weight is added to the dendrite, or subtracted.
    * Leak, once a tick.

    Parameters
    ----------
    config : Config

    Members
    -------
    layer : In
        Layer of the target; chooses the leak.
    dendrite, dendrite_next : In, Out(signed(dendrite_bits))
        To learn: 0 where the synapse's gate is closed.
    weight, weight_next : In, Out(signed(weight_bits))
        0 unless a synapse learns.
    feedback : In(signed(feedback_bits))
        0 unless an error is fed back.
    negative : In(1)
        Subtract the feedback; 0 unless an error is fed back.
    fraction : In(fraction_shape(config))
        To learn: fraction bits of the event. To feed back: `negative` in all bits.
    leaks : In(1)
        Leak; the weight, fraction and feedback do not matter.
    """

    def __init__(self, config):
        self._config = config
        layout = Layout(config)
        super().__init__(
            {
                "layer": In(address_shape(len(layout.layers))),
                "dendrite": In(signed(layout.dendrite_bits)),
                "weight": In(signed(config.weight_bits)),
                "feedback": In(signed(layout.feedback_bits)),
                "negative": In(1),
                "fraction": In(fraction_shape(config)),
                "leaks": In(1),
                "dendrite_next": Out(signed(layout.dendrite_bits)),
                "weight_next": Out(signed(config.weight_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        bits, shift = config.weight_bits, config.learning_shift
        width = max(bits + shift, len(self.dendrite), len(self.feedback))
        dendrite = Signal.like(self.dendrite)
        extended = Signal(signed(width))
        operand = Signal(signed(width))
        carry = Signal()
        moved = Signal(signed(width + 1))
        leaked, carried = (
            by_layer(config.dendrite_leak, self.layer, partial(self._leak, part)) for part in (0, 1)
        )
        # To subtract is to add the complement and 1. Above the fraction, whose bits are already
        # complemented, all bits are turned here, those of a weight of 0 included.
        weight = self.weight.as_unsigned() ^ self.negative.replicate(bits)
        turned = Cat(wrap(self.fraction, shift), weight)
        m.d.comb += [
            extended.eq(turned.as_signed()),
            operand.eq(Mux(self.leaks, leaked, extended ^ self.feedback)),
            carry.eq(Mux(self.leaks, carried, self.negative)),
            dendrite.eq(self._saturated()),
            moved.eq(add(dendrite, operand, carry)),
            self.weight_next.eq(saturate(moved[shift:].as_signed(), bits)),
            # The dendrite has room for every error of a tick, and a leak makes it smaller.
            self.dendrite_next.eq(fit(moved, self.dendrite_next.shape())),
        ]
        return m

    def _saturated(self):
        """Saturate a dendrite that leaks, if it can leave the range at all."""
        clipped = saturate(self.dendrite, self._config.state_bits)
        if clipped is self.dendrite:
            return clipped
        return Mux(self.leaks, clipped, self.dendrite)

    def _leak(self, part, shift):
        return leak_operand(saturate(self.dendrite, self._config.state_bits), shift)[part]
