"""Neuron lane: integrate, fire, leak, and open or close the gate of one neuron."""

from functools import partial

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden.layout import Layout
from hw.fixed import by_layer, fit, leak, rounds_away, saturate
from hw.layouts import NeuronLayout, address_shape


class Neuron(wiring.Component):
    """Next state of one neuron; combinational. See `golden.neuron.step`.

    Parameters
    ----------
    config : Config

    Members
    -------
    layer : In
        Layer of the neuron; chooses its constants.
    state, state_next : In, Out(NeuronLayout(config))
    fires : Out(1)
    """

    def __init__(self, config):
        self._config = config
        layers = len(Layout(config).layers)
        super().__init__(
            {
                "layer": In(address_shape(layers)),
                "state": In(NeuronLayout(config)),
                "state_next": Out(NeuronLayout(config)),
                "fires": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        c = self._config
        membrane = Signal(signed(c.state_bits))
        dendrite = Signal(signed(c.state_bits))
        refractory = self.state.refractory
        m.d.comb += [
            membrane.eq(saturate(self.state.membrane, c.state_bits)),
            dendrite.eq(saturate(self.state.dendrite, c.state_bits)),
        ]

        low, high = by_layer(c.gate_low, self.layer), by_layer(c.gate_high, self.layer)
        m.d.comb += self.state_next.gate.eq((low < membrane) & (membrane < high))

        threshold = by_layer(c.threshold, self.layer)
        m.d.comb += self.fires.eq((refractory == 0) & (membrane >= threshold))
        m.d.comb += self.state_next.membrane.eq(
            Mux(self.fires, 0, self._leaked(m, membrane, c.membrane_leak, "membrane"))
        )
        m.d.comb += self.state_next.dendrite.eq(
            self._leaked(m, dendrite, c.dendrite_leak, "dendrite")
        )

        with m.If(self.fires):
            m.d.comb += self.state_next.refractory.eq(by_layer(c.refractory, self.layer))
        with m.Elif(refractory != 0):
            m.d.comb += self.state_next.refractory.eq(fit(refractory - 1, refractory.shape()))
        return m

    def _leaked(self, m, value, shifts, name):
        """Leak `value` by the layer's shift: choose the operands, then use one adder."""
        shifted = Signal.like(value, name=f"{name}_shifted")
        rounds = Signal(name=f"{name}_rounds")
        m.d.comb += [
            shifted.eq(by_layer(shifts, self.layer, value.shift_right)),
            rounds.eq(by_layer(shifts, self.layer, partial(rounds_away, value))),
        ]
        return leak(value, shifted, rounds)
