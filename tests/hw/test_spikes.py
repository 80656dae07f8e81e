"""Spike queue against `golden.cycle.spikes.SpikeQueue`, cycle by cycle."""

import random

import pytest

from erbium.golden.config import LANES, Config
from erbium.golden.cycle.spikes import SpikeQueue as GoldenQueue
from erbium.golden.cycle.spikes import Spikes
from erbium.hw.spikes import SpikeQueue


def masks(config, rng):
    """Return the masks of one layer: groups without spikes are left out, but for the last."""
    groups = -(-config.layers[1] // config.lanes)
    found = []
    for group in range(groups):
        width = min(config.lanes, config.layers[1] - group * config.lanes)
        mask = rng.choice((0, rng.getrandbits(width), (1 << width) - 1, 1 << (width - 1)))
        if mask or group == groups - 1:
            found.append(Spikes(mask, group, group == groups - 1))
    return found


def set_spikes(ctx, dut, spikes):
    ctx.set(dut.i.valid, spikes is not None)
    if spikes is not None:
        payload = {"mask": spikes.mask, "group": spikes.group, "end": int(spikes.end)}
        ctx.set(dut.i.payload, payload)


@pytest.mark.parametrize("stall", [0.0, 0.6])
@pytest.mark.parametrize("lanes", LANES)
def test_equals_golden_cycle_by_cycle(lanes, stall, simulate):
    config = Config(name="any", layers=(4, 19, 2), lanes=lanes)
    dut, golden, rng = SpikeQueue(config), GoldenQueue(config), random.Random(lanes)
    layers = [masks(config, rng) for _ in range(6)]
    expected = [
        spikes.group * lanes + lane
        for layer in layers
        for spikes in layer
        for lane in range(lanes)
        if spikes.mask >> lane & 1
    ]

    async def testbench(ctx):
        found, waiting, layer = [], list(layers[0]), 0
        while layer < len(layers):
            spikes = waiting.pop(0) if waiting else None
            ready = rng.random() >= stall
            set_spikes(ctx, dut, spikes)
            ctx.set(dut.o.ready, ready)
            event = golden.output
            assert spikes is None or ctx.get(dut.i.ready)
            assert ctx.get(dut.o.valid) == (event is not None)
            if event is not None:
                payload = ctx.get(dut.o.payload)
                assert (payload.source, payload.end) == (event.source, event.end)
                if ready and event.end:
                    # Like the sequencer: the next layer's masks come when this one's are through.
                    layer += 1
                    waiting = list(layers[layer]) if layer < len(layers) else []
                elif ready:
                    found.append(event.source)
            await ctx.tick()
            golden.clock(spikes, ready)
        assert found == expected

    simulate(dut, testbench, budget=2500)


def test_spikes_follow_without_gaps(simulate):
    config = Config(name="any", layers=(4, 8, 2), lanes=4)
    dut = SpikeQueue(config)

    async def testbench(ctx):
        ctx.set(dut.o.ready, 1)
        seen = []
        for spikes in (Spikes(0b1011, 0, False), Spikes(0b0100, 1, True), *[None] * 10):
            set_spikes(ctx, dut, spikes)
            payload = ctx.get(dut.o.payload)
            seen.append((payload.source, payload.end) if ctx.get(dut.o.valid) else None)
            await ctx.tick()
        events = [(0, 0), (1, 0), (3, 0), (6, 0), (0, 1)]
        assert seen == [None] * dut.latency + events + [None] * 4

    simulate(dut, testbench, budget=20)
