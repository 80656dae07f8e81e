"""Memories: what was written comes out a cycle after it is read, and stays."""

import random

import numpy as np
import pytest
from amaranth import *
from amaranth.hdl import Fragment
from amaranth.lib import data

from erbium.golden.config import LANES, Config
from erbium.golden.cycle.ram import Ram as GoldenRam
from erbium.golden.layout import Layout
from erbium.golden.validate import DataError
from erbium.hw.core import Core
from erbium.hw.ram import PowerUpError, Ram, Rom, SinglePortRam, WeightRam

WORD = data.ArrayLayout(signed(5), 3)


def word(rng, lanes=3, bits=5):
    half = 1 << (bits - 1)
    return [rng.randrange(-half, half) for _ in range(lanes)]


async def compare(ctx, dut, rng, golden, single):
    """Read and write at random, never one address in one cycle, and compare with golden."""
    depth, lanes = golden.words.shape
    bits = len(dut.read_data.as_value()) // lanes
    written, reads = set(), 0
    for _ in range(600):
        write = rng.choice((None, rng.randrange(depth)))
        # What a memory holds at power-up is unknown.
        read = rng.choice((None, *written)) if written else None
        if read == write or (single and write is not None):
            read = None
        new = word(rng, lanes, bits)
        ctx.set(dut.read, read is not None)
        ctx.set(dut.read_address, rng.randrange(depth) if read is None else read)
        ctx.set(dut.write, write is not None)
        ctx.set(dut.write_address, rng.randrange(depth) if write is None else write)
        ctx.set(dut.write_data, new)
        await ctx.tick()
        golden.clock(read, write, np.array(new))
        written |= set() if write is None else {write}
        reads += read is not None
        if reads:
            # The golden memory shows its new output after the next clock edge only.
            golden.clock(None, None, np.array(new))
            found = ctx.get(dut.read_data)
            assert [found[lane] for lane in range(lanes)] == golden.before.tolist()
    assert written == set(range(depth))
    assert reads > 100


@pytest.mark.parametrize("depth", [1, 2, 7, 16])
@pytest.mark.parametrize("kind", [Ram, SinglePortRam])
def test_equals_golden_cycle_by_cycle(kind, depth, simulate):
    dut, rng = kind(WORD, depth), random.Random(depth)

    async def testbench(ctx):
        await compare(ctx, dut, rng, GoldenRam("any", depth, 3), single=kind is SinglePortRam)

    simulate(dut, testbench, budget=700)


@pytest.mark.parametrize("memory", ["block", "spram"])
@pytest.mark.parametrize("lanes", LANES)
def test_weight_memory_equals_golden_cycle_by_cycle(lanes, memory, simulate):
    config = Config(name="any", layers=(5, 4, 2), lanes=lanes, memory=memory)
    depth = Layout(config).weight_depth
    dut, rng = WeightRam(config), random.Random(lanes)

    async def testbench(ctx):
        await compare(ctx, dut, rng, GoldenRam("weight", depth, lanes), single=memory == "spram")

    simulate(dut, testbench, budget=700)


@pytest.mark.parametrize("weight_bits", [2, 8, 9, 13, 16])
@pytest.mark.parametrize("inputs", [500, 1000, 2000, 4000, 5000])
def test_sliced_weights_are_put_together(inputs, weight_bits, simulate):
    config = Config(
        name="any", layers=(inputs, 2, 2), lanes=2, weight_bits=weight_bits, weight_init=1
    )
    layout, dut, rng = Layout(config), WeightRam(config), random.Random(inputs)
    limit = 1 << (weight_bits - 1)
    assert layout.weight_depth == inputs + 2
    extremes = [(-limit, limit - 1), (limit - 1, -limit), (-1, 0), (0, -1), (1, -2)]
    words = extremes + [tuple(word(rng, 2, weight_bits)) for _ in range(10)]
    places = rng.sample(range(layout.weight_depth), len(words))

    async def testbench(ctx):
        ctx.set(dut.write, 1)
        for address, weights in zip(places, words, strict=True):
            ctx.set(dut.write_address, address)
            ctx.set(dut.write_data, weights)
            await ctx.tick()
        ctx.set(dut.write, 0)
        ctx.set(dut.read, 1)
        for address, weights in zip(places, words, strict=True):
            ctx.set(dut.read_address, address)
            await ctx.tick()
            found = ctx.get(dut.read_data)
            assert (found[0], found[1]) == weights

    simulate(dut, testbench, budget=50)


def memories(component):
    """Return the memories of a component: depth, width, attributes."""
    found = []

    def search(fragment):
        if isinstance(fragment, Fragment) and hasattr(fragment, "_data"):
            found.append(
                (fragment._data.depth, Shape.cast(fragment._data.shape).width, fragment._attrs)
            )
        for below, _, _ in getattr(fragment, "subfragments", ()):
            search(below)

    search(Fragment.get(component, None))
    return sorted(found, key=lambda one: one[:2])


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        # Two lanes, each in slices of 4, 4 and 1 bit.
        ("block", [(3002, 1), (3002, 1), *[(3002, 4)] * 4]),
        ("spram", [(3002, 18)]),
    ],
)
def test_weight_memory_is_made_of_its_slices(memory, expected):
    config = Config(
        name="any", layers=(3000, 2, 2), lanes=2, weight_bits=9, weight_init=1, memory=memory
    )
    found = memories(WeightRam(config))
    assert [(depth, width) for depth, width, _ in found] == expected
    style = {"block": "block", "spram": "huge"}[memory]
    for _, _, attributes in found:
        assert attributes == {"ram_style": style, "no_rw_check": 1}


def test_weight_memory_holds_at_power_up_what_it_is_given():
    config = Config(name="any", layers=(3000, 2, 2), lanes=2, weight_bits=9, weight_init=1)
    rng = np.random.default_rng(3)
    shapes = [(3000, 2), (2, 2)]
    weights = [rng.integers(-256, 256, shape) for shape in shapes]
    found = initial(WeightRam(config, weights))
    words = np.concatenate(weights)
    for lane in range(2):
        value, offset = np.zeros(3002, dtype=int), 0
        for number, bits in enumerate((4, 4, 1)):
            part = np.array(found[f"lane_{lane}_{number}"])
            assert (part >= 0).all()
            assert (part < 1 << bits).all()
            value += part << offset
            offset += bits
        assert (np.where(value > 255, value - 512, value) == words[:, lane]).all()
    assert not any(any(one) for one in initial(WeightRam(config)).values())


def initial(component):
    """Return the initial words of the memories of a weight memory, by name."""
    found = {}
    for below, name, _ in Fragment.get(component, None).subfragments:
        ((memory, _, _),) = below.subfragments
        found[name] = list(memory._data.init)
    return found


def test_words_at_power_up_must_fit_the_memory():
    with pytest.raises(ValueError, match="a memory of 4 words must be given as many, not 3"):
        Ram(unsigned(2), 4, [1, 2, 3])
    config = Config(name="any", layers=(6, 2, 2), lanes=2, memory="spram")
    weights = [np.zeros((6, 2), dtype=int), np.zeros((2, 2), dtype=int)]
    for made in (WeightRam, lambda config, weights: Core(config, weights=weights)):
        with pytest.raises(PowerUpError, match=r"any has memory='spram', .* memory='block', or"):
            made(config, weights)
    with pytest.raises(DataError, match="expected 2 weight matrices"):
        WeightRam(config.replace(memory="block"), weights[:1])


def test_single_port_gives_way_to_writes(simulate):
    dut = SinglePortRam(WORD, 4)

    async def testbench(ctx):
        ctx.set(dut.write, 1)
        for address in (1, 2):
            ctx.set(dut.write_address, address)
            ctx.set(dut.write_data, [address] * 3)
            await ctx.tick()
        ctx.set(dut.write, 0)
        ctx.set(dut.read, 1)
        ctx.set(dut.read_address, 1)
        await ctx.tick()
        assert ctx.get(dut.read_data[0]) == 1
        # Both at once never happen in a core; the output stays then.
        ctx.set(dut.write, 1)
        ctx.set(dut.write_address, 3)
        ctx.set(dut.write_data, [9] * 3)
        ctx.set(dut.read_address, 2)
        await ctx.tick()
        assert ctx.get(dut.read_data[0]) == 1
        ctx.set(dut.write, 0)
        for address, expected in ((2, 2), (3, 9)):
            ctx.set(dut.read_address, address)
            await ctx.tick()
            assert ctx.get(dut.read_data[0]) == expected

    simulate(dut, testbench, budget=20)


def test_rom_holds_its_words(simulate):
    rng = random.Random(1)
    words = [word(rng) for _ in range(11)]
    dut = Rom(WORD, words)
    assert [attributes for *_, attributes in memories(dut)] == [{"rom_style": "block"}]

    async def testbench(ctx):
        held = None
        for _ in range(100):
            read = rng.random() < 0.6
            address = rng.randrange(len(words))
            ctx.set(dut.read, read)
            ctx.set(dut.read_address, address)
            await ctx.tick()
            held = address if read else held
            if held is not None:
                found = ctx.get(dut.read_data)
                assert [found[lane] for lane in range(3)] == words[held]

    simulate(dut, testbench, budget=120)
