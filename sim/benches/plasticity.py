"""Plasticity lane against `golden.plasticity.update`, feedback and `golden.fixed.leak`."""

from __future__ import annotations

import cocotb
import numpy as np
from amaranth import Module
from amaranth.lib import wiring

from erbium.golden.config import Config
from erbium.golden.fixed import leak, saturate
from erbium.golden.layout import Layout
from erbium.golden.plasticity import update
from erbium.hw.plasticity import Plasticity, Saturation
from erbium.sim.benches.unit_bench import UnitBench, word, wrapped

PATTERNS = 2000


class PlasticityWithSaturation(wiring.Component):
    """The adder, and what is behind it; `moved` stays inside."""

    def __init__(self, config: Config) -> None:
        self._plasticity, self._saturation = Plasticity(config), Saturation(config)
        members = dict(self._plasticity.signature.members)
        members |= dict(self._saturation.signature.members)
        del members["moved"]
        members["weight_next"] = members.pop("weight").flip()
        members["weight"] = members["weight_next"].flip()
        super().__init__(members)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.plasticity = plasticity = self._plasticity
        m.submodules.saturation = saturation = self._saturation
        for name in ("layer", "dendrite", "weight", "feedback", "negative", "fraction", "leaks"):
            m.d.comb += getattr(plasticity, name).eq(getattr(self, name))
        m.d.comb += [
            saturation.moved.eq(plasticity.moved),
            saturation.learns.eq(self.learns),
            saturation.load.eq(self.load),
            self.weight_next.eq(saturation.weight),
            self.dendrite_next.eq(plasticity.dendrite_next),
        ]
        return m


def component(config):
    """Return the design under test."""
    return PlasticityWithSaturation(config)


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
    bench.set(load=0, learns=1, leaks=0, layer=0, negative=0, feedback=0)
    for index in range(PATTERNS):
        bench.set(
            weight=wrapped(weights[index], bits),
            # A closed gate hides the dendrite.
            dendrite=wrapped(dendrites[index] * opens[index], layout.dendrite_bits),
            fraction=fractions[index],
        )
        await bench.settle()
        bench.compare("weight_next", word(dut.weight_next), wrapped(after[index], bits))
    bench.set(learns=0)
    for weight in bench.draw_signed(bits, 100):
        bench.set(load=wrapped(weight, bits))
        await bench.settle()
        bench.compare("weight_next", word(dut.weight_next), wrapped(weight, bits))
    bench.board.passed()


@cocotb.test()
async def feeds_back(dut) -> None:
    """Errors of both signs, on dendrites that have room for them."""
    bench = UnitBench(dut)
    config, layout = bench.config, Layout(bench.config)
    most = (1 << (layout.feedback_bits - 1)) - 1
    limit = (1 << (layout.dendrite_bits - 1)) - 1 - most
    feedback = bench.draw(-most, most, PATTERNS)
    dendrites = bench.draw(-limit, limit, PATTERNS)
    negatives = bench.draw(0, 1, PATTERNS)
    after = dendrites + np.where(negatives == 1, -feedback, feedback)
    assert (after != dendrites).any(), "no error is fed back"
    bench.set(learns=0, leaks=0, layer=0, weight=0)
    for index in range(PATTERNS):
        negative = int(negatives[index])
        bench.set(
            dendrite=wrapped(dendrites[index], layout.dendrite_bits),
            feedback=wrapped(feedback[index], layout.feedback_bits),
            negative=negative,
            fraction=negative * ((1 << max(1, config.learning_shift)) - 1),
        )
        await bench.settle()
        expected = wrapped(after[index], layout.dendrite_bits)
        bench.compare("dendrite_next", word(dut.dendrite_next), expected)
    bench.board.passed()


@cocotb.test()
async def leaks(dut) -> None:
    """Every layer's leak, saturation included; what else is there does not matter."""
    bench = UnitBench(dut)
    config, bits = bench.config, Layout(bench.config).dendrite_bits
    for layer, shift in enumerate(config.dendrite_leak):
        dendrites = bench.draw_signed(bits, PATTERNS)
        weights = bench.draw_signed(config.weight_bits, PATTERNS)
        after = leak(saturate(dendrites, config.state_bits), shift)
        bench.set(learns=0, leaks=1, layer=layer, negative=0, feedback=0, fraction=0)
        for index in range(PATTERNS):
            bench.set(
                dendrite=wrapped(dendrites[index], bits),
                weight=wrapped(weights[index], config.weight_bits),
            )
            await bench.settle()
            bench.compare("dendrite_next", word(dut.dendrite_next), wrapped(after[index], bits))
    bench.board.passed()
