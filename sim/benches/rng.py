"""Random generator against `golden.rng.xorshift`, cycle by cycle."""

from __future__ import annotations

import cocotb

from erbium.golden.layout import Layout
from erbium.golden.rng import EVENT, stream_seed, xorshift
from erbium.hw.rng import Generator
from erbium.sim.benches.unit_bench import UnitBench, word

CYCLES = 1500


def component(config):
    """Return the design under test, which makes as many numbers as the encoder takes."""
    return Generator(stream_seed(config.seed, EVENT), Layout(config).encoder_lanes)


@cocotb.test()
async def steps(dut) -> None:
    """Steps, pauses, loads, and a reset to the seed."""
    bench = UnitBench(dut)
    seed, most = stream_seed(bench.config.seed, EVENT), Layout(bench.config).encoder_lanes
    await bench.reset(steps=0, load_valid=0, load_payload=1)
    state = seed
    for cycle in range(CYCLES):
        ahead = [state]
        for _ in range(most):
            ahead.append(xorshift(ahead[-1]))
        steps, load = bench.rng.randint(0, most), bench.rng.random() < 0.01
        payload, reset = bench.rng.randint(1, 2**32 - 1), cycle == CYCLES // 2
        await bench.settle_cycle(steps=steps, load_valid=load, load_payload=payload, rst=reset)
        expected = sum(value << 32 * index for index, value in enumerate(ahead[:-1]))
        bench.compare("values", word(dut.values), expected)
        state = seed if reset else payload if load else ahead[steps]
        await bench.end_cycle()
    bench.board.passed()
