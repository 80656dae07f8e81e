"""The guard's event buffer: what may be taken is a good sample, and every bad one is found bad."""

from __future__ import annotations

from amaranth.hdl import Mux, Signal

from erbium.golden.config import Config
from erbium.golden.enums import GuardError
from erbium.hw.event_buffer import EventBuffer
from erbium.sim.formal.proof import Proof
from erbium.sim.formal.properties import Properties, anything, assume, check, cover, implies


class Judged:
    """Follows the words of a sample, and says of each what the specification (12.11) says.

    Parameters
    ----------
    m : Module
    config : Config
    event : view of an OutsideEventLayout
    name : str

    Attributes
    ----------
    found : dict of GuardError to Value
        What is wrong with the word, if it is the next one.
    """

    def __init__(self, m, config, event, name):
        self._m, self._event = m, event
        self.tick = Signal(range(config.ticks + 1), name=f"{name}_tick")
        self._previous = Signal(len(event.source) + 1, name=f"{name}_previous")
        ends = self.tick == config.ticks - 1
        # `previous` is one more than the source before, and 0 before the first.
        self.found = {
            GuardError.ORDER: ~event.end & (event.source + 1 <= self._previous),
            GuardError.SOURCE: ~event.end & (event.source >= config.layers[0]),
            GuardError.TICKS: Mux(event.end, event.last != ends, event.last),
        }

    def follow(self, taken, begins):
        """Go on after a word that is taken; `begins` is a new sample."""
        m, event = self._m, self._event
        with m.If(begins | (taken & event.last)):
            m.d.sync += [self.tick.eq(0), self._previous.eq(0)]
        with m.Elif(taken & event.end):
            m.d.sync += [self.tick.eq(self.tick + 1), self._previous.eq(0)]
        with m.Elif(taken):
            m.d.sync += self._previous.eq(event.source + 1)


class EventSamples(Properties):
    """`EventBuffer`: any words come, and samples are taken or discarded whenever they are there.

    What comes out of a sample that is not bad are words that a good sample has; samples are bad
    exactly if a word of theirs was wrong, or did not fit.
    """

    def specify(self, m):
        config = self.config
        buffer = EventBuffer(self.built)
        m.submodules.buffer = buffer
        given = buffer.i.payload
        m.d.comb += [
            buffer.i.valid.eq(anything(m, 1, "i_valid")),
            given.as_value().eq(anything(m, len(given.as_value()), "event")),
            buffer.drop.eq(anything(m, 1, "drop")),
            buffer.discard.eq(anything(m, 1, "discard")),
            buffer.o.ready.eq(anything(m, 1, "o_ready")),
        ]
        taking = Signal()
        out = buffer.o.valid & buffer.o.ready
        assume(m, implies(buffer.o.ready, buffer.complete & ~buffer.bad))
        # A sample is discarded whole, in place of being taken.
        assume(m, implies(buffer.discard, buffer.complete & ~taking & ~buffer.o.ready))
        with m.If(out):
            m.d.sync += taking.eq(~buffer.o.payload.last)
        self._what_comes_out(m, buffer, out)
        self._what_is_found(m, buffer, config, out)

    def _what_comes_out(self, m, buffer, out):
        seen = Judged(m, self.config, buffer.o.payload, "seen")
        seen.follow(out, 0)
        for error, wrong in seen.found.items():
            check(m, f"taken without {error.name}", implies(out, ~wrong))
        cover(m, "a good sample is taken", out & buffer.o.payload.last)

    def _what_is_found(self, m, buffer, config, out):
        """Keep whether each sample that has ended is bad, in their order."""
        given = buffer.i.payload
        judged = Judged(m, config, given, "judged")
        length = Signal(range(config.event_buffer + 2))
        spoiled = Signal()
        taken = buffer.i.valid & buffer.i.ready & ~buffer.drop
        overflow = length == config.event_buffer
        wrong = overflow
        for condition in judged.found.values():
            wrong = wrong | condition
        spoils = spoiled | wrong
        judged.follow(taken & ~spoils, buffer.drop | (taken & given.last))
        ends = taken & given.last
        with m.If(buffer.drop | ends):
            m.d.sync += [spoiled.eq(0), length.eq(0)]
        with m.Elif(taken):
            m.d.sync += [spoiled.eq(spoils), length.eq(Mux(spoils, 0, length + 1))]
        raised = 0
        for error, condition in (judged.found | {GuardError.OVERFLOW: overflow}).items():
            raised = raised | Mux(taken & ~spoiled & condition, error.flag, 0)
        check(m, "raised", buffer.raised == raised)
        # The oldest in the lowest bit. The last word of a discarded sample is seen when it leaves.
        bad, count = Signal(config.event_buffer + 2), Signal(range(config.event_buffer + 3))
        leaves = Signal()
        discards = Signal()
        last = buffer.o.valid & buffer.o.payload.last
        m.d.comb += leaves.eq(last & (buffer.o.ready | discards))
        m.d.sync += discards.eq(buffer.discard | (discards & ~leaves))
        shifted = Mux(leaves, bad >> 1, bad)
        left = Signal.like(count)
        m.d.comb += left.eq(count - leaves)
        m.d.sync += [
            count.eq(left + ends),
            bad.eq(Mux(ends, shifted | (spoils << left), shifted)),
        ]
        check(m, "bad", implies(buffer.complete, buffer.bad == bad[0]))
        check(m, "only what has ended", implies(buffer.o.valid, count != 0))
        cover(m, "a bad sample is discarded", discards & bad[0])
        cover(m, "a good sample is discarded", discards & ~bad[0])
        cover(m, "two samples wait", count == 2)
        cover(m, "what does not fit", ends & overflow)


PROOFS = (
    Proof(
        name="event-samples",
        statement="words that are taken from the event buffer form good samples, whichever; "
        "samples are bad exactly if a word is wrong or does not fit, and raise its error",
        config=Config(
            name="small", layers=(3, 2, 2), ticks=2, burn_in=0, encoder="events", guard=True,
            event_buffer=4,
        ),
        build=EventSamples,
        method="bounded",
        engine="sat",
        depth=13,
        reach=13,
        full=True,
        faults=(
            "a bad sample keeps its words",
            "what follows a bad word is good",
            "a dropped sample is kept",
        ),
    ),
)  # fmt: skip
