"""Reset after power-on: long enough, and again when the clock is lost."""

import pytest

from erbium.hw.board.clock import PowerOn


async def cycles_until(ctx, dut, rst):
    count = 0
    while ctx.get(dut.rst) != rst:
        await ctx.tick()
        count += 1
    return count


def test_reset_lasts_and_comes_back(simulate):
    dut = PowerOn(20)

    async def testbench(ctx):
        await ctx.tick().repeat(50)
        assert ctx.get(dut.rst), "the clock was never steady"
        ctx.set(dut.locked, 1)
        assert 20 <= await cycles_until(ctx, dut, rst=0) <= 25
        await ctx.tick().repeat(50)
        assert not ctx.get(dut.rst)
        ctx.set(dut.locked, 0)
        assert await cycles_until(ctx, dut, rst=1) <= 5
        ctx.set(dut.locked, 1)
        assert 20 <= await cycles_until(ctx, dut, rst=0) <= 25

    simulate(dut, testbench, budget=500)


def test_no_delay_at_all_is_refused():
    with pytest.raises(ValueError, match="cycles must be at least 1, not 0"):
        PowerOn(0)
