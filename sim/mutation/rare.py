"""Scenarios for what random traffic seldom does, and a single fault may depend on."""

from __future__ import annotations

import numpy as np

from erbium.golden.core import FULL_RATE
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.host.scenarios import Scenarios, finish, send


async def starts_from_one_bit(bench: PortBench) -> None:
    """Random generators start at each state that has a single 1: only 0 is none."""
    for bit in range(32):
        bench.host.randoms.append(RandomState(*(1 << bit,) * 3))
        await bench.idle(3)
        bench.ticks.random = bench.golden.random
        send(bench, FULL_RATE)
        await bench.run(1)
    await finish(bench)


async def starts_from_nothing(bench: PortBench) -> None:
    """A generator that is sent to 0 has its seed again in the cycle after the next."""
    bench.host.randoms.append(RandomState(0, 0, 0))
    await bench.idle(2)
    # The golden model's host never sends 0, and the model knows nothing of it.
    bench.golden.random = RandomState.seeded(bench.config.seed)
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
    """Weights of one layer at a time have all sizes, those of the others are as large as can be."""
    limit = 1 << (bench.config.weight_bits - 1)
    layers = Layout(bench.config).layers
    for turn in range(4 * len(layers)):
        matrices = []
        for number, layer in enumerate(layers):
            most = limit - 1
            least = most if number != turn % len(layers) else bench.rng.randrange(-limit, most)
            draw = np.random.default_rng(bench.rng.randrange(2**32))
            matrices.append(draw.integers(least, most + 1, (layer.sources, layer.targets)))
        await _show(bench, matrices, 4, FULL_RATE * (turn % 2))
    await finish(bench)


async def saturates(bench: PortBench) -> None:
    """All weights of one layer are at an end of their range, and all inputs at theirs."""
    limit = 1 << (bench.config.weight_bits - 1)
    layers = Layout(bench.config).layers
    for turn in range(len(layers)):
        for end in (-limit, limit - 1):
            matrices = [
                np.full((layer.sources, layer.targets), end if number == turn else limit - 1)
                for number, layer in enumerate(layers)
            ]
            await _show(bench, matrices, 2, 0, full=True)
    await finish(bench)


async def _show(
    bench: PortBench, matrices: list[np.ndarray], samples: int, rate: int, *, full: bool = False
) -> None:
    """Load weights, and show samples; if `full`, all inputs have their highest value."""
    await bench.load(matrices)
    for _ in range(samples):
        send(bench, rate, sample=np.full(bench.config.layers[0], 255) if full else None)
    await bench.run(samples)


#: With the probabilities of a stall in a cycle that each is played with.
RARE: Scenarios = {
    starts_from_one_bit: (0.0,),
    starts_from_nothing: (0.0,),
    counts_inputs: (0.2,),
    sums_to_every_size: (0.1,),
    saturates: (0.1,),
}
