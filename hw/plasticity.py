"""Plasticity lane: the adder of a dendrite. It is the whole learning rule of one synapse."""

from functools import partial

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.golden.plasticity import fraction as golden_fraction
from erbium.hw.fixed import add, by_layer, fit, leak_operand, saturate, wrap
from erbium.hw.words import address_shape, fraction_shape


def fraction(config, word):
    """Return the fraction bits of an event, whose generator holds `word`."""
    if config.rounding == "nearest":
        return golden_fraction(0, config.learning_shift, "nearest")
    return wrap(word, config.learning_shift)


def _operand_bits(config):
    """Bits of what is added to the dendrite, which are not less than the dendrite's."""
    layout = Layout(config)
    extended = config.weight_bits + config.learning_shift
    return max(extended, layout.dendrite_bits, layout.feedback_bits)


def moved_shape(config):
    """Shape of a weight that has learned, and may have left its range."""
    return signed(_operand_bits(config) + 1 - config.learning_shift)


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
    weight : In(signed(weight_bits))
        0 unless a weight is learned.
    moved : Out(moved_shape(config))
        To learn: the new weight, before `Saturation`.
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
                "moved": Out(moved_shape(config)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        width = _operand_bits(config)
        dendrite = Signal.like(self.dendrite)
        operand = Signal(signed(width))
        carry = Signal()
        total = Signal(signed(width + 1))
        leaked, carried = (
            by_layer(config.dendrite_leak, self.layer, partial(self._leak, part)) for part in (0, 1)
        )
        m.d.comb += [
            operand.eq(Mux(self.leaks, leaked, self._operand(m))),
            carry.eq(Mux(self.leaks, carried, self.negative)),
            dendrite.eq(self._saturated()),
            total.eq(add(dendrite, operand, carry)),
            self.moved.eq(total[config.learning_shift :].as_signed()),
            # The dendrite has room for every error of a tick, and a leak makes it smaller.
            self.dendrite_next.eq(fit(total, self.dendrite_next.shape())),
        ]
        return m

    def _operand(self, m):
        """Return the extended weight, or the feedback or its complement; one of them is 0.

        To subtract is to add the complement and 1. The fraction bits come turned already.
        """
        bits, shift = self._config.weight_bits, self._config.learning_shift
        weight, feedback, sign = self.weight, self.feedback, len(self.feedback) - 1
        turned = Signal()
        m.d.comb += turned.eq(feedback[sign] ^ self.negative)
        operand = [self.fraction[i] ^ feedback[min(i, sign)] for i in range(shift)]
        for i in range(shift, max(bits + shift, sign + 1)):
            error = turned if i >= sign else feedback[i] ^ self.negative
            operand.append(weight[min(i - shift, bits - 1)] ^ error)
        return Cat(operand).as_signed()

    def _saturated(self):
        """Saturate a dendrite that leaks, if it can leave the range at all."""
        clipped = saturate(self.dendrite, self._config.state_bits)
        if clipped is self.dendrite:
            return clipped
        return Mux(self.leaks, clipped, self.dendrite)

    def _leak(self, part, shift):
        return leak_operand(saturate(self.dendrite, self._config.state_bits), shift)[part]


class Saturation(wiring.Component):
    """What is written to the weight memory; combinational, a cycle after `Plasticity`.

    Saturation and the choice between learning and loading only select bits: one LUT a bit.

    Parameters
    ----------
    config : Config

    Members
    -------
    learns : In(1)
        A weight is learned.
    moved : In(moved_shape(config))
    load : In(signed(weight_bits))
        Weight from the host; 0 unless it loads one. It does not while weights are learned.
    weight : Out(signed(weight_bits))
    """

    def __init__(self, config):
        self._bits = config.weight_bits
        super().__init__(
            {
                "learns": In(1),
                "moved": In(moved_shape(config)),
                "load": In(signed(self._bits)),
                "weight": Out(signed(self._bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        top = self._bits - 1
        beyond, sign = self.moved[top:], self.moved[-1]
        passes, highest = Signal(), Signal()
        fits = beyond.all() | ~beyond.any()
        m.d.comb += [
            passes.eq(self.learns & fits),
            highest.eq(self.learns & ~fits & ~sign),
        ]
        low = (self.moved[:top] & passes.replicate(top)) | highest.replicate(top)
        chosen = Cat(low, self.learns & sign) | self.load.as_unsigned()
        m.d.comb += self.weight.eq(chosen.as_signed())
        return m
