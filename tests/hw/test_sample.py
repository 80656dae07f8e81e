"""Sample memory against `golden.cycle.sample.SampleMemory`, cycle by cycle."""

import random

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.sample import LAST, pixels
from erbium.golden.cycle.sample import SampleMemory as GoldenMemory
from erbium.golden.layout import Layout
from erbium.hw.sample import SampleMemory
from erbium.hw.words import PixelLayout


@pytest.mark.parametrize("lanes", [8, 32])
@pytest.mark.parametrize("inputs", [1, 2, 7, 16, 17])
def test_equals_golden_cycle_by_cycle(inputs, lanes, simulate):
    config = Config(name="any", layers=(inputs, 2, 2), lanes=lanes)
    width = Layout(config).encoder_lanes
    assert width == {8: 1, 32: 2}[lanes]
    dut, golden, rng = SampleMemory(config), GoldenMemory(config), random.Random(inputs)
    released, compared = [], 0

    async def testbench(ctx):
        nonlocal compared
        pixel, kept, sent = None, 0, 0
        for _ in range(900):
            if pixel is None and rng.random() < 0.7:
                pixel = rng.choice((0, rng.randint(1, 255)))
                pixel |= LAST * (sent % inputs == inputs - 1)
                sent += 1
            # Read words of kept inputs of the complete bank, and release it now and then.
            address = None
            if golden.complete and golden.count and rng.random() < 0.6:
                address = rng.randrange(-(-golden.count // width))
            release = golden.complete and rng.random() < 0.1
            ctx.set(dut.i.valid, pixel is not None)
            ctx.set(dut.i.payload, PixelLayout().from_bits(pixel or 0))
            ctx.set(dut.en, address is not None)
            ctx.set(dut.address, address or 0)
            ctx.set(dut.release, release)
            assert ctx.get(dut.i.ready) == golden.ready
            assert ctx.get(dut.complete) == golden.complete
            if golden.complete:
                assert ctx.get(dut.count) == golden.count
            # What lies behind the last kept input is of no meaning.
            for lane in range(kept):
                data = ctx.get(dut.data[lane])
                assert (data.source, data.value) == golden.data[lane]
                compared += 1
            if address is not None:
                kept = min(width, golden.count - address * width)
            await ctx.tick()
            taken = pixel is not None and golden.ready
            golden.clock(pixel, release, address)
            pixel = None if taken else pixel
            released.append(release)

    simulate(dut, testbench, budget=1000)
    assert sum(released) > 10
    assert compared > 100


@pytest.mark.parametrize("lanes", [8, 32])
def test_second_sample_is_taken_while_the_first_waits_and_the_third_is_not(lanes, simulate):
    dut = SampleMemory(Config(name="any", layers=(3, 2, 2), lanes=lanes))

    async def testbench(ctx):
        ctx.set(dut.i.valid, 1)
        for pixel in pixels((5, 0, 7)) + pixels((1, 2, 3)):
            assert ctx.get(dut.i.ready)
            ctx.set(dut.i.payload, PixelLayout().from_bits(pixel))
            await ctx.tick()
        assert not ctx.get(dut.i.ready)
        assert ctx.get(dut.complete)
        assert ctx.get(dut.count) == 2
        ctx.set(dut.release, 1)
        await ctx.tick()
        assert ctx.get(dut.i.ready)
        assert ctx.get(dut.complete)
        assert ctx.get(dut.count) == 3

    simulate(dut, testbench, budget=20)


@pytest.mark.parametrize("kept", [(5, 6, 7, 8, 9), (5, 0, 7, 0, 9), (0, 0, 0, 4, 0)], ids=str)
def test_two_inputs_are_read_at_once(kept, simulate):
    dut = SampleMemory(Config(name="any", layers=(5, 2, 2), lanes=32))
    stored = [(source, value) for source, value in enumerate(kept) if value]

    async def testbench(ctx):
        ctx.set(dut.i.valid, 1)
        for pixel in pixels(kept):
            ctx.set(dut.i.payload, PixelLayout().from_bits(pixel))
            await ctx.tick()
        ctx.set(dut.i.valid, 0)
        assert ctx.get(dut.count) == len(stored)
        ctx.set(dut.en, 1)
        found = []
        for address in range(-(-len(stored) // 2)):
            ctx.set(dut.address, address)
            await ctx.tick()
            found += [(one.source, one.value) for one in (ctx.get(dut.data[n]) for n in (0, 1))]
        assert found[: len(stored)] == stored

    simulate(dut, testbench, budget=20)
