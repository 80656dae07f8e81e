"""Event buffer against `golden.cycle.event_buffer.EventBuffer`, cycle by cycle."""

import random

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.event_buffer import EventBuffer as GoldenBuffer
from erbium.golden.words import outside_event_word, pack
from erbium.hw.event_buffer import EventBuffer

CYCLES = 2000


def drawn(rng, sent, config):
    """Return the next event after `sent` of this sample: mostly a good one."""
    tick = sum(event.end for event in sent)
    sources = [-1]
    for event in sent:
        sources = [-1] if event.end else [*sources, event.source]
    kind = rng.random()
    if kind < 0.03:
        return Event(rng.randrange(8), rng.random() < 0.5, rng.random() < 0.5)
    if kind < 0.75 and sources[-1] < config.layers[0] - 1:
        return Event(rng.randint(sources[-1] + 1, min(sources[-1] + 2, config.layers[0] - 1)))
    return Event(rng.choice((0, 0, 3)), end=True, last=tick == config.ticks - 1)


@pytest.mark.parametrize(("ticks", "depth"), [(1, 2), (2, 4), (3, 8)])
def test_equals_golden_cycle_by_cycle(ticks, depth, simulate):
    config = Config(
        name="any", layers=(5, 6, 3), encoder="events", ticks=ticks, burn_in=0, guard=True,
        event_buffer=depth,
    )  # fmt: skip
    dut, golden, rng = EventBuffer(config), GoldenBuffer(config), random.Random(depth)
    fields = outside_event_word(config)
    ended, seen = [], 0

    async def testbench(ctx):
        nonlocal seen
        event, sent = None, []
        for _ in range(CYCLES):
            if event is None and rng.random() < 0.8:
                event = drawn(rng, sent, config)
            drop = rng.random() < 0.01
            take = bool(golden.head and not golden.bad and rng.random() < 0.5)
            discard = golden.complete and rng.random() < (0.5 if golden.bad else 0.05)
            ctx.set(dut.i.valid, event is not None)
            ctx.set(dut.i.payload.as_value(), pack(fields, vars(event)) if event else 0)
            ctx.set(dut.drop, drop)
            ctx.set(dut.o.ready, take)
            ctx.set(dut.discard, discard)
            assert ctx.get(dut.i.ready) == golden.ready
            assert ctx.get(dut.raised) == golden.errors(event, drop)
            assert ctx.get(dut.complete) == golden.complete
            assert ctx.get(dut.bad) == golden.bad
            assert ctx.get(dut.o.valid) == (golden.head is not None)
            if golden.head:
                assert ctx.get(dut.o.payload.as_value()) == pack(fields, vars(golden.head))
                ended.append(golden.head.last)
            seen |= golden.errors(event, drop)
            await ctx.tick()
            taken = event is not None and golden.ready
            sent = [] if drop or (taken and event.last) else [*sent, *([event] if taken else [])]
            golden.clock(event, drop, take, discard)
            event = None if taken else event

    simulate(dut, testbench, budget=CYCLES + 10)
    assert sum(ended) > 100
    # Sources beyond the end, out of order, wrong ticks, and samples that do not fit.
    assert seen == 0b10111000000
