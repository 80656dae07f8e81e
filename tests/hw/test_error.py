"""Error neurons against `golden.error.ErrorNeurons`."""

import random

import pytest

from erbium.golden.config import Config
from erbium.golden.error import ErrorNeurons as GoldenErrors
from erbium.hw.error import ErrorNeurons


@pytest.mark.parametrize(("threshold", "classes"), [(1, 2), (2, 3), (3, 10), (255, 2)])
def test_equals_golden(threshold, classes, simulate):
    config = Config(name="any", layers=(2, 2, classes), error_threshold=threshold)
    dut, golden, rng = ErrorNeurons(config), GoldenErrors(config), random.Random(threshold)
    fired = []

    async def testbench(ctx):
        for step in range(3000):
            enabled, clear = rng.random() < 0.8, step in (90, 2100)
            k = rng.randrange(classes)
            # Long stretches of mostly one kind, so that large thresholds are reached.
            often = (step // 1000) % 2
            label, prediction = rng.random() < 0.1 + 0.8 * often, rng.random() < 0.9 - 0.8 * often
            ctx.set(dut.en, enabled)
            ctx.set(dut.clear, clear)
            ctx.set(dut.k, k)
            ctx.set(dut.label, label)
            ctx.set(dut.prediction, prediction)
            found = 0
            if ctx.get(dut.fires):
                found = -1 if ctx.get(dut.negative) else 1
            if clear:
                golden.clear()
            else:
                assert found == (golden.step(k, label, prediction) if enabled else 0), step
                fired.append(found)
            if threshold > 1:
                await ctx.tick()

    # With a threshold of 1 there is nothing to store: the circuit has no clock.
    simulate(dut, testbench, budget=3100 if threshold > 1 else None)
    assert set(fired) == {-1, 0, 1}


def test_floor_at_zero(simulate):
    dut = ErrorNeurons(Config(name="any", layers=(2, 2, 2), error_threshold=2))

    async def testbench(ctx):
        ctx.set(dut.en, 1)
        found = []
        for label in (0, 0, 0, 1, 1):
            ctx.set(dut.label, label)
            ctx.set(dut.prediction, not label)
            found.append((ctx.get(dut.fires), ctx.get(dut.fires) and ctx.get(dut.negative)))
            await ctx.tick()
        assert found == [(0, 0), (1, 1), (0, 0), (0, 0), (1, 0)]

    simulate(dut, testbench, budget=10)
