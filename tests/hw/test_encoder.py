"""Encoder: the events of its tick view, and every cycle of its cycle view."""

import random

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.encoder import Encoder as CycleEncoder
from erbium.golden.cycle.encoder import events_bits
from erbium.golden.encoder import Encoder as TickEncoder
from erbium.golden.encoder import active_inputs
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState, xorshift
from erbium.hw.encoder import Encoder


def make(encoder, inputs, lanes=8, ticks=7, rate_shift=1):
    return Config(
        name="any",
        layers=(inputs, 2, 2),
        lanes=lanes,
        ticks=ticks,
        burn_in=0,
        encoder=encoder,
        rate_shift=rate_shift,
    )


def ahead(state, count):
    """Return a generator's state and the ones that follow."""
    states = [state]
    for _ in range(count - 1):
        states.append(xorshift(states[-1]))
    return states


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize("inputs", [1, 2, 6, 20, 21])
@pytest.mark.parametrize("lanes", [8, 32])
@pytest.mark.parametrize("code", ["phase", "bernoulli"])
def test_equals_both_views(code, lanes, inputs, stall, simulate):
    config, rng = make(code, inputs, lanes), random.Random(inputs)
    width = Layout(config).encoder_lanes
    assert width == {8: 1, 32: 2}[lanes]
    dut, cycles = Encoder(config), CycleEncoder(config)
    random_state = RandomState(1, 1, encoder=0x1234567)
    ticks = TickEncoder(config, random_state)
    samples = [
        np.array([rng.choice((0, rng.randint(1, 255), 255)) for _ in range(inputs)])
        for _ in range(4)
    ]
    samples.insert(1, np.zeros(inputs, dtype=int))
    samples.insert(2, np.full(inputs, 255))
    sizes = set()

    async def testbench(ctx):
        state, data = 0x1234567, [(0, 0)] * width
        for sample in samples:
            ticks.start(sample)
            expected = [ticks.tick(tick).tolist() for tick in range(config.ticks)]
            kept = [(int(i), int(v)) for i, v in zip(*active_inputs(sample), strict=True)]
            found, start = [[]], True
            ctx.set(dut.count, len(kept))
            while len(found) <= config.ticks:
                ready = rng.random() >= stall
                ctx.set(dut.start, start)
                ctx.set(dut.o.ready, ready)
                for lane, value in enumerate(ahead(state, width)):
                    ctx.set(dut.random[lane], value)
                    ctx.set(dut.data[lane], {"source": data[lane][0], "value": data[lane][1]})
                events = cycles.output
                assert ctx.get(dut.o.valid) == (events is not None)
                if events is not None:
                    payload = ctx.get(dut.o.payload.as_value())
                    assert payload == events_bits(events, config)
                    sizes.add(len(events))
                    if ready and events[0].end:
                        found.append([])
                    elif ready:
                        found[-1] += [event.source for event in events]
                scans, steps = cycles.scans(ready), cycles.random_steps(ready)
                assert ctx.get(dut.en) == scans
                assert ctx.get(dut.random_steps) == steps
                read = data
                if scans:
                    assert ctx.get(dut.address) == cycles.address
                    first = cycles.address * width
                    # Behind the last kept input, the memory holds what was there before.
                    rubbish = [(rng.randrange(inputs), rng.randrange(256)) for _ in range(width)]
                    read = (kept[first : first + width] + rubbish)[:width]
                await ctx.tick()
                cycles.clock(start, len(kept), ready, state, data)
                state, data, start = ahead(state, steps + 1)[-1], read, False
            assert found[:-1] == expected
            assert state == random_state.encoder

    simulate(dut, testbench, budget=4000)
    assert sizes == set(range(1, min(width, inputs) + 1))


@pytest.mark.parametrize("code", ["phase", "bernoulli"])
@pytest.mark.parametrize("fires", [(0, 0), (1, 0), (0, 1), (1, 1)], ids=str)
def test_events_of_a_word_ascend_and_leave_together(fires, code, simulate):
    """Random numbers decide alone: below 1 of 256 an input of 1 fires, or wraps from 255."""
    dut = Encoder(make(code, 4, lanes=32, ticks=1, rate_shift=0))
    firing, silent = {"bernoulli": (0, 1), "phase": (255, 254)}[code]

    async def testbench(ctx):
        ctx.set(dut.count, 2)
        for lane, (one, source) in enumerate(zip(fires, (1, 3), strict=True)):
            ctx.set(dut.random[lane], firing if one else silent)
            ctx.set(dut.data[lane], {"source": source, "value": 1})
        ctx.set(dut.start, 1)
        ctx.set(dut.o.ready, 1)
        await ctx.tick()
        ctx.set(dut.start, 0)
        found = []
        while not (ctx.get(dut.o.valid) and ctx.get(dut.o.payload.end)):
            if ctx.get(dut.o.valid):
                more = ctx.get(dut.o.payload.more)
                sources = [ctx.get(dut.o.payload.sources[n]) for n in range(1 + more)]
                found.append(sources)
            await ctx.tick()
        expected = [source for one, source in zip(fires, (1, 3), strict=True) if one]
        assert found == ([expected] if expected else [])

    simulate(dut, testbench, budget=20)


@pytest.mark.parametrize("lanes", [8, 32])
@pytest.mark.parametrize("count", [0, 1, 4, 5])
def test_tick_takes_a_cycle_a_word_and_its_latency(count, lanes, simulate):
    config = make("phase", inputs=5, lanes=lanes, ticks=4)
    words = -(-count // Layout(config).encoder_lanes)
    dut = Encoder(config)

    async def testbench(ctx):
        ctx.set(dut.count, count)
        ctx.set(dut.o.ready, 1)
        ctx.set(dut.start, 1)
        await ctx.tick()
        ctx.set(dut.start, 0)
        ends, cycle = [], 0
        while len(ends) < 4:
            if ctx.get(dut.o.valid) and ctx.get(dut.o.payload.end):
                ends.append(cycle)
            await ctx.tick()
            cycle += 1
        assert set(np.diff(ends).tolist()) == {words + dut.latency if count else 1}

    simulate(dut, testbench, budget=100)
