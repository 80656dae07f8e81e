"""Stage: what comes out is what went in, and no wire of one side reaches the other in a cycle."""

import random

from erbium.hw.link.stage import Stage


def test_all_come_out_in_order(simulate):
    dut, draw = Stage(8), random.Random(1)
    sent = [draw.randrange(256) for _ in range(50)]
    found = []

    async def bench(ctx):
        waiting, offered = list(sent), False
        while waiting:
            offered = offered or draw.random() < 0.5
            ctx.set(dut.i.valid, offered)
            ctx.set(dut.i.payload, waiting[0] if offered else 0)
            ready, valid = draw.random() < 0.5, ctx.get(dut.o.valid)
            before = ctx.get(dut.i.ready)
            ctx.set(dut.o.ready, ready)
            # Neither `valid` nor `ready` passes in the same cycle.
            assert (ctx.get(dut.o.valid), ctx.get(dut.i.ready)) == (valid, before)
            if valid and ready:
                found.append(ctx.get(dut.o.payload))
            if offered and before:
                waiting.pop(0)
                offered = False
            await ctx.tick()

    simulate(dut, bench, 2000)
    assert found == sent
