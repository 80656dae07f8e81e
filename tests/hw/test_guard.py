"""Guards: what they keep, and when they speak."""

import pytest

from golden.config import Config
from hw.guard import SLACK, Corrected, Watchdog, check_bits, places


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
