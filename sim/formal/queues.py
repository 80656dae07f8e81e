"""Queues: what goes in comes out once, unchanged and in order, and waits while it is not taken."""

from __future__ import annotations

from amaranth.hdl import Const, Mux, Signal

from erbium.golden.presets import preset
from erbium.golden.words import INPUT_QUEUE_DEPTH
from erbium.hw.inputs import InputQueue
from erbium.hw.spikes import SpikeQueue
from erbium.hw.words import EventsLayout, SpikeLayout
from erbium.sim.formal.proof import Proof
from erbium.sim.formal.properties import (
    Opened,
    Properties,
    anything,
    assume,
    check,
    cover,
    first_cycle,
    implies,
    past,
)


def stable(m, name, stream, first):
    """Check a stream's rule: what is offered stays until it is taken."""
    waits = past(m, stream.valid & ~stream.ready) & ~first
    payload = stream.payload if isinstance(stream.payload, Signal) else stream.payload.as_value()
    check(m, f"{name} stays valid", implies(waits, stream.valid))
    check(m, f"{name} keeps its payload", implies(waits, payload == past(m, payload)))
    cover(m, f"{name} waits", waits)


def in_order(m, opened, path, depth):
    """Check a `SyncFIFOBuffered`: any one entry, chosen when it is written, is followed.

    Entries ahead of it are counted; it must come out when there are none, as it was. As the entry
    is any, and nothing is read that was not written, no entry is lost, repeated or overtaken.

    Returns
    -------
    Signal
        Whether the chosen entry is in the queue.
    """
    wires = {
        name: opened.signal(f"{path}.{name}")
        for name in ("w_rdy", "w_en", "w_data", "r_rdy", "r_en", "r_data")
    }
    inner = depth - 1
    produce, consume, inner_level = (
        opened.signal(f"{path}.{name}") for name in ("produce", "consume", "inner_level")
    )
    writes, reads = wires["w_rdy"] & wires["w_en"], wires["r_rdy"] & wires["r_en"]
    level, ahead = Signal(range(depth + 1)), Signal(range(depth + 1))
    chosen, data = Signal(), Signal.like(wires["w_data"])
    choose = anything(m, 1, "choose")
    m.d.sync += level.eq(level + writes - reads)
    with m.If(chosen & reads):
        m.d.sync += [ahead.eq(ahead - 1), chosen.eq(ahead != 0)]
    with m.If(~chosen & writes & choose):
        m.d.sync += [chosen.eq(1), ahead.eq(level - reads), data.eq(wires["w_data"])]

    leaves = chosen & (ahead == 0)
    check(m, "it comes out as it went in", implies(leaves & reads, wires["r_data"] == data))
    check(m, "nothing comes out of nothing", implies(wires["r_rdy"], level != 0))
    check(m, "nothing is taken beyond the depth", level <= depth)
    # What follows is why: where the entry is.
    check(m, "level", level == inner_level + wires["r_rdy"])
    check(m, "pointers", (produce < inner) & (consume < inner) & (inner_level <= inner))
    end = consume + inner_level
    check(m, "distance", produce == Mux(end >= inner, end - inner, end))
    check(m, "ahead", implies(chosen, ahead < level))
    place = Signal(range(2 * inner + 1))
    m.d.comb += place.eq(consume + ahead - wires["r_rdy"])
    stored = opened.word(f"{path}.storage", Mux(place >= inner, place - inner, place))
    at_output = wires["r_rdy"] & (ahead == 0)
    where = Mux(at_output, wires["r_data"], stored)
    check(m, "the chosen entry is kept", implies(chosen, where == data))
    cover(m, "full", level == depth)
    cover(m, "a full queue is read", reads & (level == depth) & leaves)
    return chosen


class Inputs(Properties):
    """`InputQueue`: words of events go in, events come out one by one."""

    def specify(self, m):
        queue = InputQueue(self.built)
        m.submodules.inputs = opened = Opened(queue)
        first = first_cycle(m)
        word = anything(m, len(queue.i.payload.as_value()), "word")
        m.d.comb += [
            queue.i.valid.eq(anything(m, 1, "i_valid")),
            queue.i.payload.as_value().eq(word),
            queue.o.ready.eq(anything(m, 1, "o_ready")),
        ]
        in_order(m, opened, "queue", INPUT_QUEUE_DEPTH)
        stable(m, "o", queue.o, first)
        events = Signal(EventsLayout(self.config))
        m.d.comb += events.eq(opened.signal("queue.r_data"))
        reads = opened.signal("queue.r_rdy") & opened.signal("queue.r_en")
        taken, event = queue.o.valid & queue.o.ready, queue.o.payload
        # Events of the word at the output that have been taken already.
        done = Signal()
        more = events.more if "more" in dict(EventsLayout(self.config)) else Const(0, 1)
        m.d.sync += done.eq(Mux(taken, more & ~done, done))
        source = Mux(done, events.sources[-1], events.sources[0])
        check(m, "source", implies(queue.o.valid, event.source == source))
        check(m, "end", implies(queue.o.valid, event.end == events.end))
        check(m, "a word goes with its last event", reads == (taken & (done | ~more)))
        if isinstance(more, Const):
            return
        check(m, "second", opened.signal("second") == done)
        cover(m, "second of two events", taken & done)


class Spikes(Properties):
    """`SpikeQueue`: a mask becomes its neurons in ascending order, then perhaps an end."""

    def specify(self, m):
        c = self.config
        queue = SpikeQueue(self.built)
        m.submodules.spikes = opened = Opened(queue)
        first = first_cycle(m)
        word = Signal(SpikeLayout(c))
        m.d.comb += [
            word.as_value().eq(anything(m, len(word.as_value()), "word")),
            queue.i.payload.eq(word),
            queue.i.valid.eq(anything(m, 1, "i_valid")),
            queue.o.ready.eq(anything(m, 1, "o_ready")),
        ]
        assume(m, word.mask.any() | word.end)
        in_order(m, opened, "queue", queue.depth)
        stable(m, "o", queue.o, first)
        # The entry that is being serialised, and those of its spikes that have not been sent.
        entry, rest, busy = Signal(SpikeLayout(c)), Signal(c.lanes), Signal()
        loads = opened.signal("queue.r_rdy") & opened.signal("queue.r_en")
        taken, event = queue.o.valid & queue.o.ready, queue.o.payload
        lowest = Signal(c.lanes)
        m.d.comb += lowest.eq(rest & (~rest + 1))
        left = rest & ~lowest
        with m.If(loads):
            next_ = Signal(SpikeLayout(c))
            m.d.comb += next_.eq(opened.signal("queue.r_data"))
            m.d.sync += [entry.eq(next_), rest.eq(next_.mask), busy.eq(1)]
        with m.Elif(taken):
            m.d.sync += [rest.eq(left), busy.eq((left != 0) | (entry.end & ~event.end))]
        check(m, "offers while there is something", queue.o.valid == busy)
        for lane in range(c.lanes):
            source = entry.group * c.lanes + lane
            is_next = busy & lowest[lane]
            check(m, f"source {lane}", implies(is_next, (event.source == source) & ~event.end))
        check(m, "end", implies(busy & (rest == 0), event.end & entry.end & (event.source == 0)))
        finished = (left == 0) & (~entry.end | event.end)
        check(m, "no entry before the last is sent", implies(busy & loads, taken & finished))
        current = Signal(SpikeLayout(c))
        m.d.comb += current.eq(opened.signal("current"))
        check(m, "mask", implies(busy, current.mask == rest))
        check(
            m, "group", implies(busy, (current.group == entry.group) & (current.end == entry.end))
        )
        check(m, "something to send", implies(busy, (rest != 0) | entry.end))
        self._no_empty_entry(m, opened, queue.depth - 1)
        cover(m, "an end after spikes", taken & event.end & entry.mask.all())

    def _no_empty_entry(self, m, opened, inner):
        """Check that every entry on its way has something to send, as those that came in."""
        consume, level = opened.signal("queue.consume"), opened.signal("queue.inner_level")
        words = [(opened.signal("queue.r_rdy"), opened.signal("queue.r_data"))]
        for place in range(inner):
            after = Mux(consume > place, place + inner - consume, place - consume)
            words.append((after < level, opened.word("queue.storage", Const(place, 8))))
        for number, (used, word) in enumerate(words):
            entry = Signal(SpikeLayout(self.config), name=f"entry_{number}")
            m.d.comb += entry.eq(word)
            check(m, f"something to send in {number}", implies(used, entry.mask.any() | entry.end))


_MNIST = preset("mnist-100")

PROOFS = (
    *(
        Proof(
            name=f"input-queue-{lanes}",
            statement=f"the input queue loses, repeats and reorders nothing, with {lanes} lanes",
            config=_MNIST.replace(lanes=lanes),
            build=Inputs,
            method="induction",
            depth=2,
            reach=24,
            faults=("an entry overwrites another", "an entry comes out twice", *more),
        )
        for lanes, more in ((8, ()), (32, ("second event of a word lost",)))
    ),
    Proof(
        name="spike-queue",
        statement="masks of spikes become neurons in order, each once, and an end",
        config=_MNIST,
        build=Spikes,
        method="induction",
        depth=2,
        reach=20,
        faults=("an entry overwrites another", "the lowest spike stays", "an end is forgotten"),
    ),
)
