"""Sample ports: bytes become pixels and events, as in the golden decoder."""

import random

import pytest

from erbium.golden.link.sample_code import EventDecoder, PixelDecoder
from erbium.golden.presets import preset
from erbium.hw.link.sample_port import EventPort, PixelPort

TINY = preset("tiny").replace(encoder="events")


async def feed(ctx, port, byte, ends, draw):
    """Send a byte to a port; return what it puts out, and whether it says that all is `wrong`."""
    found = []
    ctx.set(port.i.payload, {"byte": byte, "ends": ends})
    ctx.set(port.i.valid, 1)
    while True:
        ctx.set(port.o.ready, ready := draw.random() < 0.8)
        if ready and ctx.get(port.o.valid):
            found.append(ctx.get(port.o.payload))
        done, wrong = ctx.get(port.i.ready), ctx.get(port.wrong)
        await ctx.tick()
        if done:
            ctx.set(port.i.valid, 0)
            return found, wrong


def test_pixels_come_out_as_in_the_model(simulate):
    port, model, draw = PixelPort(), PixelDecoder(), random.Random(1)

    async def bench(ctx):
        for _ in range(150):
            byte, ends = draw.choice((0, 0, 1, 2, 9, 255)), draw.random() < 0.2
            if draw.random() < 0.1:
                ctx.set(port.clear, 1)
                await ctx.tick()
                ctx.set(port.clear, 0)
                model.clear()
            expected = model.feed(byte, ends)
            found, _ = await feed(ctx, port, byte, ends, draw)
            assert [pixel.intensity for pixel in found] == list(expected)
            lasts = [pixel.last for pixel in found]
            assert lasts == [0] * (len(expected) - 1) + [int(ends)] * bool(expected)

    simulate(port, bench, 40_000)


@pytest.mark.parametrize("inputs", [16, 12, 512, 700])
def test_events_come_out_as_in_the_model(simulate, inputs):
    config = TINY.replace(layers=(inputs, 6, 3))
    port, model, draw = EventPort(config), EventDecoder(config), random.Random(inputs)

    async def bench(ctx):
        for _ in range(300):
            byte, ends = draw.choice((0, 1, 1, 2, 5, 100, 254, 255)), draw.random() < 0.1
            expected = model.feed(byte, ends)
            found, wrong = await feed(ctx, port, byte, ends, draw)
            assert [(e.source, e.end, e.last) for e in found] == [
                (e.source, e.end, e.last) for e in expected
            ]
            assert wrong == model.wrong or not ends
            if ends:
                model.clear()

    simulate(port, bench, 4000)
