"""Exerciser: sends what its golden twin says, and a core that it teaches answers as golden does."""

from itertools import islice

import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.sample import pixels
from erbium.golden.exerciser import Exerciser as GoldenExerciser
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.link.exerciser import Exerciser

TINY = preset("tiny")


async def take(ctx, stream, cycles):
    """Take one transfer, after having kept the sender waiting."""
    for _ in range(cycles):
        await ctx.tick()
    ctx.set(stream.ready, 1)
    (payload,) = await ctx.tick().sample(stream.payload).until(stream.valid)
    ctx.set(stream.ready, 0)
    return payload


async def give(ctx, stream):
    ctx.set(stream.valid, 1)
    await ctx.tick().until(stream.ready)
    ctx.set(stream.valid, 0)


@pytest.mark.parametrize(
    "config",
    [
        TINY,
        # Padding in both layers, a draw of no bits, and a number of classes that is a power of 2.
        Config(name="padding", layers=(5, 6, 3, 4), lanes=4, weight_init=(0, 48, 7)),
        TINY.replace(lanes=1),
    ],
    ids=["tiny", "padding", "one-lane"],
)
@pytest.mark.parametrize("wait", [0, 2])
def test_sends_what_golden_says(config, wait, simulate):
    golden, layout = GoldenExerciser(config, passes=1), Layout(config)
    dut = Exerciser(config, hold=3, passes=1)
    count = 3 * config.layers[-1]

    async def testbench(ctx):
        for address, word in enumerate(layout.pack(golden.weights).tolist()):
            access = await take(ctx, dut.i_access, wait)
            assert access.write
            assert access.address == address
            assert [access.data[lane] for lane in range(config.lanes)] == word
        for shown in islice(golden.samples(), count):
            words = [await take(ctx, dut.i_pixel, wait) for _ in range(config.layers[0])]
            assert [word.as_bits() for word in words] == pixels(shown.sample)
            request = await take(ctx, dut.i_request, wait)
            assert (request.label, request.rate) == (shown.label, shown.rate)
            await give(ctx, dut.o_result)

    simulate(dut, testbench, budget=5000)


def test_waits_after_an_answer_that_was_not_taught(simulate):
    dut = Exerciser(TINY, hold=50, passes=1)
    waited = []

    async def testbench(ctx):
        for stream in (dut.i_access, dut.i_pixel, dut.i_request):
            ctx.set(stream.ready, 1)
        for _ in range(2 * TINY.layers[-1]):
            await give(ctx, dut.o_result)
            cycles = 0
            while not ctx.get(dut.i_pixel.valid):
                await ctx.tick()
                cycles += 1
            waited.append(cycles)

    simulate(dut, testbench, budget=2000)
    classes = TINY.layers[-1]
    assert max(waited[:classes]) < 5
    assert min(waited[classes:]) >= 50


def test_events_are_refused():
    with pytest.raises(ValueError, match="encoder 'events' does not take; choose another"):
        Exerciser(TINY.replace(encoder="events"), hold=1)
