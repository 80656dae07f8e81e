"""Spike queue against its cycle view, and the events against the masks that went in."""

from __future__ import annotations

import cocotb

from erbium.golden.cycle.record import spikes_fields
from erbium.golden.cycle.spikes import SpikeQueue as GoldenSpikeQueue
from erbium.golden.cycle.spikes import Spikes
from erbium.golden.layout import Layout
from erbium.hw.spikes import SpikeQueue
from erbium.sim.benches.unit_bench import UnitBench

LAYERS = 60


def component(config):
    """Return the design under test."""
    return SpikeQueue(config)


def _layer(bench: UnitBench, groups: int) -> list[Spikes]:
    """Draw a layer's masks; silent groups are left out, but for the last."""
    share = bench.rng.choice((0.0, 0.1, 0.5, 1.0))
    found = []
    for group in range(groups):
        mask = sum(1 << lane for lane in range(bench.config.lanes) if bench.rng.random() < share)
        if mask or group == groups - 1:
            found.append(Spikes(mask, group, group == groups - 1))
    return found


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.5])
async def serialises(dut, stall: float) -> None:
    """Layer after layer, each one taken up before the next."""
    bench = UnitBench(dut)
    config, golden = bench.config, GoldenSpikeQueue(bench.config)
    fields, lanes = spikes_fields(config), config.lanes
    await bench.reset(i_valid=0, i_payload=0, o_ready=0)
    for number in range(LAYERS):
        groups = Layout(config).layers[number % len(config.layers[1:])].groups
        waiting = _layer(bench, groups)
        expected = [
            spikes.group * lanes + lane
            for spikes in waiting
            for lane in range(lanes)
            if spikes.mask >> lane & 1
        ]
        found, ended = [], False
        while not ended:
            spikes = waiting.pop(0) if waiting and bench.rng.random() >= stall else None
            ready = bench.rng.random() >= stall
            payload = spikes.bits(config) if spikes else 0
            await bench.settle_cycle(i_valid=spikes is not None, i_payload=payload, o_ready=ready)
            bench.compare_trace("", fields, golden.observe(ready))
            event = golden.output
            if event is not None and ready:
                ended = event.end
                found += [] if ended else [event.source]
            await bench.end_cycle()
            golden.clock(spikes, ready)
        for actual, source in zip(found, expected, strict=True):
            bench.compare("event", actual, source)
    bench.board.passed()
