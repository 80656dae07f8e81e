"""Synapse lane: the adder of a membrane. It adds a weight, and once a tick it leaks."""

from functools import partial

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.layout import Layout
from erbium.hw.fixed import add, by_layer, fit, leak_operand
from erbium.hw.words import address_shape


class Synapse(wiring.Component):
    """Accumulate one weight, or leak; combinational.

    See `golden.synapse.accumulate` and `golden.fixed.leak`.

    Parameters
    ----------
    config : Config

    Members
    -------
    layer : In
        Layer of the target; chooses gain and leak.
    membrane, total : In, Out(signed(membrane_bits))
        Stored membrane before and after.
    weight : In(signed(weight_bits))
    transmits : In(1)
        0 if this synapse is blanked out.
    leaks : In(1)
        Leak instead.
    """

    def __init__(self, config):
        self._config = config
        layout = Layout(config)
        super().__init__(
            {
                "layer": In(address_shape(len(layout.layers))),
                "membrane": In(signed(layout.membrane_bits)),
                "weight": In(signed(config.weight_bits)),
                "transmits": In(1),
                "leaks": In(1),
                "total": Out(signed(layout.membrane_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        config = self._config
        scaled = Signal(signed(config.weight_bits + max(config.gain)))
        operand = Signal.like(self.membrane)
        carry = Signal()
        m.d.comb += scaled.eq(by_layer(config.gain, self.layer, self.weight.shift_left))
        leaked, carried = (
            by_layer(config.membrane_leak, self.layer, partial(self._leak, part)) for part in (0, 1)
        )
        m.d.comb += [
            operand.eq(Mux(self.leaks, leaked, Mux(self.transmits, scaled, 0))),
            carry.eq(self.leaks & carried),
            # The membrane is wide enough for every weight of a tick, and a leak makes it smaller.
            self.total.eq(fit(add(self.membrane, operand, carry), self.total.shape())),
        ]
        return m

    def _leak(self, part, shift):
        return leak_operand(self.membrane, shift)[part]
