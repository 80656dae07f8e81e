"""Escape: bytes of a frame are sent as the codec sends them, whatever the line's pace."""

import random

from erbium.golden.link.codec import ESCAPE, FLAG, frame
from erbium.golden.link.frames import Framer
from erbium.hw.link.escape import Escape


def test_frames_are_those_of_the_codec(simulate):
    dut, rng = Escape(), random.Random(2)
    body = bytes([FLAG, ESCAPE, FLAG, 0x5E, 0x5D, 0, 0x20]) + rng.randbytes(30) + bytes([ESCAPE])
    expected = frame(body)
    (content,) = Framer().feed(expected)
    items = [(0, 1), *((byte, 0) for byte in content), (FLAG, 1)]
    came = []

    async def testbench(ctx):
        for byte, flag in items:
            ctx.set(dut.i.payload, {"data": byte, "flag": flag})
            ctx.set(dut.i.valid, 1)
            taken = False
            while not taken:
                ready = rng.random() < 0.5
                ctx.set(dut.o.ready, ready)
                taken = ctx.get(dut.i.ready)
                assert ctx.get(dut.o.valid)
                if ready:
                    came.append(ctx.get(dut.o.payload))
                else:
                    assert not taken
                await ctx.tick()
            ctx.set(dut.i.valid, 0)
            if rng.random() < 0.3:
                assert not ctx.get(dut.o.valid)
                await ctx.tick()

    simulate(dut, testbench, budget=1000)
    assert bytes(came) == expected
