"""Error neurons against `golden.error.ErrorNeurons`, cycle by cycle."""

from __future__ import annotations

import cocotb

from erbium.golden.error import ErrorNeurons as GoldenErrorNeurons
from erbium.hw.error import ErrorNeurons
from erbium.sim.benches.unit_bench import UnitBench, word

CYCLES = 2000


def component(config):
    """Return the design under test."""
    return ErrorNeurons(config)


@cocotb.test()
async def counts(dut) -> None:
    """Random spikes of labels and predictions, pauses, and new samples."""
    bench = UnitBench(dut)
    golden = GoldenErrorNeurons(bench.config)
    rng, classes = bench.rng, bench.config.layers[-1]
    await bench.reset(clear=0, en=0, k=0, label=0, prediction=0)
    signs = set()
    for _ in range(CYCLES):
        k, label, prediction = rng.randrange(classes), rng.random() < 0.6, rng.random() < 0.5
        en, clear = rng.random() < 0.8, rng.random() < 0.02
        await bench.settle_cycle(clear=clear, en=en, k=k, label=label, prediction=prediction)
        sign = golden.step(k, label, prediction) if en else 0
        signs.add(sign)
        bench.compare("fires", word(dut.fires), sign != 0)
        if sign:
            bench.compare("negative", word(dut.negative), sign < 0)
        if clear:
            golden.clear()
        await bench.end_cycle()
    assert signs == {-1, 0, 1}, f"only error spikes {signs} were seen"
    bench.board.passed()
