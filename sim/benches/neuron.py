"""Neuron lane, behind the membrane's adder, against `golden.neuron.step`, in every layer."""

from __future__ import annotations

import cocotb
import numpy as np
from amaranth import Module
from amaranth.lib import wiring

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.golden.neuron import NeuronParameters, NeuronState, step
from erbium.hw.neuron import Neuron
from erbium.hw.synapse import Synapse
from erbium.sim.benches.unit_bench import UnitBench, word, wrapped

PATTERNS = 1500


class NeuronWithLeak(wiring.Component):
    """A neuron and the adder that leaks for it; ports are those of the neuron without `total`."""

    def __init__(self, config: Config) -> None:
        self._neuron, self._synapse = Neuron(config), Synapse(config)
        members = dict(self._neuron.signature.members)
        del members["total"]
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.neuron = neuron = self._neuron
        m.submodules.synapse = synapse = self._synapse
        for name, member in self.signature.members.items():
            mine, its = getattr(self, name), getattr(neuron, name)
            m.d.comb += its.eq(mine) if member.flow == wiring.In else mine.eq(its)
        m.d.comb += [
            synapse.layer.eq(self.layer),
            synapse.membrane.eq(self.membrane),
            synapse.leaks.eq(self.steps),
            neuron.total.eq(synapse.total),
        ]
        return m


def component(config):
    """Return the design under test."""
    return NeuronWithLeak(config)


@cocotb.test()
async def steps(dut) -> None:
    """Random and extreme states; thresholds and gate limits are met exactly."""
    bench = UnitBench(dut)
    config, layout = bench.config, Layout(bench.config)
    bench.set(steps=1, clear=0)
    for layer in range(len(layout.layers)):
        p = NeuronParameters.of(config, layer)
        edges = np.array([p.threshold, p.gate_low, p.gate_high])
        edges = np.concatenate([edges - 1, edges, edges + 1])
        drawn = bench.draw_signed(layout.membrane_bits, PATTERNS - len(edges))
        state = NeuronState.cleared(PATTERNS)
        state.membrane = np.concatenate([edges, drawn])
        state.refractory = np.maximum(bench.draw(-p.refractory - 1, p.refractory, PATTERNS), 0)
        after, fires = step(state, p)
        assert fires.any(), "no pattern fires"
        assert not fires.all(), "every pattern fires"
        for index in range(PATTERNS):
            bench.set(
                layer=layer,
                membrane=wrapped(state.membrane[index], layout.membrane_bits),
                refractory=state.refractory[index],
            )
            await bench.settle()
            expected = wrapped(after.membrane[index], layout.membrane_bits)
            bench.compare("membrane_next", word(dut.membrane_next), expected)
            bench.compare("refractory_next", word(dut.refractory_next), after.refractory[index])
            bench.compare("gate_next", word(dut.gate_next), after.gate[index])
            bench.compare("fires", word(dut.fires), fires[index])
    bench.board.passed()


@cocotb.test()
async def passes_and_clears(dut) -> None:
    """Outside of its step a neuron never fires; sums pass, and are 0 at a sample's start."""
    bench = UnitBench(dut)
    bits = Layout(bench.config).membrane_bits
    bench.set(steps=0, layer=0, refractory=0)
    for membrane in bench.draw_signed(bits, PATTERNS):
        for clear in (0, 1):
            bench.set(membrane=wrapped(membrane, bits), clear=clear)
            await bench.settle()
            expected = 0 if clear else wrapped(membrane, bits)
            bench.compare("membrane_next", word(dut.membrane_next), expected)
            bench.compare("fires", word(dut.fires), 0)
    bench.board.passed()
