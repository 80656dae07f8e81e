"""Blank-out draws: every word's lanes against `golden.synapse.transmissions` of its event."""

from __future__ import annotations

import cocotb

from erbium.golden.cycle.blank import BlankOut as GoldenBlankOut
from erbium.golden.synapse import transmissions
from erbium.hw.blank import BlankOut
from erbium.sim.benches.unit_bench import UnitBench, word

EVENTS = 60


def component(config):
    """Return the design under test."""
    return BlankOut(config)


@cocotb.test()
async def draws(dut) -> None:
    """Events of random length, with pauses between words."""
    bench = UnitBench(dut)
    lanes, golden = bench.config.lanes, GoldenBlankOut(bench.config)
    await bench.reset(start=0, random=1, step=0)
    for _ in range(EVENTS):
        random, words = bench.rng.randint(1, 2**32 - 1), bench.rng.randint(1, 12)
        expected = transmissions(random, words * lanes, bench.config.transmit).tolist()
        await bench.settle_cycle(start=1, random=random, step=bench.rng.random() < 0.5)
        await bench.end_cycle()
        golden.clock(True, random, False)
        index = 0
        while index < words:
            step = bench.rng.random() < 0.7
            await bench.settle_cycle(start=0, step=step)
            bits = expected[index * lanes : (index + 1) * lanes]
            mask = sum(int(bit) << lane for lane, bit in enumerate(bits))
            bench.compare("transmit", word(dut.transmit), mask)
            bench.compare("cycle view", golden.mask, mask)
            await bench.end_cycle()
            golden.clock(False, 0, step)
            index += step
    bench.board.passed()
