"""Command: bytes stay where they are stored; length and address of both bursts are found."""

import pytest

from erbium.golden.link.codec import COMMAND_LIMIT, HEADER
from erbium.hw.link.command import FIRST, Command, low


async def pulse(ctx, *wires):
    for wire in wires:
        ctx.set(wire, 1)
    await ctx.tick()
    for wire in wires:
        ctx.set(wire, 0)


async def store(ctx, dut, data):
    """Store bytes from the first place on, as they come over a line."""
    await pulse(ctx, dut.rewind, dut.clear)
    for byte in data:
        ctx.set(dut.data, byte)
        await pulse(ctx, dut.store)
        for _ in range(Command.latency):
            await ctx.tick()
        assert ctx.get(dut.byte) == byte
        await pulse(ctx, dut.load, dut.step)


@pytest.mark.parametrize("length", [0, 1, 3, 0x1F0])
def test_bursts_are_found(length, simulate):
    dut = Command()
    header = HEADER.pack(0xA5, length, 0xFEFF, 3, 0x1234)
    data = header + bytes(range(length % 251)) + bytes(length - length % 251) + b"crc!"

    async def testbench(ctx):
        await store(ctx, dut, data)
        assert ctx.get(dut.whole)
        assert ctx.get(dut.address) == 0xFEFF
        assert ctx.get(dut.none) == (length == 0)
        assert ctx.get(dut.last) == (length == 1)
        for address in (0xFF00, 0xFF01):
            await pulse(ctx, dut.advance)
            assert ctx.get(dut.address) == address
        await pulse(ctx, dut.rewind, dut.clear)
        ctx.set(dut.reads, 1)
        for place, byte in enumerate(header, FIRST):
            await ctx.tick().repeat(Command.latency)
            assert ctx.get(dut.place) == low(place)
            assert ctx.get(dut.byte) == byte
            await pulse(ctx, dut.load, dut.step)
        assert ctx.get(dut.address) == 0x1234
        for left in (3, 2, 1, 0):
            assert (ctx.get(dut.last), ctx.get(dut.none)) == (left == 1, left == 0)
            await pulse(ctx, dut.count)
            await ctx.tick()

    simulate(dut, testbench, budget=4000)


def test_a_length_that_is_wrong_is_not_whole(simulate):
    dut = Command()

    async def testbench(ctx):
        for length, stored in ((2, 3), (4, 3), (0x203, 3), (0xFFFF, -1), (0x3FF, -1), (0xFFFE, -2)):
            await store(ctx, dut, HEADER.pack(1, length, 0, 0, 0) + bytes(4 + stored))
            assert not ctx.get(dut.whole), (length, stored)

    simulate(dut, testbench, budget=2000)


def test_is_full_after_one_byte_too_many(simulate):
    dut = Command()

    async def testbench(ctx):
        await store(ctx, dut, bytes(COMMAND_LIMIT))
        assert not ctx.get(dut.full)
        await pulse(ctx, dut.step)
        assert ctx.get(dut.full)

    simulate(dut, testbench, budget=3000)
