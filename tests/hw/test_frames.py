"""Frames: whatever comes, the circuit answers, writes, reads and reports as the model does."""

import random

import pytest
from amaranth.sim import Simulator

from erbium.golden.link.codec import frame
from erbium.golden.link.frames import (
    ESCAPE,
    FLAG,
    WRITE_LIMIT,
    FrameModel,
    LinkError,
    encode_command,
)
from erbium.hw.link.frames import Frames
from tests.hw.test_narrowing import narrowings
from tests.registers import FIXED, LOCKED, MISSING, PORT, Registers

PERIOD = 1e-6

#: Cycles without a byte after which a reply has ended, or none comes.
SILENCE = 50

ADDRESSES = [0, 5, PORT - 1, PORT, MISSING - 2, MISSING, LOCKED - 1, FIXED - 1, FIXED, 0xFFFE]


def command(rng, sequence):
    """Return a command with these addresses, and its sequence number."""
    write = rng.randbytes(rng.choice([0, 0, 1, 2, 3, 9]))
    if rng.random() < 0.3:
        write = bytes(rng.choice([FLAG, ESCAPE]) for _ in write)
    return encode_command(
        sequence,
        write_address=rng.choice(ADDRESSES),
        write=write,
        read_address=rng.choice(ADDRESSES),
        read_length=rng.choice([0, 0, 1, 2, 5, 12]),
    )


def traffic(rng, registers, count):
    """Yield what a host sends, each with a reply or none: good commands, retries, and garbage."""
    for _ in range(count):
        sequence = (registers.sequence + rng.choice([1, 1, 1, 1, 0, 2])) % 256
        good = command(rng, sequence)
        kind = rng.choice(["good"] * 6 + ["bit", "cut", "garbage", "short", "flags", "escape"])
        if kind == "bit":
            bit = rng.randrange(8, 8 * len(good) - 8)
            number = int.from_bytes(good, "little") ^ 1 << bit
            good = number.to_bytes(len(good), "little")
        elif kind == "cut":
            good = good[: rng.randrange(1, len(good) - 1)] + good[-1:]
        elif kind == "garbage":
            good = rng.randbytes(rng.randrange(1, 30)) + bytes([FLAG])
        elif kind == "short":
            good = frame(rng.randbytes(rng.randrange(9)))
        elif kind == "flags":
            good = bytes([FLAG] * 3)
        elif kind == "escape":
            good = good[:-1] + bytes([ESCAPE, FLAG])
        # An inner flag ends a command, and what comes with it would be lost.
        inner = good[1:-1].replace(bytes([FLAG]), b"")
        yield good[:1] + inner + good[-1:]


async def transfer(ctx, other, payload=None):
    """Wait until the other side is there, too; return the payload of the transfer."""
    # A bench in the background must not be stopped in `until`.
    while not ctx.get(other):
        await ctx.tick()
    value = None if payload is None else ctx.get(payload)
    await ctx.tick()
    return value


class Bench:
    """The circuit and the model, each with registers of their own."""

    def __init__(self, rng):
        self.rng = rng
        self.dut = Frames()
        self.registers, self.expected = Registers(), Registers()
        self.model = FrameModel(self.expected)
        self.sent = bytearray()
        self.quiet = 0

    async def serve(self, ctx):
        """Be the registers, and keep the frames waiting."""
        bus = self.dut.bus
        while True:
            await self._wait(ctx)
            ctx.set(bus.request.ready, 1)
            request = await transfer(ctx, bus.request.valid, bus.request.payload)
            ctx.set(bus.request.ready, 0)
            self.quiet = 0
            await self._wait(ctx)
            byte, error = 0, 0
            if request.write:
                error = self.registers.write(request.address, request.data, bool(request.last))
            else:
                byte, error = self.registers.read(request.address, bool(request.last))
            stay = self.registers.stays(request.address)
            ctx.set(bus.response.payload, {"data": byte, "error": int(error), "stay": stay})
            ctx.set(bus.response.valid, 1)
            await transfer(ctx, bus.response.ready)
            ctx.set(bus.response.valid, 0)

    async def _wait(self, ctx):
        for _ in range(self.rng.choice([0, 0, 0, 1, 4])):
            await ctx.tick()

    async def take(self, ctx):
        """Take the bytes of replies, and keep the frames waiting."""
        while True:
            ctx.set(self.dut.o.ready, 1)
            byte = await transfer(ctx, self.dut.o.valid, self.dut.o.payload)
            self.sent.append(byte)
            self.quiet = 0
            ctx.set(self.dut.o.ready, 0)
            await self._wait(ctx)

    async def watch(self, ctx):
        """Keep the errors that are reported."""
        errors = self.dut.errors
        async for _, _, valid, code in ctx.tick().sample(errors.valid, errors.payload):
            self.quiet += 1
            if valid:
                self.registers.report(LinkError(code))

    async def give(self, ctx, data, spacing=Frames.spacing):
        for byte in data:
            ctx.set(self.dut.i.payload, byte)
            ctx.set(self.dut.i.valid, 1)
            await ctx.tick()
            ctx.set(self.dut.i.valid, 0)
            await ctx.tick().repeat(spacing - 1 + self.rng.choice([0, 0, 3]))

    async def settle(self, ctx):
        self.quiet = 0
        while self.quiet < SILENCE:
            await ctx.tick()

    def compare(self, reply):
        """Compare all that has happened."""
        assert bytes(self.sent) == reply
        assert self.registers == self.expected
        self.sent.clear()

    def run(self, host):
        simulator = Simulator(self.dut)
        simulator.add_clock(PERIOD)
        ended = []

        async def checked(ctx):
            await host(ctx)
            ended.append(True)

        simulator.add_testbench(checked)
        for part in (self.serve, self.take, self.watch):
            simulator.add_testbench(part, background=True)
        simulator.run()
        assert ended


@pytest.mark.parametrize("seed", range(2))
def test_any_traffic_is_answered_as_the_model_answers(seed):
    rng = random.Random(seed)
    bench = Bench(rng)

    async def host(ctx):
        for sent in traffic(rng, bench.expected, 50):
            await bench.give(ctx, sent)
            await bench.settle(ctx)
            bench.compare(bench.model.feed(sent))
            assert ctx.get(bench.dut.sequence) == bench.expected.sequence

    bench.run(host)
    assert bench.expected.written
    assert set(bench.expected.errors) == set(LinkError) - {LinkError.OVERRUN, LinkError.FRAMING}


def test_the_longest_command_is_done_and_a_longer_one_is_not():
    bench = Bench(random.Random(1))
    write = (bytes(range(256)) * 2)[:WRITE_LIMIT]
    longest = encode_command(1, write=write, read_address=3, read_length=2)
    # So short that its place is below 0, and its length the same below 0.
    short = frame(bytes([1, 0xFF, 0x03, 0, 0, 0, 0, 0])), frame(bytes([1, 0xFF, 0xFF] + [0] * 5))
    body = bytes([2]) + (500).to_bytes(2, "little") + bytes(6) + bytes(500)

    async def host(ctx):
        for sent in (
            longest,
            *short,
            frame(body),
            frame(bytes(1100)),
            encode_command(2, write=b"x"),
        ):
            await bench.give(ctx, sent)
            await bench.settle(ctx)
            bench.compare(bench.model.feed(sent))

    bench.run(host)
    assert len(bench.expected.written) == WRITE_LIMIT + 1
    assert bench.expected.errors == [LinkError.BROKEN] * 4


def test_bytes_during_a_reply_are_lost_and_reported():
    bench = Bench(random.Random(2))
    asks = encode_command(7, read_address=FIXED, read_length=9)

    async def host(ctx):
        await bench.give(ctx, asks + b"\x7elost")
        await bench.settle(ctx)
        reply = bench.model.feed(asks)
        for _ in b"\x7elost":
            bench.model.lose(LinkError.OVERRUN)
        bench.compare(reply)
        # With their beginning lost, the rest of the bytes is no command.
        await bench.give(ctx, b"rest\x7e")
        await bench.settle(ctx)
        bench.compare(bench.model.feed(b"rest\x7e"))

    bench.run(host)


def test_a_missing_stop_bit_is_reported_even_beside_another_error():
    bench = Bench(random.Random(3))
    wrong = encode_command(7, read_address=MISSING, read_length=1)

    async def host(ctx):
        for cycles in range(8, 30):
            await bench.give(ctx, wrong[:-1])
            ctx.set(bench.dut.i.payload, FLAG)
            ctx.set(bench.dut.i.valid, 1)
            await ctx.tick()
            ctx.set(bench.dut.i.valid, 0)
            await ctx.tick().repeat(cycles)
            ctx.set(bench.dut.framing, 1)
            await ctx.tick()
            ctx.set(bench.dut.framing, 0)
            await bench.settle(ctx)
            reply = bench.model.feed(wrong)
            bench.model.lose(LinkError.FRAMING)
            bench.expected.errors.sort()
            bench.registers.errors.sort()
            bench.compare(reply)

    bench.run(host)


def test_the_reply_begins_when_it_is_said_to():
    dut = Frames()
    sent = encode_command(0, read_length=1)

    async def host(ctx):
        for byte in sent:
            ctx.set(dut.i.payload, byte)
            ctx.set(dut.i.valid, 1)
            await ctx.tick()
            ctx.set(dut.i.valid, 0)
            if byte != FLAG:
                await ctx.tick().repeat(Frames.spacing - 1)
        for _ in range(Frames.latency - 1):
            assert not ctx.get(dut.o.valid)
            await ctx.tick()
        assert ctx.get(dut.o.valid)
        assert ctx.get(dut.o.payload) == FLAG

    simulator = Simulator(dut)
    simulator.add_clock(PERIOD)
    simulator.add_testbench(host)
    simulator.run()


def test_every_narrowing_is_named():
    assert narrowings(Frames()) == []
