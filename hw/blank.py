"""Blank-out: which lanes of a word of synapses transmit."""

from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden import rng
from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.golden.synapse import TARGETS_PER_WORD
from erbium.hw.fixed import increment
from erbium.hw.rng import advance
from erbium.hw.words import address_shape


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
        if transmit == ALWAYS_TRANSMITS:
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
