"""LEDs: what is short is stretched, what goes on blinks, and the last answer stays."""

import pytest

from erbium.golden.presets import preset
from erbium.hw.board.status import Blinker, Status

TINY = preset("tiny")


def test_one_cycle_is_stretched(simulate):
    dut, shone = Blinker(5), []

    async def testbench(ctx):
        ctx.set(dut.i, 1)
        await ctx.tick()
        ctx.set(dut.i, 0)
        for _ in range(20):
            shone.append(ctx.get(dut.o))
            await ctx.tick()

    simulate(dut, testbench, budget=100)
    assert shone == [1] * 5 + [0] * 15


def test_what_goes_on_blinks(simulate):
    dut, shone = Blinker(3), []

    async def testbench(ctx):
        ctx.set(dut.i, 1)
        await ctx.tick()
        for _ in range(21):
            shone.append(ctx.get(dut.o))
            await ctx.tick()

    simulate(dut, testbench, budget=100)
    # The dark time is one cycle longer: in it, the next reason to shine is looked at.
    assert shone == ([1] * 3 + [0] * 4) * 3


async def ask_and_answer(ctx, dut, label, rate, winner):
    ctx.set(dut.asked.payload, {"label": label, "rate": rate})
    ctx.set(dut.asked.valid, 1)
    await ctx.tick()
    ctx.set(dut.asked.valid, 0)
    ctx.set(dut.answered.payload, winner)
    ctx.set(dut.answered.valid, 1)
    await ctx.tick()
    ctx.set(dut.answered.valid, 0)
    await ctx.tick()
    return ctx.get(dut.leds)


def test_winner_and_whether_it_was_right_are_shown(simulate):
    dut = Status(TINY, leds=6, cycles=4)

    async def testbench(ctx):
        assert await ask_and_answer(ctx, dut, label=2, rate=0, winner=2) == 0b1010
        assert await ask_and_answer(ctx, dut, label=2, rate=0, winner=1) == 0b0100
        # A sample that is learned blinks, and leaves the winner alone.
        assert await ask_and_answer(ctx, dut, label=2, rate=256, winner=2) == 0b0110
        await ctx.tick().repeat(5)
        assert ctx.get(dut.leds) == 0b0100

    simulate(dut, testbench, budget=100)


def test_spike_blinks(simulate):
    dut = Status(TINY, leds=3, cycles=4)

    async def testbench(ctx):
        ctx.set(dut.spike, 1)
        await ctx.tick()
        ctx.set(dut.spike, 0)
        await ctx.tick()
        assert ctx.get(dut.leds) & 1
        await ctx.tick().repeat(4)
        assert not ctx.get(dut.leds) & 1

    simulate(dut, testbench, budget=100)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Blinker(0), "cycles must be at least 1, not 0"),
        (lambda: Status(TINY, leds=2, cycles=4), "leds must be at least 3, not 2"),
    ],
)
def test_impossible_values_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
