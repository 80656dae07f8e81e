"""Random generator against `golden.rng.xorshift`, cycle by cycle."""

from __future__ import annotations

import cocotb

from golden.rng import EVENT, stream_seed, xorshift
from hw.rng import Generator
from sim.unit_bench import UnitBench, word

CYCLES = 1500


def component(config):
    """Return the design under test."""
    return Generator(stream_seed(config.seed, EVENT))


@cocotb.test()
async def steps(dut) -> None:
    """Steps, pauses, loads, and a reset to the seed."""
    bench = UnitBench(dut)
    seed = stream_seed(bench.config.seed, EVENT)
    await bench.reset(step=0, load__valid=0, load__payload=1)
    state = seed
    for cycle in range(CYCLES):
        step, load = bench.rng.random() < 0.7, bench.rng.random() < 0.01
        payload, reset = bench.rng.randint(1, 2**32 - 1), cycle == CYCLES // 2
        await bench.settle_cycle(step=step, load__valid=load, load__payload=payload, rst=reset)
        bench.compare("value", word(dut.value), state)
        if reset:
            state = seed
        elif load:
            state = payload
        elif step:
            state = xorshift(state)
        await bench.end_cycle()
    bench.board.passed()
