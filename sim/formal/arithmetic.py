"""Arithmetic: each unit gives what is defined, for all values of all inputs, at full width."""

from __future__ import annotations

from amaranth.hdl import Const, Mux, Signal, signed, unsigned

from erbium.golden.layout import Layout
from erbium.hw import fixed as fixed
from erbium.hw.neuron import Neuron
from erbium.hw.plasticity import Plasticity, Saturation
from erbium.hw.synapse import Synapse
from erbium.hw.words import address_shape, fraction_shape
from erbium.sim.formal.definitions import chosen, clipped, is_clipped, is_leaked, leaked, moved
from erbium.sim.formal.properties import Properties, anything, assume, check, cover, implies


def any_layer(m, config):
    """Return a number of a layer that exists."""
    layer = anything(m, address_shape(len(config.layers) - 1), "layer")
    assume(m, layer < len(config.layers) - 1)
    return layer


class Vocabulary(Properties):
    """The functions of `hw.fixed`, at the width of a stored membrane."""

    def specify(self, m):
        c, width = self.config, Layout(self.config).membrane_bits
        value, operand = (anything(m, signed(width), name) for name in ("value", "operand"))
        carry = anything(m, 1, "carry")
        for bits in sorted({c.weight_bits, c.state_bits}):
            result = fixed.saturate(value, bits)
            check(m, f"saturate to {bits} bits", is_clipped(result, value, bits))
            for end, beyond in (("top", value > 0), ("bottom", value < 0)):
                cover(m, f"{bits} bits: {end}", beyond & (result != value))
        check(m, "add", fixed.add(value, operand, carry) == value + operand + carry)
        for shift in range(1, c.state_bits):
            other, bit = fixed.leak_operand(value, shift)
            total = fixed.add(value, other, bit)
            check(m, f"leak by {shift}", is_leaked(total, value, shift))
        limits = {0, 1, -1, -(1 << width), 1 << width, *c.threshold, *c.gate_low, *c.gate_high}
        for limit in sorted(limits | {limit + 1 for limit in limits}):
            check(m, f"at least {limit}", fixed.at_least(value, limit) == (value >= limit))
        counter = anything(m, unsigned(width), "counter")
        top = (1 << width) - 1
        next_ = fixed.increment(counter)
        check(m, "increment", next_ == Mux(counter == top, 0, counter + 1))
        check(m, "wrap", fixed.wrap(counter, 5) == counter % 32)
        check(m, "fit", implies(value.as_unsigned() < 32, fixed.fit(value, 6) == value))
        cover(m, "counter goes round", (counter == top) & (next_ == 0))


class Accumulation(Properties):
    """`Synapse`: a transmitting weight is added, scaled; a leak is as defined."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.synapse = synapse = Synapse(self.built)
        layer = any_layer(m, c)
        membrane = anything(m, signed(layout.membrane_bits), "membrane")
        weight = anything(m, signed(c.weight_bits), "weight")
        transmits, leaks = anything(m, 1, "transmits"), anything(m, 1, "leaks")
        m.d.comb += [
            synapse.layer.eq(layer),
            synapse.membrane.eq(membrane),
            synapse.weight.eq(weight),
            synapse.transmits.eq(transmits),
            synapse.leaks.eq(leaks),
        ]
        total = membrane + Mux(transmits, weight * chosen([1 << gain for gain in c.gain], layer), 0)
        # `membranes in range` proves that a stored membrane has room for all weights of a tick.
        top = 1 << (layout.membrane_bits - 1)
        fits = (total >= -top) & (total < top)
        check(m, "sum", implies(~leaks & fits, synapse.total == total))
        for index, shift in enumerate(c.membrane_leak):
            is_right = is_leaked(synapse.total, membrane, shift)
            check(m, f"leak in layer {index}", implies(leaks & (layer == index), is_right))
        cover(m, "the sum changes sign", ~leaks & fits & (membrane < 0) & (synapse.total > 0))
        cover(m, "a leak of 1", leaks & (membrane == 1) & (synapse.total == 0))


class Step(Properties):
    """`Synapse` and `Neuron` together: a neuron's step of a tick."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.synapse = synapse = Synapse(self.built)
        m.submodules.neuron = neuron = Neuron(self.built)
        layer = any_layer(m, c)
        membrane = anything(m, signed(layout.membrane_bits), "membrane")
        refractory = anything(m, layout.refractory_bits, "refractory")
        clears = anything(m, 1, "clears")
        m.d.comb += [
            synapse.layer.eq(layer),
            synapse.membrane.eq(membrane),
            synapse.leaks.eq(neuron.steps),
            neuron.layer.eq(layer),
            neuron.steps.eq(~clears),
            neuron.clear.eq(clears),
            neuron.membrane.eq(membrane),
            neuron.total.eq(synapse.total),
            neuron.refractory.eq(refractory),
        ]
        stored = clipped(membrane, c.state_bits)
        threshold, pause, low, high = (
            chosen(values, layer) for values in (c.threshold, c.refractory, c.gate_low, c.gate_high)
        )
        fires = ~clears & (refractory == 0) & (stored >= threshold)
        rest = chosen([leaked(stored, shift) for shift in c.membrane_leak], layer)
        count = Mux(fires, pause, Mux(refractory == 0, 0, refractory - 1))
        check(m, "fires", neuron.fires == fires)
        check(m, "membrane", neuron.membrane_next == Mux(clears | fires, 0, rest))
        check(m, "refractory counter", neuron.refractory_next == count)
        check(m, "gate", neuron.gate_next == ((stored > low) & (stored < high)))
        for end, beyond in (("top", membrane > stored), ("bottom", membrane < stored)):
            cover(m, f"a membrane beyond the {end}", beyond & ~fires & ~clears)
        cover(m, "a neuron fires", fires)
        cover(m, "the gate is closed", ~neuron.gate_next)


class Learning(Properties):
    """`Plasticity` and `Saturation`: the three things that their one adder does."""

    def specify(self, m):
        c, layout = self.config, Layout(self.config)
        m.submodules.plasticity = plasticity = Plasticity(self.built)
        m.submodules.saturation = saturation = Saturation(self.built)
        layer = any_layer(m, c)
        dendrite = anything(m, signed(layout.dendrite_bits), "dendrite")
        weight = anything(m, signed(c.weight_bits), "weight")
        feedback = anything(m, signed(layout.feedback_bits), "feedback")
        fraction = anything(m, fraction_shape(c), "fraction")
        negative, leaks, feeds = (anything(m, 1, name) for name in ("negative", "leaks", "feeds"))
        assume(m, ~(leaks & feeds))
        learns = Signal()
        # What the lane puts at the adder's inputs in each of the three cases.
        turned = (feeds & negative).replicate(len(fraction))
        m.d.comb += [
            learns.eq(~leaks & ~feeds),
            plasticity.layer.eq(layer),
            plasticity.dendrite.eq(dendrite),
            plasticity.weight.eq(Mux(feeds, 0, weight)),
            plasticity.feedback.eq(Mux(feeds, feedback, 0)),
            plasticity.negative.eq(feeds & negative),
            plasticity.fraction.eq(Mux(feeds, turned, fraction)),
            plasticity.leaks.eq(leaks),
            saturation.learns.eq(1),
            saturation.moved.eq(plasticity.moved),
        ]
        new = moved(weight, dendrite, fraction, c.learning_shift, c.weight_bits)
        check(m, "learned weight", implies(learns, saturation.weight == new))
        top = 1 << (layout.dendrite_bits - 1)
        error = Mux(negative, dendrite - feedback, dendrite + feedback)
        fits = (error >= -top) & (error < top)
        check(m, "feedback", implies(feeds & fits, plasticity.dendrite_next == error))
        stored = clipped(dendrite, c.state_bits)
        for index, shift in enumerate(c.dendrite_leak):
            is_right = is_leaked(plasticity.dendrite_next, stored, shift)
            check(m, f"leak in layer {index}", implies(leaks & (layer == index), is_right))
        closed = learns & (dendrite == 0)
        check(m, "nothing learned from 0", implies(closed, saturation.weight == weight))
        highest = (1 << (c.weight_bits - 1)) - 1
        for end, value in (("highest", highest), ("lowest", -highest - 1)):
            stays = (weight == value) & (saturation.weight == value) & (dendrite != 0)
            cover(m, f"a weight at its {end}", learns & stays)
        cover(m, "a fraction decides", learns & (dendrite == 1) & (saturation.weight != weight))
        cover(m, "an error is subtracted", feeds & negative & (plasticity.dendrite_next < 0))


class Loading(Properties):
    """`Saturation` passes what the host writes, and clips what was learned."""

    def specify(self, m):
        c = self.config
        m.submodules.saturation = saturation = Saturation(self.built)
        weight = anything(m, signed(c.weight_bits), "weight")
        value = anything(m, saturation.moved.shape(), "moved")
        learns = anything(m, 1, "learns")
        m.d.comb += [
            saturation.learns.eq(learns),
            saturation.moved.eq(value),
            saturation.load.eq(Mux(learns, Const(0), weight)),
        ]
        written = Mux(learns, clipped(value, c.weight_bits), weight)
        check(m, "written weight", saturation.weight == written)
        cover(m, "a weight is clipped", learns & (saturation.weight != value))
        lowest = -1 << (c.weight_bits - 1)
        cover(m, "the host writes the lowest", ~learns & (saturation.weight == lowest))
