"""UART at the level of its pins: any byte, any pause, either end a little fast or slow."""

import random
import re

import pytest
from amaranth import *
from amaranth.sim import Simulator

from erbium.golden.link.uart import BITS, divider, line
from erbium.hw.link.uart import Receiver, Transmitter, Uart

#: Seconds of a clock cycle in the simulator.
PERIOD = 1e-6

DIVIDERS = [4, 5, 8, 17]


def run(dut, *benches, cycles=None):
    """Run test benches until they all end, or for so many cycles."""
    simulator = Simulator(dut)
    simulator.add_clock(PERIOD)
    ended = []

    def checked(bench):
        async def call(ctx):
            await bench(ctx)
            ended.append(bench)

        return call

    for bench in benches:
        simulator.add_testbench(checked(bench), background=cycles is not None)
    if cycles is None:
        simulator.run()
        assert len(ended) == len(benches)
    else:
        simulator.run_until(cycles * PERIOD)


def received(div, levels, bit):
    """Drive levels for so many seconds each; return the bytes that came, and wrong stop bits."""
    dut = Receiver(div)
    data, wrong = bytearray(), []

    async def drive(ctx):
        ctx.set(dut.rx, 1)
        await ctx.delay(3.3 * bit)
        for level in levels:
            ctx.set(dut.rx, level)
            await ctx.delay(bit)
        ctx.set(dut.rx, 1)

    async def watch(ctx):
        async for _, _, valid, byte, framing in ctx.tick().sample(
            dut.o.valid, dut.o.payload, dut.framing
        ):
            assert not (valid and framing)
            if valid:
                data.append(byte)
            if framing:
                wrong.append(len(data))

    run(dut, drive, watch, cycles=(len(levels) + 20) * bit / PERIOD)
    return bytes(data), wrong


def some_bytes(seed, count=14):
    rng = random.Random(seed)
    return bytes([0, 0xFF, 0x55, 0xAA, 0x80, 0x01]) + rng.randbytes(count)


@pytest.mark.parametrize("error", [-0.02, -0.01, 0, 0.013, 0.02])
@pytest.mark.parametrize("div", DIVIDERS)
def test_bytes_without_pause_arrive_at_two_percent_too_fast_or_slow(div, error):
    data = some_bytes(div)
    # A bit is no whole number of cycles, so edges come anywhere within a cycle.
    assert received(div, line(data), div * PERIOD * (1 + error) + 1e-10) == (data, [])


@pytest.mark.parametrize("div", DIVIDERS)
def test_bytes_arrive_after_any_pause(div):
    rng, levels = random.Random(1), []
    data = some_bytes(2)
    for byte in data:
        levels += line(bytes([byte])) + [1] * rng.choice([0, 0, 1, 2, 3, 17])
    assert received(div, levels, div * PERIOD * 0.997) == (data, [])


@pytest.mark.parametrize("div", DIVIDERS)
def test_a_wrong_stop_bit_throws_its_byte_away(div):
    wrong = [*line(b"x")[:-1], 0]
    for pause in (1, 2, 9):
        levels = line(b"ab") + wrong + [1] * pause + line(b"cd")
        assert received(div, levels, div * PERIOD) == (b"abcd", [2])
    # A break is one wrong byte, however long it is.
    levels = line(b"a") + [0] * 35 + [1] + line(b"b")
    assert received(div, levels, div * PERIOD) == (b"ab", [1])


@pytest.mark.parametrize("div", [8, 17])
def test_a_short_pulse_is_no_start_bit(div):
    # In steps of a cycle: down for less than half a bit.
    pulse = [0] * (div // 2 - 1) + [1] * (2 * div)
    byte = [level for level in line(b"q") for _ in range(div)]
    assert received(div, pulse + byte + pulse, PERIOD) == (b"q", [])


@pytest.mark.parametrize("div", DIVIDERS)
def test_bytes_are_sent_without_pause(div):
    dut = Transmitter(div)
    data = some_bytes(3, 20)
    levels = []

    async def send(ctx):
        ctx.set(dut.i.valid, 1)
        for byte in data:
            ctx.set(dut.i.payload, byte)
            await ctx.tick().until(dut.i.ready)
        ctx.set(dut.i.valid, 0)
        await ctx.tick().repeat(BITS * div)

    async def watch(ctx):
        async for _, _, level in ctx.tick().sample(dut.tx):
            levels.append(level)

    simulator = Simulator(dut)
    simulator.add_clock(PERIOD)
    simulator.add_testbench(send)
    simulator.add_testbench(watch, background=True)
    simulator.run()
    start = levels.index(0)
    assert start <= div
    expected = [level for level in line(data) for _ in range(div)]
    assert levels[start:] == expected[: len(levels) - start]
    assert len(levels) - start >= len(expected) - div


def test_one_end_hears_the_other():
    dut = Uart(8)
    data, came = some_bytes(5, 30), bytearray()

    async def send(ctx):
        for byte in data:
            ctx.set(dut.i.valid, 1)
            ctx.set(dut.i.payload, byte)
            await ctx.tick().until(dut.i.ready)
            ctx.set(dut.i.valid, 0)
            await ctx.tick().repeat(1 + byte % 7)
        await ctx.tick().repeat(BITS * 8 + 20)

    async def wire(ctx):
        async for _, _, level, valid, byte in ctx.tick().sample(dut.tx, dut.o.valid, dut.o.payload):
            ctx.set(dut.rx, level)
            if valid:
                came.append(byte)

    simulator = Simulator(dut)
    simulator.add_clock(PERIOD)
    simulator.add_testbench(send)
    simulator.add_testbench(wire, background=True)
    simulator.run()
    assert came == data


def test_dividers_come_near_the_rate_or_are_refused():
    assert divider(24_000_000, 3_000_000) == 8
    assert divider(12_000_000, 115_200) == 104
    assert divider(48_000_000, 9_600) == 5000
    with pytest.raises(ValueError, match=re.escape("2.5e+07 Hz makes 3125000 baud, which is")):
        divider(25_000_000, 3_000_000)
    with pytest.raises(ValueError, match=r"fewer than 4 cycles.*3e\+06 baud; take 2500000 baud"):
        divider(10_000_000, 3_000_000)
    with pytest.raises(ValueError, match="must be above 0"):
        divider(10_000_000, 0)
    with pytest.raises(ValueError, match="divider 3 is below 4"):
        Receiver(3)
