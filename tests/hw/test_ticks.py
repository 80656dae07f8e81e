"""Ticks against `golden.error.label_fires`."""

import pytest

from erbium.golden.config import Config
from erbium.golden.error import label_fires
from erbium.hw.ticks import Ticks


@pytest.mark.parametrize(
    ("ticks", "burn_in", "period", "start"),
    [(9, 0, 1, 0), (9, 3, 2, 3), (20, 8, 5, 19), (20, 8, 5, 1), (1, 0, 3, 0)],
)
def test_equals_golden(ticks, burn_in, period, start, simulate):
    config = Config(
        name="any", layers=(2, 2, 2), ticks=ticks, burn_in=burn_in, label_period=period,
        learning_start=start,
    )  # fmt: skip
    dut = Ticks(config)

    async def testbench(ctx):
        for _ in range(2):
            ctx.set(dut.start, 1)
            await ctx.tick()
            ctx.set(dut.start, 0)
            for tick in range(ticks):
                # Nothing changes within a tick.
                for _ in range(2):
                    assert ctx.get(dut.tick) == tick
                    assert ctx.get(dut.window) == (tick >= burn_in)
                    assert ctx.get(dut.learns) == (tick >= start)
                    assert ctx.get(dut.labelled) == label_fires(config, tick)
                    assert ctx.get(dut.last) == (tick == ticks - 1)
                    await ctx.tick()
                ctx.set(dut.advance, 1)
                await ctx.tick()
                ctx.set(dut.advance, 0)

    simulate(dut, testbench, budget=200)
