"""CRC: that of zlib, of any bytes, sent byte by byte, and found to be right."""

import random
import zlib

from erbium.hw.link.crc import Crc


def test_is_that_of_zlib(simulate):
    dut, rng = Crc(), random.Random(1)
    texts = [b"", b"\0", bytes(4), b"123456789", rng.randbytes(20)]

    async def pulse(ctx, wire):
        ctx.set(wire, 1)
        await ctx.tick()
        ctx.set(wire, 0)
        for _ in range(Crc.latency - 2):
            assert ctx.get(dut.busy)
            await ctx.tick()
        assert ctx.get(dut.busy)
        await ctx.tick()
        assert not ctx.get(dut.busy)

    async def take(ctx, data):
        ctx.set(dut.clear, 1)
        await ctx.tick()
        ctx.set(dut.clear, 0)
        for byte in data:
            ctx.set(dut.data, byte)
            await pulse(ctx, dut.take)

    async def testbench(ctx):
        for text in texts:
            crc = zlib.crc32(text).to_bytes(4, "little")
            await take(ctx, text)
            # What stands at `data` meanwhile is of no account.
            for byte in crc:
                assert ctx.get(dut.byte) == byte
                await pulse(ctx, dut.shift)
            await take(ctx, text + crc)
            assert ctx.get(dut.good)
            await take(ctx, text + bytes([crc[0] ^ 1]) + crc[1:])
            assert not ctx.get(dut.good)

    simulate(dut, testbench, budget=4000)
