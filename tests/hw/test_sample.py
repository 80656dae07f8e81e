"""Sample memory against `golden.cycle.sample.SampleMemory`, cycle by cycle."""

import random

import pytest

from golden.config import Config
from golden.cycle.sample import SampleMemory as GoldenMemory
from hw.sample import SampleMemory


@pytest.mark.parametrize("inputs", [1, 2, 7, 16])
def test_equals_golden_cycle_by_cycle(inputs, simulate):
    config = Config(name="any", layers=(inputs, 2, 2))
    dut, golden, rng = SampleMemory(config), GoldenMemory(config), random.Random(inputs)
    released = []

    async def testbench(ctx):
        pixel, reading = None, None
        for _ in range(900):
            if pixel is None and rng.random() < 0.7:
                pixel = rng.choice((0, rng.randint(1, 255)))
            # Read kept inputs of the complete bank, and release it now and then.
            address = None
            if golden.complete and golden.count and rng.random() < 0.6:
                address = rng.randrange(golden.count)
            release = golden.complete and rng.random() < 0.1
            ctx.set(dut.i.valid, pixel is not None)
            ctx.set(dut.i.payload, pixel or 0)
            ctx.set(dut.en, address is not None)
            ctx.set(dut.address, address or 0)
            ctx.set(dut.release, release)
            assert ctx.get(dut.i.ready) == golden.ready
            assert ctx.get(dut.complete) == golden.complete
            if golden.complete:
                assert ctx.get(dut.count) == golden.count
            if reading is not None:
                data = ctx.get(dut.data)
                assert (data.source, data.value) == golden.data
            await ctx.tick()
            taken = pixel is not None and golden.ready
            golden.clock(pixel, release, address)
            reading = address if address is not None else reading
            pixel = None if taken else pixel
            released.append(release)

    simulate(dut, testbench, budget=1000)
    assert sum(released) > 10


def test_second_sample_is_taken_while_the_first_waits_and_the_third_is_not(simulate):
    dut = SampleMemory(Config(name="any", layers=(3, 2, 2)))

    async def testbench(ctx):
        ctx.set(dut.i.valid, 1)
        for pixel in (5, 0, 7, 1, 2, 3):
            assert ctx.get(dut.i.ready)
            ctx.set(dut.i.payload, pixel)
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
