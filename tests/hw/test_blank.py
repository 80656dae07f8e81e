"""Blank-out draws against `golden.synapse.transmissions`, whatever the number of lanes."""

import random

import pytest

from erbium.golden.config import ALWAYS_TRANSMITS, LANES, Config
from erbium.golden.synapse import transmissions
from erbium.hw.blank import BlankOut


@pytest.mark.parametrize("transmit", [1, 9, 15, 16])
@pytest.mark.parametrize("lanes", LANES)
def test_draws_do_not_depend_on_lanes(lanes, transmit, simulate):
    targets = 37
    config = Config(name="any", layers=(3, targets, 2), lanes=lanes, transmit=transmit)
    dut, rng = BlankOut(config), random.Random(lanes)

    async def testbench(ctx):
        for event in range(4):
            word = rng.randint(1, 2**32 - 1)
            ctx.set(dut.random, word)
            ctx.set(dut.start, 1)
            # An event may start while the one before it issues its last word: start wins.
            ctx.set(dut.step, event % 2)
            await ctx.tick()
            ctx.set(dut.start, 0)
            found = []
            for _ in range(-(-targets // lanes)):
                if rng.random() < 0.3:
                    ctx.set(dut.step, 0)
                    await ctx.tick()
                mask = ctx.get(dut.transmit)
                found += [mask >> lane & 1 for lane in range(lanes)]
                ctx.set(dut.step, 1)
                await ctx.tick()
            expected = transmissions(word, targets, transmit).astype(int).tolist()
            assert found[:targets] == expected
            ctx.set(dut.step, 0)

    if transmit == ALWAYS_TRANSMITS:
        # Nothing is drawn: the circuit is a constant and has no clock.
        async def constant(ctx):
            assert ctx.get(dut.transmit) == (1 << lanes) - 1

        simulate(dut, constant)
    else:
        simulate(dut, testbench, budget=400)
