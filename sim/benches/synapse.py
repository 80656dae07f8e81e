"""Synapse lane against `golden.synapse.accumulate` and `golden.fixed.leak`, in every layer."""

from __future__ import annotations

import cocotb

from erbium.golden.fixed import leak, saturate
from erbium.golden.layout import Layout
from erbium.golden.synapse import accumulate
from erbium.hw.synapse import Synapse
from erbium.sim.benches.unit_bench import UnitBench, word, wrapped

PATTERNS = 800


def component(config):
    """Return the design under test."""
    return Synapse(config)


@cocotb.test()
async def accumulates(dut) -> None:
    """Random and extreme weights, on membranes that have room for them."""
    bench = UnitBench(dut)
    config, layout = bench.config, Layout(bench.config)
    bench.set(leaks=0)
    for layer, gain in enumerate(config.gain):
        limit = 1 << (layout.membrane_bits - 1)
        room = 1 << (config.weight_bits - 1 + gain)
        membranes = bench.draw(room - limit, limit - room, PATTERNS)
        weights = bench.draw_signed(config.weight_bits, PATTERNS)
        transmits = bench.draw(0, 1, PATTERNS)
        after = accumulate(membranes, weights, transmits == 1, gain)
        for index in range(PATTERNS):
            bench.set(
                layer=layer,
                membrane=wrapped(membranes[index], layout.membrane_bits),
                weight=wrapped(weights[index], config.weight_bits),
                transmits=transmits[index],
            )
            await bench.settle()
            expected = wrapped(after[index], layout.membrane_bits)
            bench.compare("total", word(dut.total), expected)
    bench.board.passed()


@cocotb.test()
async def leaks(dut) -> None:
    """Membranes in the range of saturation; weights that happen to be there do not matter."""
    bench = UnitBench(dut)
    config, bits = bench.config, Layout(bench.config).membrane_bits
    bench.set(leaks=1, transmits=1)
    for layer, shift in enumerate(config.membrane_leak):
        membranes = saturate(bench.draw_signed(bits, PATTERNS), config.state_bits)
        weights = bench.draw_signed(config.weight_bits, PATTERNS)
        after = leak(membranes, shift)
        for index in range(PATTERNS):
            bench.set(
                layer=layer,
                membrane=wrapped(membranes[index], bits),
                weight=wrapped(weights[index], config.weight_bits),
            )
            await bench.settle()
            bench.compare("total", word(dut.total), wrapped(after[index], bits))
    bench.board.passed()
