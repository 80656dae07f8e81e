"""Input queue against `golden.cycle.queue.InputQueue`, cycle by cycle."""

import random

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Event, events_bits
from erbium.golden.cycle.inputs import InputQueue as GoldenQueue
from erbium.golden.layout import Layout
from erbium.golden.words import INPUT_QUEUE_DEPTH
from erbium.hw.inputs import InputQueue


def make(lanes):
    return Config(name="any", layers=(20, 2, 2), lanes=lanes)


def words(config, count, rng):
    """Return words of events, two of them where there is room, and ends."""
    width, found = Layout(config).encoder_lanes, []
    for _ in range(count):
        sources = sorted(rng.sample(range(config.layers[0]), rng.randint(1, width)))
        end = (Event(0, end=True),)
        found.append(rng.choice((end, *[tuple(Event(source) for source in sources)] * 3)))
    return found


def offer(ctx, dut, config, events):
    ctx.set(dut.i.valid, events is not None)
    if events is not None:
        ctx.set(dut.i.payload.as_value(), events_bits(events, config))


# A host that stalls, a core that stalls: the queue is empty, and full.
@pytest.mark.parametrize(("slow_in", "slow_out"), [(0.0, 0.0), (0.7, 0.0), (0.0, 0.7), (0.4, 0.4)])
@pytest.mark.parametrize("lanes", [8, 32])
def test_equals_golden_cycle_by_cycle(lanes, slow_in, slow_out, simulate):
    config, rng = make(lanes), random.Random(lanes)
    dut, golden = InputQueue(config), GoldenQueue()
    sent = words(config, 200, rng)
    expected = [event for events in sent for event in events]
    levels = set()

    async def testbench(ctx):
        found, waiting, entry = [], list(sent), None
        while len(found) < len(expected):
            if entry is None and waiting and rng.random() >= slow_in:
                entry = waiting.pop(0)
            ready = rng.random() >= slow_out
            offer(ctx, dut, config, entry)
            ctx.set(dut.o.ready, ready)
            assert ctx.get(dut.i.ready) == golden.ready
            event = golden.event
            assert ctx.get(dut.o.valid) == (event is not None)
            if event is not None:
                payload = ctx.get(dut.o.payload)
                assert (payload.source, payload.end) == (event.source, event.end)
                if ready:
                    found.append(event)
            levels.add((golden.ready, event is not None))
            await ctx.tick()
            taken = entry is not None and golden.ready
            golden.clock(entry, ready)
            entry = None if taken else entry
        assert found == expected

    simulate(dut, testbench, budget=2500)
    assert (True, False) in levels
    # Words of two events come faster than events leave.
    fills = slow_in < slow_out or (lanes == 32 and slow_in == slow_out)
    assert ((False, True) in levels) == fills


@pytest.mark.parametrize("lanes", [8, 32])
def test_a_word_comes_out_after_its_latency_and_events_follow_without_gaps(lanes, simulate):
    config = make(lanes)
    dut, width = InputQueue(config), Layout(config).encoder_lanes
    sent = [tuple(Event(2 * n + lane) for lane in range(width)) for n in range(4)]
    sent.append((Event(0, end=True),))

    async def testbench(ctx):
        seen = []
        ctx.set(dut.o.ready, 1)
        for cycle in range(14):
            offer(ctx, dut, config, sent[cycle] if cycle < len(sent) else None)
            payload = ctx.get(dut.o.payload)
            seen.append((payload.source, payload.end) if ctx.get(dut.o.valid) else None)
            await ctx.tick()
        expected = [(event.source, int(event.end)) for events in sent for event in events]
        after = len(seen) - dut.latency - len(expected)
        assert seen == [*[None] * dut.latency, *expected, *[None] * after]

    simulate(dut, testbench, budget=20)


@pytest.mark.parametrize("lanes", [8, 32])
def test_room_is_for_words(lanes, simulate):
    config = make(lanes)
    dut, width = InputQueue(config), Layout(config).encoder_lanes

    async def testbench(ctx):
        taken = 0
        for _ in range(30):
            offer(ctx, dut, config, tuple(Event(lane) for lane in range(width)))
            taken += ctx.get(dut.i.ready)
            await ctx.tick()
        assert taken == INPUT_QUEUE_DEPTH

    simulate(dut, testbench, budget=40)
