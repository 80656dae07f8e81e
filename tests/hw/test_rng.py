"""Random generator against `golden.rng.xorshift`."""

import random

import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.rng import MASK, xorshift, xorshift_lanes
from erbium.hw.rng import Generator, advance


@pytest.mark.parametrize("most", [1, 2, 4])
@pytest.mark.parametrize("seed", [1, 0x12345678, MASK])
def test_steps_pauses_and_loads(seed, most, simulate):
    dut, rng = Generator(seed, most), random.Random(seed)
    seen = set()

    async def testbench(ctx):
        state = seed
        for _ in range(400):
            ahead = [state]
            for _ in range(most):
                ahead.append(xorshift(ahead[-1]))
            assert [ctx.get(dut.values[index]) for index in range(most)] == ahead[:-1]
            steps, load = rng.randint(0, most), rng.random() < 0.05
            payload = rng.randint(1, MASK)
            ctx.set(dut.steps, steps)
            ctx.set(dut.load.valid, load)
            ctx.set(dut.load.payload, payload)
            await ctx.tick()
            state = payload if load else ahead[steps]
            seen.add((steps, load))

    simulate(dut, testbench, budget=500)
    assert seen == {(steps, load) for steps in range(most + 1) for load in (True, False)}


def test_one_number_a_cycle_is_the_default(simulate):
    dut = Generator(1)
    assert len(dut.values) == 1
    assert dut.steps.shape() == unsigned(1)

    async def testbench(ctx):
        ctx.set(dut.steps, 1)
        await ctx.tick()
        assert ctx.get(dut.values[0]) == xorshift(1)

    simulate(dut, testbench, budget=5)


@pytest.mark.parametrize("seed", [0, -1, 2**32])
def test_impossible_seeds_are_refused(seed):
    with pytest.raises(ValueError, match=rf"^seed must be from 1 to 2\*\*32 - 1, not {seed}$"):
        Generator(seed)


class Ahead(wiring.Component):
    """Several steps ahead at once."""

    i: In(32)
    o: Out(32 * 5)

    def elaborate(self, platform):
        m = Module()
        steps = [
            advance(m, self.i, xorshift_lanes, times, name=f"ahead_{times}") for times in range(5)
        ]
        m.d.comb += self.o.eq(Cat(*steps))
        return m


def test_steps_ahead_equal_stepping(simulate):
    dut, rng = Ahead(), random.Random(1)

    async def testbench(ctx):
        for state in [1, MASK, 1 << 31, *(rng.randint(1, MASK) for _ in range(100))]:
            ctx.set(dut.i, state)
            found = ctx.get(dut.o)
            for times in range(5):
                assert found >> 32 * times & MASK == state
                state = xorshift_lanes(state)

    simulate(dut, testbench)
