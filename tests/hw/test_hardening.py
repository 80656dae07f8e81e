"""Hardening: what they keep, and when they speak."""

import random

import pytest
from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.config import Config
from erbium.hw.hardening import SLACK, Corrected, Watchdog, check_bits, places


@pytest.mark.parametrize("width", range(1, 9))
def test_any_two_words_differ_in_three_bits(width):
    def word(value):
        bits = check_bits(value, width)
        return value | sum(bit << n for n, bit in enumerate(bits)) << width

    # The code is linear: distances are weights.
    assert min(word(value).bit_count() for value in range(1, 1 << width)) >= 3
    assert len(places(width)) == width


@pytest.mark.parametrize("width", [2, 3, 4])
def test_corrected_register_is_a_register(width, simulate):
    dut = Corrected(width)

    async def testbench(ctx):
        assert ctx.get(dut.o) == 0
        for value in range(1 << width):
            ctx.set(dut.i, value)
            await ctx.tick()
            assert ctx.get(dut.o) == value

    simulate(dut, testbench, budget=40)


class Kept(wiring.Component):
    """A register of two fields, of which one or both are set in a cycle."""

    shape = data.StructLayout({"low": 2, "high": 1})

    def __init__(self):
        super().__init__({"sets": In(2), "value": In(self.shape), "o": Out(self.shape)})

    def elaborate(self, platform):
        m = Module()
        m.submodules.register = register = Corrected(self.shape)
        following = register.following(m)
        for bit, name in enumerate(("low", "high")):
            with m.If(self.sets[bit]):
                m.d.comb += following[name].eq(self.value[name])
        m.d.comb += self.o.eq(register.o)
        return m


def test_a_field_stays_unless_it_is_set(simulate):
    dut, rng = Kept(), random.Random(1)

    async def testbench(ctx):
        low = high = 0
        for _ in range(100):
            sets, value = rng.randrange(4), rng.randrange(8)
            ctx.set(dut.sets, sets)
            ctx.set(dut.value.as_value(), value)
            await ctx.tick()
            low, high = value & 3 if sets & 1 else low, value >> 2 if sets & 2 else high
            assert (ctx.get(dut.o.low), ctx.get(dut.o.high)) == (low, high)

    simulate(dut, testbench, budget=200)


@pytest.mark.parametrize("inputs", [3, 100])
def test_watchdog_waits_for_a_scan_of_all_inputs_and_not_much_longer(inputs, simulate):
    dut = Watchdog(Config(name="any", layers=(inputs, 2, 2)))
    waited = []

    async def testbench(ctx):
        for _ in range(3):
            ctx.set(dut.progress, 1)
            await ctx.tick().repeat(3)
            ctx.set(dut.progress, 0)
            cycles = 0
            while not ctx.get(dut.expired):
                await ctx.tick()
                cycles += 1
            waited.append(cycles)
        await ctx.tick()
        assert not ctx.get(dut.expired)
        # Progress now and then keeps it silent.
        for cycle in range(1000):
            ctx.set(dut.progress, cycle % (inputs + SLACK) == 0)
            await ctx.tick()
            assert not ctx.get(dut.expired)

    simulate(dut, testbench, budget=4000)
    assert len(set(waited)) == 1
    assert inputs + SLACK <= waited[0] <= 2 * (inputs + SLACK) + 2
