"""Synapse lane against `golden.synapse`."""

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.fixed import leak
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.synapse import accumulate
from erbium.hw.synapse import Synapse

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
                        assert ctx.get(dut.total) == int(after)

    simulate(dut, testbench)


@pytest.mark.parametrize("config", [TINY, GAINS], ids=["no-gain", "gains"])
def test_leaks_as_golden_does(config, simulate):
    dut = Synapse(config.replace(membrane_leak=tuple(range(2, len(config.layers) + 1))))
    top = 1 << (config.state_bits - 1)
    membranes = [-top, -top + 1, top - 1, *range(-70, 71)]

    async def testbench(ctx):
        ctx.set(dut.leaks, 1)
        ctx.set(dut.transmits, 1)
        ctx.set(dut.weight, -3)
        for layer in range(len(config.layers) - 1):
            ctx.set(dut.layer, layer)
            for membrane in membranes:
                ctx.set(dut.membrane, membrane)
                assert ctx.get(dut.total) == int(leak(membrane, layer + 2)), (layer, membrane)

    simulate(dut, testbench)
