"""Stored numbers never leave their words: not after any number of ticks of any events."""

from __future__ import annotations

import numpy as np
from amaranth.hdl import Mux, Signal, signed

from erbium.golden.feedback import feedback_weights
from erbium.golden.layout import Layout
from erbium.hw.neuron import Neuron
from erbium.hw.plasticity import Plasticity
from erbium.hw.synapse import Synapse
from erbium.sim.formal.definitions import chosen
from erbium.sim.formal.properties import (
    Properties,
    anything,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
    something,
)

#: Bits of what a stored number would be if its word had no end.
WIDE = 32


def some_layer(m, config):
    """Return the number of a layer that exists, for ever."""
    layer = something(m, range(len(config.layers) - 1), "layer")
    assume(m, layer < len(config.layers) - 1)
    return layer


class Membranes(Properties):
    """A membrane gets each source's weight once a tick at most, then steps."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.synapse = synapse = Synapse(self.built)
        m.submodules.neuron = neuron = Neuron(self.built)
        layer = some_layer(m, c)
        # Starts cleared.
        membrane = Signal(signed(layout.membrane_bits))
        events = Signal(range(max(c.layers) + 1))
        weight = anything(m, signed(c.weight_bits), "weight")
        steps, refractory = anything(m, 1, "steps"), anything(m, layout.refractory_bits, "rests")
        assume(m, steps | (events < chosen([one.sources for one in layout.layers], layer)))
        m.d.comb += [
            synapse.layer.eq(layer),
            synapse.membrane.eq(membrane),
            synapse.weight.eq(weight),
            synapse.transmits.eq(1),
            synapse.leaks.eq(steps),
            neuron.layer.eq(layer),
            neuron.steps.eq(steps),
            neuron.membrane.eq(membrane),
            neuron.total.eq(synapse.total),
            neuron.refractory.eq(refractory),
        ]
        m.d.sync += [
            membrane.eq(neuron.membrane_next),
            events.eq(Mux(steps, 0, events + 1)),
        ]
        total = Signal(signed(WIDE))
        m.d.comb += total.eq(membrane + weight * chosen([1 << gain for gain in c.gain], layer))
        # What the machine stores is the sum without end, and its bound is why.
        kept = past(m, ~steps) & ~first_cycle(m)
        check(m, "a sum is not cut", implies(kept, membrane == past(m, total)))
        largest = [1 << (c.weight_bits - 1 + gain) for gain in c.gain]
        bound = (1 << (c.state_bits - 1)) + events * chosen(largest, layer)
        check(m, "bound", (membrane <= bound) & (membrane >= -bound))
        limit = chosen([one.sources for one in layout.layers], layer)
        check(m, "events of a tick", events <= limit)
        cover(m, "a sum beyond 8 events", kept & (events > 8) & (membrane < 0))


class Dendrites(Properties):
    """A dendrite gets each class's error once a tick at most, then leaks."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.plasticity = plasticity = Plasticity(self.built)
        layer = some_layer(m, c)
        dendrite = Signal(signed(layout.dendrite_bits))
        feedback = anything(m, signed(layout.feedback_bits), "feedback")
        negative, leaks = anything(m, 1, "negative"), anything(m, 1, "leaks")
        # Of all neurons of a layer, the largest sum of feedback over the classes.
        gains = [int(np.abs(matrix).sum(axis=0).max()) for matrix in feedback_weights(c)]
        gain, used = chosen(gains, layer), Signal(range(max(gains) + 1))
        size = Mux(feedback < 0, -feedback, feedback).as_unsigned()
        assume(m, leaks | (used + size <= gain))
        m.d.comb += [
            plasticity.layer.eq(layer),
            plasticity.dendrite.eq(dendrite),
            plasticity.feedback.eq(Mux(leaks, 0, feedback)),
            plasticity.negative.eq(~leaks & negative),
            plasticity.fraction.eq((~leaks & negative).replicate(len(plasticity.fraction))),
            plasticity.leaks.eq(leaks),
        ]
        m.d.sync += [
            dendrite.eq(plasticity.dendrite_next),
            used.eq(Mux(leaks, 0, used + size)),
        ]
        total = Signal(signed(WIDE))
        m.d.comb += total.eq(Mux(negative, dendrite - feedback, dendrite + feedback))
        kept = past(m, ~leaks) & ~first_cycle(m)
        check(m, "an error is not cut", implies(kept, dendrite == past(m, total)))
        top = 1 << (c.state_bits - 1)
        rests = [
            min(top, (max(one, 1) - 1) << leak)
            for one, leak in zip(gains, c.dendrite_leak, strict=True)
        ]
        bound = chosen(rests, layer) + used
        check(m, "bound", (dendrite <= bound) & (dendrite >= -bound))
        check(m, "errors of a tick", used <= gain)
        cover(m, "errors of many ticks", kept & (dendrite < -2 * max(gains)))
