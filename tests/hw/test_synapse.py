"""Synapse lane and blank-out draws against `golden.synapse`."""

import random

import numpy as np
import pytest

from golden.config import LANES, Config
from golden.layout import Layout
from golden.presets import preset
from golden.synapse import accumulate, transmissions
from hw.synapse import BlankOut, Synapse

TINY = preset("tiny")
GAINS = Config(name="any", layers=(9, 5, 4, 3), gain=(0, 3, 1), weight_bits=5, weight_init=3)


@pytest.mark.parametrize("config", [TINY, GAINS], ids=["no-gain", "gains"])
def test_accumulates_as_golden_does(config, simulate):
    dut, rng = Synapse(config), np.random.default_rng(1)
    top = 1 << (config.state_bits - 1)
    low, high = -1 << (config.weight_bits - 1), (1 << (config.weight_bits - 1)) - 1
    # A stored membrane leaves room for the other sources of its tick.
    room = (1 << (Layout(config).membrane_bits - 1)) - (-low << max(config.gain))
    membranes = [-room, -top, -1, 0, 1, top - 1, room - 1, *rng.integers(-top, top, 60).tolist()]

    async def testbench(ctx):
        for layer, gain in enumerate(config.gain):
            ctx.set(dut.layer, layer)
            for membrane in membranes:
                for weight in (low, -1, 0, 1, high, int(rng.integers(low, high + 1))):
                    for transmits in (0, 1):
                        ctx.set(dut.membrane, membrane)
                        ctx.set(dut.weight, weight)
                        ctx.set(dut.transmits, transmits)
                        after = accumulate(membrane, np.int64(weight), transmits == 1, gain)
                        assert ctx.get(dut.membrane_next) == int(after)

    simulate(dut, testbench)


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

    if transmit == 16:
        # Nothing is drawn: the circuit is a constant and has no clock.
        async def constant(ctx):
            assert ctx.get(dut.transmit) == (1 << lanes) - 1

        simulate(dut, constant)
    else:
        simulate(dut, testbench, budget=400)
