"""A whole sample in Amaranth's own simulator, weights loaded and read through the host port."""

import random

import numpy as np
import pytest

from erbium.golden.core import Core as GoldenCore
from erbium.golden.cycle.sample import pixels
from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.core import Core
from erbium.hw.words import PixelLayout
from erbium.sim.host.traffic import as_events, random_sample

TINY = preset("tiny")


async def put(ctx, stream, payload):
    ctx.set(stream.payload, payload)
    ctx.set(stream.valid, 1)
    while not ctx.get(stream.ready):
        await ctx.tick()
    await ctx.tick()
    ctx.set(stream.valid, 0)


async def get(ctx, stream):
    ctx.set(stream.ready, 1)
    while not ctx.get(stream.valid):
        await ctx.tick()
    payload = ctx.get(stream.payload)
    await ctx.tick()
    ctx.set(stream.ready, 0)
    return payload


async def load(ctx, dut, words):
    for address, word in enumerate(words.tolist()):
        await put(ctx, dut.i_access, {"data": word, "address": address, "write": 1})


async def read(ctx, dut, depth, lanes):
    words = []
    for address in range(depth):
        await put(ctx, dut.i_access, {"data": [0] * lanes, "address": address, "write": 0})
        word = await get(ctx, dut.o_access)
        words.append([word[lane] for lane in range(lanes)])
    return np.array(words)


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        TINY.replace(encoder="events", lanes=4),
        TINY.replace(transmit=10, lanes=8),
        TINY.replace(memory="spram", lanes=4),
        TINY.replace(learning=False, encoder="bernoulli"),
        # A sample of a single word, at the fewest inputs and the most lanes.
        TINY.replace(layers=(2, 40, 3), lanes=32, encoder="bernoulli", gain=1),
    ],
    ids=["phase", "events", "blank-out", "spram", "inference", "two-inputs"],
)
def test_learns_a_sample_as_golden_does(config, simulate):
    config = config.replace(threshold=(60, 30), ticks=8, burn_in=1)
    dut, golden, layout = Core(config), GoldenCore(config), Layout(config)
    sample = random_sample(config, random.Random(3))
    start = [matrix.copy() for matrix in golden.weights]

    async def testbench(ctx):
        await load(ctx, dut, layout.pack(start))
        if config.encoder == "events":

            async def feed():
                for event in as_events(sample):
                    await put(ctx, dut.i_event, vars(event))

            await put(ctx, dut.i_request, {"label": 1, "rate": 256})
            await feed()
        else:
            for word in pixels(sample):
                await put(ctx, dut.i_pixel, PixelLayout().from_bits(word))
            await put(ctx, dut.i_request, {"label": 1, "rate": 256})
        result = await get(ctx, dut.o_result)
        # A circuit without learning takes every rate for 0.
        expected = golden.run(sample, label=1, rate=256 * config.learning)
        assert [result.counts[k] for k in range(3)] == expected.counts.tolist()
        assert result.winner == expected.winner
        assert expected.counts.sum() > 0
        words = await read(ctx, dut, layout.weight_depth, config.lanes)
        assert words.tolist() == layout.pack(golden.weights).tolist()
        found = ctx.get(dut.o_random)
        assert {name: found[name] for name in vars(golden.random)} == vars(golden.random)
        assert ctx.get(dut.phase) == Phase.IDLE

    simulate(dut, testbench, budget=5000)
    changed = zip(golden.weights, start, strict=True)
    learnt = any(not np.array_equal(a, b) for a, b in changed)
    assert learnt == config.learning
