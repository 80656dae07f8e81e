"""Scenarios for what random traffic seldom does, and a single fault may depend on."""

from __future__ import annotations

import numpy as np

from golden.core import FULL_RATE
from golden.layout import Layout
from golden.rng import RandomState
from sim.port_bench import PortBench
from sim.scenarios import Scenarios, finish, send


async def starts_from_one_bit(bench: PortBench) -> None:
    """Random generators start at each state that has a single 1: only 0 is none."""
    for bit in range(32):
        bench.host.randoms.append(RandomState(*(1 << bit,) * 3))
        await bench.idle(3)
        bench.ticks.random = bench.golden.random
        send(bench, FULL_RATE)
        await bench.run(1)
    await finish(bench)


async def counts_inputs(bench: PortBench) -> None:
    """Samples with each number of inputs that are not 0, at random places."""
    inputs = bench.config.layers[0]
    for active in (*range(inputs + 1), *reversed(range(inputs + 1))):
        sample = np.zeros(inputs, dtype=int)
        sample[bench.rng.sample(range(inputs), active)] = 255
        send(bench, FULL_RATE, sample=sample)
        await bench.run(1)
    await finish(bench)


async def sums_to_every_size(bench: PortBench) -> None:
    """Weights of one layer at a time have all sizes, those of the others are large."""
    limit = 1 << (bench.config.weight_bits - 1)
    layers = Layout(bench.config).layers
    for turn in range(4 * len(layers)):
        matrices = []
        for number, layer in enumerate(layers):
            shape = (layer.sources, layer.targets)
            most = limit - 1 if number != turn % len(layers) else bench.rng.randrange(1, limit)
            draw = np.random.default_rng(bench.rng.randrange(2**32))
            matrices.append(draw.integers(most // 2, most + 1, shape))
        await bench.load(matrices)
        for _ in range(4):
            send(bench, FULL_RATE * (turn % 2))
        await bench.run(4)
    await finish(bench)


#: With the probabilities of a stall in a cycle that each is played with.
RARE: Scenarios = {starts_from_one_bit: (0.0,), counts_inputs: (0.2,), sums_to_every_size: (0.1,)}
