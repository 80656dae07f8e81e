"""Synapse lane: one weight is added to one membrane."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.layout import Layout
from hw.fixed import by_layer, fit
from hw.layouts import address_shape


class Synapse(wiring.Component):
    """Accumulate one weight; combinational. See `golden.synapse.accumulate`.

    Parameters
    ----------
    config : Config

    Members
    -------
    layer : In
        Layer of the target; chooses the gain.
    membrane, membrane_next : In, Out(signed(membrane_bits))
        Stored membrane before and after.
    weight : In(signed(weight_bits))
    transmits : In(1)
        0 if this synapse is blanked out.
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
                "membrane_next": Out(signed(layout.membrane_bits)),
            }
        )

    def elaborate(self, platform):
        m = Module()
        gains = self._config.gain
        scaled = Signal(signed(self._config.weight_bits + max(gains)))
        m.d.comb += scaled.eq(by_layer(gains, self.layer, self.weight.shift_left))
        membrane_next = self.membrane + Mux(self.transmits, scaled, 0)
        # The membrane is wide enough for every weight of a tick.
        m.d.comb += self.membrane_next.eq(fit(membrane_next, self.membrane.shape()))
        return m
