"""Neuron lane: saturate, fire, and open or close the gate of one neuron."""

from functools import partial

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.fixed import leak
from erbium.golden.layout import Layout
from erbium.hw.fixed import at_least, by_layer, fit
from erbium.hw.words import address_shape


class Neuron(wiring.Component):
    """Decide what happens to one membrane; combinational. See `golden.neuron.step`.

    `Synapse` has added the leak to the stored membrane already. Saturation commutes with what is
    done here: constants are compared with the stored membrane, and what a saturated membrane
    leaks to is one of two constants.

    Parameters
    ----------
    config : Config

    Members
    -------
    layer : In
        Layer of the neuron; chooses its constants.
    steps, clear : In(1)
        The neuron's step of this tick; start of a sample. With neither, `total` passes.
    membrane : In(signed(membrane_bits))
        Stored membrane.
    total : In(signed(membrane_bits))
        The same after `Synapse`.
    refractory, refractory_next : In, Out(refractory_bits)
    membrane_next : Out(signed(membrane_bits))
    fires : Out(1)
        The neuron fires; 0 unless it steps.
    gate_next : Out(1)
    """

    def __init__(self, config):
        self._config = config
        layout = Layout(config)
        super().__init__(
            {
                "layer": In(address_shape(len(layout.layers))),
                "steps": In(1),
                "clear": In(1),
                "membrane": In(signed(layout.membrane_bits)),
                "total": In(signed(layout.membrane_bits)),
                "refractory": In(layout.refractory_bits),
                "membrane_next": Out(signed(layout.membrane_bits)),
                "refractory_next": Out(layout.refractory_bits),
                "fires": Out(1),
                "gate_next": Out(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        c = self._config
        reaches = partial(at_least, self.membrane)
        above = by_layer([low + 1 for low in c.gate_low], self.layer, reaches)
        below = ~by_layer(c.gate_high, self.layer, reaches)
        rested = self.refractory == 0
        m.d.comb += [
            self.gate_next.eq(above & below),
            self.fires.eq(self.steps & rested & by_layer(c.threshold, self.layer, reaches)),
        ]
        with m.If(self.fires):
            m.d.comb += self.refractory_next.eq(by_layer(c.refractory, self.layer))
        with m.Elif(~rested):
            next_ = fit(self.refractory - 1, self.refractory.shape())
            m.d.comb += self.refractory_next.eq(next_)
        self._membrane(m)
        return m

    def _membrane(self, m):
        """Pass the sum, or 0 after a spike, or what the highest or lowest membrane leaks to."""
        c, width = self._config, len(self.membrane)
        bits = signed(width)
        top = 1 << (c.state_bits - 1)
        beyond = self.membrane[c.state_bits - 1 :]
        fits = beyond.all() | ~beyond.any()
        passes, high, low = Signal(), Signal(), Signal()
        m.d.comb += [
            passes.eq(~self.clear & (~self.steps | (fits & ~self.fires))),
            high.eq(self.steps & ~fits & ~self.membrane[-1] & ~self.fires),
            low.eq(self.steps & ~fits & self.membrane[-1]),
        ]

        def limit(value):
            """Return what `value` leaks to, by layer."""
            return by_layer(
                c.membrane_leak, self.layer, lambda shift: Const(int(leak(value, shift)), bits)
            ).as_unsigned()

        chosen = self.total.as_unsigned() & passes.replicate(width)
        chosen |= high.replicate(width) & limit(top - 1)
        chosen |= low.replicate(width) & limit(-top)
        m.d.comb += self.membrane_next.eq(chosen.as_signed())
