"""Plasticity lane against `golden.plasticity.update`."""

from __future__ import annotations

import cocotb
import numpy as np

from golden.layout import Layout
from golden.plasticity import update
from hw.plasticity import Plasticity
from sim.unit_bench import UnitBench, word, wrapped

PATTERNS = 3000


def component(config):
    """Return the design under test."""
    return Plasticity(config)


@cocotb.test()
async def updates(dut) -> None:
    """Random and extreme weights, dendrites and fractions; the gate open and closed."""
    bench = UnitBench(dut)
    config, layout = bench.config, Layout(bench.config)
    bits, shift = config.weight_bits, config.learning_shift
    weights = bench.draw_signed(bits, PATTERNS)
    dendrites = bench.draw_signed(layout.dendrite_bits, PATTERNS)
    opens = bench.draw(0, 1, PATTERNS)
    fractions = bench.draw(0, (1 << shift) - 1, PATTERNS)
    after = update(weights, dendrites, opens == 1, fractions, shift, bits)
    moved = after - weights
    limit = 1 << (bits - 1)
    assert (moved != 0).any(), "no pattern learns"
    assert ((after == limit - 1) & (moved > 0)).any(), "no pattern reaches the upper limit"
    assert np.all(moved[opens == 0] == 0), "a closed gate learns"
    for index in range(PATTERNS):
        bench.set(
            weight=wrapped(weights[index], bits),
            dendrite=wrapped(dendrites[index], layout.dendrite_bits),
            open=opens[index],
            fraction=fractions[index],
        )
        await bench.settle()
        bench.compare("weight_next", word(dut.weight_next), wrapped(after[index], bits))
    bench.board.passed()
