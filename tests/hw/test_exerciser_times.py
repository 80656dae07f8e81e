"""Times that people see: an answer stays as long as it should, and so does a light."""

import pytest

from erbium.golden.presets import preset
from erbium.hw.board.system import System
from erbium.hw.link.exerciser import Exerciser

TINY = preset("tiny")


@pytest.mark.parametrize("hold", [0, 1, 13])
def test_an_answer_stays_exactly_so_long(hold: int, simulate) -> None:
    dut = Exerciser(TINY, hold=hold, passes=1)
    waited = []

    async def testbench(ctx) -> None:
        for stream in (dut.i_access, dut.i_pixel, dut.i_request):
            ctx.set(stream.ready, 1)
        for _ in range(3 * TINY.layers[-1]):
            ctx.set(dut.o_result.valid, 1)
            await ctx.tick().until(dut.o_result.ready)
            ctx.set(dut.o_result.valid, 0)
            cycles = 0
            while not ctx.get(dut.i_pixel.valid):
                await ctx.tick()
                cycles += 1
            waited.append(cycles)

    simulate(dut, testbench, budget=2000)
    # A pass that is taught, one that is not, and one that is taught again. The next class and its
    # pattern take a cycle each.
    classes = TINY.layers[-1]
    assert waited == [2] * classes + [2 + hold] * classes + [2] * classes


def test_a_light_shines_exactly_so_long(simulate) -> None:
    dut = System(Exerciser(TINY, hold=200, passes=1), leds=5, blink=17)
    seen = []

    async def testbench(ctx) -> None:
        for _ in range(4000):
            leds = ctx.get(dut.leds)
            seen.append((leds & 1, leds >> 1 & 1))
            await ctx.tick()

    simulate(dut, testbench, budget=5000)
    activity = "".join(str(spike) for spike, _ in seen)
    shone = [len(part) for part in activity.split("0") if part]
    assert len(shone) > 3
    assert set(shone[:-1]) == {17}
    dark = [len(part) for part in activity.strip("0").split("1") if part]
    assert min(dark) >= 18
