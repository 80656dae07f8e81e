"""Event buffer of the guard: keeps a sample's events back until it has ended well."""

from amaranth import *
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out
from amaranth.utils import exact_log2

from erbium.golden.cycle.record import event_buffer_fields
from erbium.golden.enums import GuardError
from erbium.hw.fixed import increment, wrap
from erbium.hw.guard import raised
from erbium.hw.ram import Ram
from erbium.hw.trace import observe
from erbium.hw.words import OutsideEventLayout, address_shape


class EventBuffer(wiring.Component):
    """Whole samples of events, good or bad. Of a bad one, a single word stays: the `last` of a
    sample without an `end`, which no good one has.

    `write` is where the next word goes, `commit` where the sample began that is being sent, `read`
    where the oldest word is; they have a bit more than an address, to tell full from empty.

    Parameters
    ----------
    config : Config

    Members
    -------
    i : In(stream.Signature(OutsideEventLayout(config)))
    drop : In(1)
        Forget the unfinished sample.
    raised : Out(len(GuardError))
        Flags that it raises.
    o : Out(stream.Signature(OutsideEventLayout(config)))
        Words of samples that have ended; only of a good one may any be taken.
    complete, bad : Out(1)
        A sample is there; it is bad.
    discard : In(1)
        From the next cycle on, forget it.
    """

    def __init__(self, config):
        self._config = config
        event = stream.Signature(OutsideEventLayout(config))
        super().__init__(
            {
                "i": In(event),
                "drop": In(1),
                "raised": Out(len(GuardError)),
                "o": Out(event),
                "complete": Out(1),
                "bad": Out(1),
                "discard": In(1),
            }
        )

    def elaborate(self, platform):
        m = Module()
        depth = self._config.event_buffer
        m.submodules.words = words = Ram(OutsideEventLayout(self._config), depth)
        bits = exact_log2(depth)
        write, commit, read = (Signal(bits + 1, name=name) for name in ("write", "commit", "read"))
        full = (write ^ read) == 1 << bits
        ended = Signal()
        m.d.comb += [ended.eq(commit != read), self.i.ready.eq(~full | ~ended)]
        spoils = self._judge(m, full)
        self._fill(m, words, write, commit, spoils)
        discards = self._drain(m, words, read, ended)
        observe(
            m,
            event_buffer_fields(self._config),
            ready=self.i.ready,
            raised=self.raised,
            complete=self.complete,
            bad=self.bad,
            discards=discards,
            head=(self.o.valid, self.o.payload),
        )
        return m

    def _judge(self, m, full):
        """Judge the event that is offered; return whether its sample is bad, by it or before."""
        event, taken = self.i.payload, Signal()
        tick = Signal(address_shape(self._config.ticks))
        previous, follows = Signal.like(event.source), Signal()
        spoiled, spoils = Signal(), Signal()
        ends = tick == self._config.ticks - 1
        found = raised(
            order=~event.end & follows & (event.source <= previous),
            source=~event.end & (event.source >= self._config.layers[0]),
            ticks=(event.last & ~event.end) | (event.end & (event.last != ends)),
            overflow=full,
        )
        m.d.comb += [
            taken.eq(self.i.valid & self.i.ready & ~self.drop),
            self.raised.eq(Mux(taken & ~spoiled, found, 0)),
            spoils.eq(spoiled | found.any()),
        ]
        with m.If(taken):
            m.d.sync += [
                spoiled.eq(spoils),
                previous.eq(event.source),
                follows.eq(~event.end),
                # What follows the last tick has been found wrong, so it may wrap.
                tick.eq(Mux(event.end, increment(tick), tick)),
            ]
        with m.If(self.drop | (taken & event.last)):
            m.d.sync += [spoiled.eq(0), follows.eq(0), tick.eq(0)]
        return spoils

    def _fill(self, m, words, write, commit, spoils):
        """Write the event, or that its sample was bad, which takes the place of the sample."""
        event, place = self.i.payload, Signal.like(write)
        taken = self.i.valid & self.i.ready & ~self.drop
        after = increment(place)
        m.d.comb += [
            place.eq(Mux(spoils, commit, write)),
            words.write.eq(taken & (event.last | ~spoils)),
            words.write_address.eq(wrap(place, len(write) - 1)),
            words.write_data.eq(event),
            words.write_data.end.eq(event.end & ~spoils),
        ]
        with m.If(self.drop | (taken & spoils & ~event.last)):
            m.d.sync += write.eq(commit)
        with m.Elif(taken):
            m.d.sync += write.eq(after)
            with m.If(event.last):
                m.d.sync += commit.eq(after)

    def _drain(self, m, words, read, ended):
        """Offer words of samples that have ended; return whether one is being discarded."""
        valid, discards, take = Signal(), Signal(), Signal()
        head = self.o.payload
        m.d.comb += [
            head.eq(words.read_data),
            self.o.valid.eq(valid),
            take.eq(self.o.ready | discards),
            words.read.eq(ended & (~valid | take)),
            words.read_address.eq(wrap(read, len(read) - 1)),
            self.complete.eq(valid & ~discards),
            self.bad.eq(valid & head.last & ~head.end),
        ]
        m.d.sync += [
            # As for every pointer of a ring: back to the first word after the last one.
            read.eq(wrap(read + words.read, len(read))),
            valid.eq(words.read | (valid & ~take)),
            discards.eq(self.discard | (discards & ~(valid & head.last))),
        ]
        return discards
