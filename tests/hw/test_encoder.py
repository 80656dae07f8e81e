"""Encoder: the events of its tick view, and every cycle of its cycle view."""

import random

import numpy as np
import pytest

from golden.config import Config
from golden.cycle.encoder import Encoder as CycleEncoder
from golden.encoder import Encoder as TickEncoder
from golden.encoder import active_inputs
from golden.rng import RandomState, xorshift
from hw.encoder import Encoder


def make(encoder, inputs, ticks=7, rate_shift=1):
    return Config(
        name="any",
        layers=(inputs, 2, 2),
        ticks=ticks,
        burn_in=0,
        encoder=encoder,
        rate_shift=rate_shift,
    )


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize("inputs", [1, 6, 20])
@pytest.mark.parametrize("code", ["phase", "bernoulli"])
def test_equals_both_views(code, inputs, stall, simulate):
    config, rng = make(code, inputs), random.Random(inputs)
    dut, cycles = Encoder(config), CycleEncoder(config)
    random_state = RandomState(1, 1, encoder=0x1234567)
    ticks = TickEncoder(config, random_state)
    samples = [
        np.array([rng.choice((0, rng.randint(1, 255), 255)) for _ in range(inputs)])
        for _ in range(4)
    ]
    samples.insert(1, np.zeros(inputs, dtype=int))
    samples.insert(2, np.full(inputs, 255))

    async def testbench(ctx):
        state, data = 0x1234567, (0, 0)
        for sample in samples:
            ticks.start(sample)
            expected = [ticks.tick(tick).tolist() for tick in range(config.ticks)]
            kept = [(int(i), int(v)) for i, v in zip(*active_inputs(sample), strict=True)]
            found, start = [[]], True
            ctx.set(dut.count, len(kept))
            while len(found) <= config.ticks:
                ready = rng.random() >= stall
                ctx.set(dut.start, start)
                ctx.set(dut.random, state)
                ctx.set(dut.data, {"source": data[0], "value": data[1]})
                ctx.set(dut.o.ready, ready)
                event = cycles.output
                assert ctx.get(dut.o.valid) == (event is not None)
                if event is not None:
                    payload = ctx.get(dut.o.payload)
                    assert (payload.source, payload.end) == (event.source, event.end)
                    if ready and event.end:
                        found.append([])
                    elif ready:
                        found[-1].append(event.source)
                scans, steps = cycles.scans(ready), cycles.random_step(ready)
                assert ctx.get(dut.en) == scans
                assert ctx.get(dut.random_step) == steps
                if scans:
                    assert ctx.get(dut.address) == cycles.address
                read = kept[cycles.address] if scans else data
                await ctx.tick()
                cycles.clock(start, len(kept), ready, state, data)
                state, data, start = xorshift(state) if steps else state, read, False
            assert found[:-1] == expected
            assert state == random_state.encoder

    simulate(dut, testbench, budget=4000)


@pytest.mark.parametrize("count", [0, 1, 5])
def test_tick_takes_count_and_three_cycles(count, simulate):
    config = make("phase", inputs=5, ticks=4)
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
        assert set(np.diff(ends).tolist()) == {count + 3 if count else 1}

    simulate(dut, testbench, budget=100)
