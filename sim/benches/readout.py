"""Read-out against `golden.readout.Readout`, cycle by cycle."""

from __future__ import annotations

import cocotb

from erbium.golden.readout import Readout as GoldenReadout
from erbium.hw.readout import Readout
from erbium.hw.words import ResultLayout
from erbium.sim.benches.unit_bench import UnitBench, word

SAMPLES = 40


def component(config):
    """Return the design under test."""
    return Readout(config)


@cocotb.test()
async def counts(dut) -> None:
    """Samples with up to one spike per class and tick; ties included."""
    bench = UnitBench(dut)
    margin = bench.config.learning_margin
    golden = GoldenReadout(bench.config)
    shape, classes = ResultLayout(bench.config), bench.config.layers[-1]
    await bench.reset(clear=0, en=0, k=0, label=0)
    last = None
    for sample in range(SAMPLES):
        label = sample % classes
        for _ in range(bench.config.ticks):
            for k in bench.rng.sample(range(classes), bench.rng.randint(0, min(classes, 4))):
                en = bench.rng.random() < 0.8
                await bench.settle_cycle(clear=0, en=en, k=k, label=label)
                expected = {"winner": int(golden.winner), "counts": golden.counts.tolist()}
                bench.compare("result", word(dut.result), shape.const(expected).as_bits())
                bench.compare("sure", word(dut.sure), int(0 < margin <= golden.lead(label)))
                # The result follows a cycle later.
                if last is not None:
                    golden.count(last)
                last = k if en else None
                await bench.end_cycle()
        await bench.settle_cycle(clear=1, en=0)
        golden.clear()
        last = None
        await bench.end_cycle()
    bench.board.passed()
