"""The decoder of the register map, in front of a guarded core, against the model and the map."""

import random

import pytest

from erbium.golden.core import Core as GoldenCore
from erbium.golden.layout import Layout
from erbium.golden.link.bus import BusError
from erbium.golden.link.codec import LinkError
from erbium.golden.link.device import RegisterModel
from erbium.golden.link.identity import word_bytes
from erbium.golden.link.registers import DROP, LEARN, LOCK, RESET, register_map
from erbium.golden.presets import preset
from erbium.hw.link.decoder import PORTS, CodeLayout, page_codes, register_codes
from tests.hw.registered import RATES, Bus, circuit

TINY = preset("tiny")

CONFIGS = {
    "tiny": TINY,
    "odd": TINY.replace(
        weight_bits=5, weight_init=9, lanes=1, layers=(5, 3, 2), transmit=10, counters=True
    ),
    "wide": TINY.replace(lanes=8, ticks=257, encoder="bernoulli", layers=(3, 2, 2)),
    "classes": TINY.replace(layers=(4, 2, 40), lanes=16),
    "events": TINY.replace(encoder="events", event_buffer=64, layers=(16, 2, 4)),
}


@pytest.fixture
def run(simulate):
    """Return ``run(config, bench, budget)``: `bench` gets a `Bus` with a model beside it."""

    def run(config, bench, budget, model=True):
        dut, registers = circuit(config)
        twin = RegisterModel(config, **RATES, engine=GoldenCore) if model else None

        async def testbench(ctx):
            await bench(Bus(ctx, registers, twin))

        simulate(dut, testbench, budget)

    return run


def some_words(config, draw):
    """Return random words of a weight memory, as bytes; padding is 0."""
    layout, limit = Layout(config), 1 << config.weight_bits - 1
    size = word_bytes(config)
    found = bytearray()
    for layer in layout.layers:
        for group in range(layer.groups):
            used = min(config.lanes, layer.targets - group * config.lanes)
            for _ in range(layer.sources):
                word = 0
                for lane in range(used):
                    word |= draw.randrange(2 * limit) << lane * config.weight_bits
                found += word.to_bytes(size, "little")
    return bytes(found)


def some_sample(config, draw):
    """Return the code of a random sample."""
    inputs, code = config.layers[0], bytearray()
    if config.encoder == "events":
        for _ in range(config.ticks):
            previous = -1
            for source in range(inputs):
                if draw.random() < 0.2:
                    code.append(source - previous)
                    previous = source
            code.append(0)
        return bytes(code)
    while inputs:
        run = min(draw.choice((0, 0, 1, 2)), inputs)
        code += bytes((0, run)) if run else bytes((draw.randrange(1, 256),))
        inputs -= run or 1
    return bytes(code)


@pytest.mark.parametrize("name", CONFIGS)
def test_every_register_reads_as_the_map_says(run, name):
    config = CONFIGS[name]

    async def bench(bus):
        # What memories hold at power-up is unknown.
        for register in (r for r in bus.map if r.name != "WEIGHT_DATA"):
            found, error = await bus.read(register.address, register.size)
            if not register.reads:
                assert (found, error) == (b"", BusError.READ_ONLY)
            elif register.name != "COUNTERS":
                assert error is BusError.NONE
                assert register.decode(found) == register.reset, register.name

    # Counters count; the model's do not.
    run(config, bench, 6000, model=not config.counters)


@pytest.mark.parametrize("name", CONFIGS)
def test_only_registers_answer(run, name):
    async def bench(bus):
        ends = [(r.address, r.end) for r in bus.map]
        holes = {n for pair in ends for n in (pair[0] - 1, pair[1]) if n >= 0}
        holes = {n for n in holes | {0x0300, 0x0FFF, 0x8100, 0xFFFF} if bus.map.at(n) is None}
        for address in sorted(holes):
            assert await bus.read(address, 1) == (b"", BusError.ADDRESS)
            assert await bus.write(address, b"\x01") is BusError.ADDRESS
        for register in bus.map:
            if not register.writes:
                for address in (register.address, register.end - 1):
                    assert await bus.write(address, b"\xff") is BusError.READ_ONLY

    run(CONFIGS[name], bench, 3000)


@pytest.mark.parametrize("name", CONFIGS)
def test_random_traffic_is_answered_as_by_the_model(run, name):
    config, draw = CONFIGS[name], random.Random(name)

    async def bench(bus):
        bus.pauses = draw
        await bus.load(some_words(config, draw))
        # Their samples are long.
        for _ in range(4 if name in ("wide", "classes") else 18):
            await anything(bus, config, draw)
        await bus.settle()
        await everything(bus)
        await bus.write(bus.map["CONTROL"].address, bytes((LEARN | LOCK,)))
        for _ in range(6):
            await anything(bus, config, draw)
        await everything(bus)

    run(config, bench, 120_000)


def test_codes_are_those_of_the_map():
    for config in CONFIGS.values():
        registers = register_map(config, **RATES)
        page, codes = page_codes(registers), register_codes(registers)
        names = {code: name for name, code in codes.items()}
        assert len(names) == len(codes)
        for place, code in enumerate(page):
            found = CodeLayout().from_bits(code)
            register = registers.at(registers["CONTROL"].address + place)
            if register is None:
                assert code == 0
                continue
            assert names.get(found["register"]) == (register.name if register.writes else None)
            assert (found["reads"], found["writes"]) == (register.reads, register.writes)
            assert (found["register"] >= PORTS) == (register.writes and register.port)
            offset = registers["CONTROL"].address + place - register.address
            assert found["first"] == (offset % register.bytes == 0)
            assert found["final"] == (offset % register.bytes == register.bytes - 1)


async def anything(bus, config, draw):
    """Do one of the things that a host, good or bad, can do."""
    await bus.settle()
    registers = [r for r in bus.map if r.name != "COUNTERS"]
    match draw.choice("sssbbrrrrwwlqe"):
        case "s":
            request = bytes((draw.randrange(config.layers[-1]),))
            request += draw.choice((0, 7, 256)).to_bytes(2, "little")
            await bus.write(bus.map["LABEL"].address, request + some_sample(config, draw))
        case "b":
            await bad_sample(bus, config, draw)
        case "r":
            register = draw.choice(registers)
            await bus.read(draw.randrange(register.address, register.end), draw.randrange(1, 12))
        case "w":
            register = draw.choice([r for r in registers if r.writes and r.name != "CONTROL"])
            data = draw.randbytes(draw.randrange(1, 9))
            # Samples that end by chance take long.
            await bus.write(draw.randrange(register.address, register.end), data)
        case "l":
            address = draw.randrange(Layout(config).weight_depth + 2)
            await bus.write(bus.map["WEIGHT_ADDRESS"].address, address.to_bytes(4, "little"))
            await bus.read(bus.map["WEIGHT_DATA"].address, 3 * word_bytes(config) + 1)
        case "q":
            bus.ctx.set(bus.sequence, value := draw.randrange(256))
            bus.model.sequence = value
            await bus.write(bus.map["CONTROL"].address, bytes((draw.randrange(2),)))
        case "e":
            await bus.report(draw.choice(list(LinkError)))


async def bad_sample(bus, config, draw):
    """Send a sample with something wrong, in parts or whole; perhaps drop it, or reset the core."""
    code = bytearray(some_sample(config, draw))
    for _ in range(draw.randrange(3)):
        code[draw.randrange(len(code))] = draw.choice((0, 1, 3, 17, 254, 255))
    cut = draw.randrange(len(code))
    label, rate = draw.choice((0, 1, 3, 4, 200, 255)), draw.choice((0, 256, 257, 511, 512, 0x300))
    await bus.write(bus.map["LABEL"].address, bytes((label,)) + rate.to_bytes(2, "little"))
    await bus.write(bus.map["SAMPLE_PART"].address, code[:cut])
    if draw.random() < 0.3:
        await bus.write(bus.map["COMMAND"].address, bytes((draw.choice((DROP, RESET, 15)),)))
    else:
        await bus.write(bus.map["SAMPLE"].address, code[cut:] or b"\x01")


async def everything(bus):
    """Read every register but the constants, and every weight."""
    for register in (r for r in bus.map if not r.constant):
        if register.reads and register.name not in ("COUNTERS", "WEIGHT_DATA"):
            await bus.read(register.address, register.size)
    await bus.write(bus.map["WEIGHT_ADDRESS"].address, bytes(4))
    depth = bus.map["WEIGHT_DEPTH"].reset[0]
    await bus.read(bus.map["WEIGHT_DATA"].address, depth * bus.map["WORD_BYTES"].reset[0])
