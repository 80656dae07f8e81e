"""Synapse lane: one weight is added to one membrane; and which lanes transmit."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from golden import rng
from golden.layout import Layout
from golden.synapse import TARGETS_PER_WORD
from hw.fixed import by_layer, fit, increment
from hw.layouts import address_shape
from hw.rng import advance


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
        choices = [self.weight.shift_left(gain) for gain in gains]
        m.d.comb += scaled.eq(by_layer(choices if len(set(gains)) > 1 else choices[:1], self.layer))
        membrane_next = self.membrane + Mux(self.transmits, scaled, 0)
        # The membrane is wide enough for every weight of a tick.
        m.d.comb += self.membrane_next.eq(fit(membrane_next, self.membrane.shape()))
        return m


class BlankOut(wiring.Component):
    """Draw which lanes transmit, word by word of an event. See `golden.synapse.transmissions`.

    Every target has four bits of a sequence that starts with the event's random number; a word
    of ``lanes`` targets takes ``4 * lanes`` of them, whatever the number of lanes.

    Parameters
    ----------
    config : Config

    Members
    -------
    start : In(1)
        A new event: take `random`.
    random : In(32)
    step : In(1)
        The word has been issued; go to the event's next word.
    transmit : Out(lanes)
        Bit per lane: 1 transmits.
    """

    def __init__(self, config):
        self._config = config
        super().__init__(
            {
                "start": In(1),
                "random": In(32),
                "step": In(1),
                "transmit": Out(config.lanes),
            }
        )

    def elaborate(self, platform):
        m = Module()
        lanes, transmit = self._config.lanes, self._config.transmit
        if transmit == 16:
            m.d.comb += self.transmit.eq((1 << lanes) - 1)
            return m

        words = max(1, lanes // TARGETS_PER_WORD)
        parts = max(1, TARGETS_PER_WORD // lanes)
        state = Signal(32)
        part = Signal(address_shape(parts))
        last_part = part == parts - 1
        ahead = [state] + [
            advance(m, state, rng.xorshift_lanes, times, name=f"ahead_{times}")
            for times in range(1, words + 1)
        ]
        # An array is a choice; an index into the bits would be a multiplication.
        bits = Cat(*ahead[:words])
        draws = Signal(4 * lanes)
        m.d.comb += draws.eq(Array(bits.word_select(p, 4 * lanes) for p in range(parts))[part])
        for lane in range(lanes):
            m.d.comb += self.transmit[lane].eq(draws.word_select(lane, 4) < transmit)

        with m.If(self.start):
            m.d.sync += [state.eq(self.random), part.eq(0)]
        with m.Elif(self.step):
            m.d.sync += part.eq(Mux(last_part, 0, increment(part)))
            with m.If(last_part):
                m.d.sync += state.eq(ahead[words])
        return m
