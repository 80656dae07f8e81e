"""Neuron lane against `golden.neuron.step`, in every layer."""

from __future__ import annotations

import cocotb
import numpy as np

from golden.layout import Layout
from golden.neuron import NeuronParameters, NeuronState, step
from hw.layouts import NeuronLayout
from hw.neuron import Neuron
from sim.unit_bench import UnitBench, word

PATTERNS = 1500


def component(config):
    """Return the design under test."""
    return Neuron(config)


def _word(shape: NeuronLayout, state: NeuronState, index: int) -> int:
    fields = {name: int(values[index]) for name, values in vars(state).items()}
    return shape.const(fields).as_bits()


@cocotb.test()
async def steps(dut) -> None:
    """Random and extreme states; thresholds and gate limits are met exactly."""
    bench = UnitBench(dut)
    config, layout = bench.config, Layout(bench.config)
    shape = NeuronLayout(config)
    for layer in range(len(layout.layers)):
        p = NeuronParameters.of(config, layer)
        edges = np.array([p.threshold, p.gate_low, p.gate_high])
        edges = np.concatenate([edges - 1, edges, edges + 1])
        drawn = bench.draw_signed(layout.membrane_bits, PATTERNS - len(edges))
        state = NeuronState(
            membrane=np.concatenate([edges, drawn]),
            dendrite=bench.draw_signed(layout.dendrite_bits, PATTERNS),
            gate=bench.draw(0, 1, PATTERNS),
            refractory=np.maximum(bench.draw(-p.refractory - 1, p.refractory, PATTERNS), 0),
        )
        after, fires = step(state, p)
        assert fires.any(), "no pattern fires"
        assert not fires.all(), "every pattern fires"
        for index in range(PATTERNS):
            bench.set(layer=layer, state=_word(shape, state, index))
            await bench.settle()
            bench.compare("state_next", word(dut.state_next), _word(shape, after, index))
            bench.compare("fires", word(dut.fires), fires[index])
    bench.board.passed()
