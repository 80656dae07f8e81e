"""Read-out against `golden.readout.Readout`."""

import random

import pytest

from erbium.golden.config import Config
from erbium.golden.readout import Readout as GoldenReadout
from erbium.hw.readout import Readout


async def compare(ctx, dut, golden, classes):
    result = ctx.get(dut.result)
    assert [result.counts[k] for k in range(classes)] == golden.counts.tolist()
    assert result.winner == golden.winner


@pytest.mark.parametrize("classes", [2, 3, 10])
def test_equals_golden(classes, simulate):
    config = Config(name="any", layers=(2, 2, classes), ticks=30)
    dut, golden, rng = Readout(config), GoldenReadout(config), random.Random(classes)

    async def testbench(ctx):
        for _ in range(10):
            ctx.set(dut.clear, 1)
            ctx.set(dut.en, rng.random() < 0.5)
            await ctx.tick()
            golden.clear()
            ctx.set(dut.clear, 0)
            # The last spikes are not in the result yet.
            waiting = [None] * (dut.latency - 1)
            for _ in range(60):
                await compare(ctx, dut, golden, classes)
                k = rng.randrange(classes)
                enabled = rng.random() < 0.8 and bool(golden.counts[k] < config.ticks - 1)
                ctx.set(dut.en, enabled)
                ctx.set(dut.k, k)
                await ctx.tick()
                waiting.append(k if enabled else None)
                counted = waiting.pop(0)
                if counted is not None:
                    golden.count(counted)

    simulate(dut, testbench, budget=700)


@pytest.mark.parametrize(("classes", "margin"), [(2, 1), (3, 2), (10, 4), (3, 61)])
def test_sure_is_the_lead_of_the_label(classes, margin, simulate):
    config = Config(name="any", layers=(2, 2, classes), ticks=60, learning_margin=margin)
    dut, golden, rng = Readout(config), GoldenReadout(config), random.Random(classes)
    seen = []

    async def testbench(ctx):
        for label in (0, classes - 1, 1, 0):
            ctx.set(dut.clear, 1)
            await ctx.tick()
            golden.clear()
            ctx.set(dut.clear, 0)
            ctx.set(dut.label, label)
            for _ in range(60):
                k = label if rng.random() < 0.5 else rng.randrange(classes)
                ctx.set(dut.k, k)
                ctx.set(dut.en, 1)
                await ctx.tick()
                ctx.set(dut.en, 0)
                golden.count(k)
                await ctx.tick().repeat(dut.latency - 1)
                sure = golden.lead(label) >= margin
                assert ctx.get(dut.sure) == sure
                seen.append(sure)

    simulate(dut, testbench, budget=600)
    assert set(seen) == ({False} if margin > 60 else {False, True})


def test_first_to_reach_the_highest_count_wins_a_tie(simulate):
    dut = Readout(Config(name="any", layers=(2, 2, 4), ticks=30))

    async def testbench(ctx):
        winners = []
        for k in (3, 0, 0, 3, 3):
            ctx.set(dut.en, 1)
            ctx.set(dut.k, k)
            await ctx.tick()
            ctx.set(dut.en, 0)
            await ctx.tick().repeat(dut.latency - 1)
            winners.append(ctx.get(dut.result.winner))
        assert winners == [3, 3, 0, 0, 3]

    simulate(dut, testbench, budget=20)


@pytest.mark.parametrize("ticks", [1, 7, 8])
def test_counters_hold_a_spike_in_every_tick(ticks, simulate):
    dut = Readout(Config(name="any", layers=(2, 2, 2), ticks=ticks, burn_in=0))

    async def testbench(ctx):
        ctx.set(dut.en, 1)
        ctx.set(dut.k, 1)
        for _ in range(ticks):
            await ctx.tick()
        ctx.set(dut.en, 0)
        await ctx.tick().repeat(dut.latency - 1)
        assert ctx.get(dut.result.counts[1]) == ticks
        assert ctx.get(dut.result.winner) == 1

    simulate(dut, testbench, budget=12)
