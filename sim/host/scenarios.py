"""What the core bench does with a core: samples, rates, resets, a host; see sim/benches/core.py.

A scenario takes any `PortBench`, so the same traffic reaches a simulated circuit, a netlist, and
the tape on which mutants are judged (sim/tape/record.py).
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

import numpy as np

from erbium.golden.core import FULL_RATE
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import GuardError, Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.host.flaws import Mixture
from erbium.sim.host.traffic import Sample, random_sample

#: Samples that are learned one after another, unless the caller says how many.
SAMPLES = 6


async def start(bench: PortBench, weights: list[np.ndarray] | None = None) -> None:
    """Reset, and load the initial weights; or (`weights`) load nothing, and expect that the circuit
    has held these since power-up.
    """
    await bench.reset()
    if weights is None:
        await bench.load(initial_weights(bench.config))
    else:
        bench.golden.load(weights)
        bench.ticks.load(weights)


def send(
    bench: PortBench, rate: int, *, silent: bool = False, sample: Sample | None = None
) -> None:
    """Send a sample, a random one if none is given, or a silent one, to circuit and cycle view, and
    run it in the tick view. A circuit without learning takes every rate for 0.
    """
    if sample is None:
        sample = random_sample(bench.config, bench.rng)
    if silent:
        sample = [[] for _ in sample] if bench.config.encoder == "events" else 0 * sample
    label = bench.rng.randrange(bench.config.layers[-1])
    bench.host.send(bench.config, sample, label, rate)
    bench.ticks.run(sample, label, rate)


async def finish(bench: PortBench) -> None:
    """Compare all memories, and the two views of the golden model."""
    await bench.compare_memories()
    bench.compare_views()
    bench.board.passed()


async def learns(bench: PortBench, samples: int = SAMPLES) -> None:
    """Samples back to back, learning."""
    before = [matrix.copy() for matrix in bench.ticks.weights]
    for _ in range(samples):
        send(bench, FULL_RATE)
    for _ in range(samples):
        await bench.run(1)
    changed = sum(
        int((new != old).sum()) for new, old in zip(bench.ticks.weights, before, strict=True)
    )
    expected = bench.config.learning
    assert (changed > 0) == expected, f"{changed} weights changed: the bench would prove nothing"
    await finish(bench)


async def mixes_rates(bench: PortBench) -> None:
    """Learning off, on and in between, sample by sample; then nothing for a while."""
    # Every bit of a rate that a few hundred events can show is 1 in one of them.
    rates = (0, FULL_RATE, 100, 16, 8, 128, 0)
    for rate in rates:
        send(bench, rate)
    await bench.run(len(rates))
    await bench.idle(30)
    await finish(bench)


async def keeps_two_samples(bench: PortBench) -> None:
    """Requests come when both stored samples, and a part of the next one, have long been there.
    One sample is silent: nothing but ends of ticks waits for the core.
    """
    config, requests = bench.config, bench.host.requests
    for turn in range(3):
        send(bench, FULL_RATE, silent=turn == 1)
        send(bench, FULL_RATE)
        late = list(requests)
        requests.clear()
        await bench.idle(4 * config.layers[0] + 40)
        for request in late:
            requests.append(request)
            await bench.run(1)
    await finish(bench)


async def resets_in_a_sample(bench: PortBench) -> None:
    """Reset in any phase of a sample: the next one runs as after power-up."""
    for _ in range(6):
        for _ in range(2):
            sample = random_sample(bench.config, bench.rng)
            bench.host.send(bench.config, sample, 0)
        await bench.idle(bench.rng.randrange(60, 500))
        await bench.cycle(reset=True)
        bench.ticks.load(bench.golden.weights())
        send(bench, FULL_RATE)
        await bench.run(1)
        bench.compare_views()
    await finish(bench)


async def resets_in_every_phase(bench: PortBench) -> None:
    """Reset in each phase; which one a cycle belongs to is known when it is over."""
    for phase in Phase:
        if phase == Phase.FEEDBACK and not bench.config.learning:
            continue
        for attempt in range(20):
            bench.host.accesses.append(Access(0))
            send(bench, FULL_RATE)
            # A result that nobody takes is still there in the cycle of the reset.
            bench.host.holds_result = phase == Phase.RESULT
            for _ in range(attempt + 1):
                # A sample may end without an error to feed back.
                await bench.reach(phase, partial(send, bench, FULL_RATE))
            await bench.cycle(reset=True)
            bench.host.holds_result = False
            bench.ticks.load(bench.golden.weights())
            if bench.phase == phase:
                break
        else:
            raise AssertionError(f"never reset in {phase.name}")
    send(bench, FULL_RATE)
    await bench.run(1)
    await finish(bench)


async def is_sent_inputs_ahead(bench: PortBench) -> None:
    """Inputs of samples arrive long before their requests; weights are read meanwhile."""
    for _ in range(3):
        send(bench, FULL_RATE)
    requests = list(bench.host.requests)
    bench.host.requests.clear()
    for request in requests:
        await bench.idle(60)
        bench.host.accesses.extend(Access(0) for _ in range(8))
        await bench.idle(60)
        bench.host.requests.append(request)
        await bench.run(1)
    await finish(bench)


async def serves_the_host(bench: PortBench) -> None:
    """The host writes every weight word, reads all, and sets the random generators."""
    config, layout = bench.config, Layout(bench.config)
    limit = 1 << (config.weight_bits - 1)
    matrices = [
        np.array(
            [
                [
                    bench.rng.choice((-limit, limit - 1, bench.rng.randrange(-limit, limit)))
                    for _ in range(layer.targets)
                ]
                for _ in range(layer.sources)
            ]
        )
        for layer in layout.layers
    ]
    words = layout.pack(matrices).tolist()
    for address, word in enumerate(words):
        bench.host.accesses.append(Access(address, tuple(word)))
        bench.host.accesses.append(Access(bench.rng.randrange(address + 1)))
    bench.host.randoms.append(RandomState(0x12345678, 0x9ABCDEF0, 0x0F1E2D3C))
    await bench.drain()
    bench.board.compare("words read", bench.reads, len(words))
    bench.ticks.load(matrices)
    bench.ticks.random = bench.golden.random
    # Weights at their limits are to pass them, in either direction.
    for _ in range(4):
        send(bench, FULL_RATE)
    await bench.run(4)
    # The first states' complements: every bit is loaded as 0 and as 1, beside both.
    for values in ((0xEDCBA987, 0x6543210F, 0xF0E1D2C3), (0x5A5A3C3C, 0x96A5C3F0, 0xA5C3690F)):
        bench.host.randoms.append(RandomState(*values))
        await bench.idle(2)
        bench.ticks.random = bench.golden.random
        send(bench, FULL_RATE)
        await bench.run(1)
    await finish(bench)


async def drops_what_is_bad(bench: PortBench) -> None:
    """Good samples between samples, requests, accesses and random states that are bad, and samples
    that the host breaks off: good ones are answered as if there were no others.
    """
    mixture = Mixture(bench.config, bench.host, bench.rng)
    for _ in range(4):
        for _ in range(6):
            mixture.anything()
            send(bench, bench.rng.choice((FULL_RATE, 100)))
        mixture.sample()
        await settle(bench)
        bench.compare_views()
    # While a sample runs, no random states are good.
    send(bench, FULL_RATE)
    await bench.reach(Phase.SYNAPSE, partial(send, bench, FULL_RATE))
    bench.host.randoms.append(RandomState(1, 2, 3))
    await settle(bench)
    errors = bench.golden.guard.errors
    expected = mixture.flags | GuardError.RANDOM.flag
    bench.board.compare("flags of the guard", errors.flags, expected)
    bench.board.compare("samples dropped", errors.dropped, mixture.dropped)
    # An error in the cycle of a clear, and then none.
    bench.host.randoms.append(RandomState(0, 2, 3))
    for _ in range(2):
        bench.host.clears_errors = True
        await bench.cycle()
        bench.board.compare("errors left", errors.count, int(errors.flags != 0))
    await finish(bench)


async def settle(bench: PortBench, budget: int = 100_000) -> None:
    """Run until the host has nothing left to do, and nothing has happened for a while."""
    host, quiet = bench.host, 0
    for _ in range(budget):
        await bench.cycle()
        left = host.pixels or host.events or host.requests or host.accesses or host.randoms
        quiet = 0 if left or bench.phase != Phase.IDLE else quiet + 1
        if quiet > 40:
            return
    raise AssertionError(f"the core has not come to rest within {budget} cycles")


#: Scenarios, with the probabilities of a stall in a cycle that each is played with.
Scenarios = dict[Callable[..., Coroutine[None, None, None]], tuple[float, ...]]

#: Those of the core bench.
SCENARIOS: Scenarios = {
    serves_the_host: (0.3,),
    learns: (0.0, 0.4),
    mixes_rates: (0.2,),
    keeps_two_samples: (0.1,),
    is_sent_inputs_ahead: (0.3,),
    resets_in_a_sample: (0.1,),
    resets_in_every_phase: (0.3,),
}

#: Those of a core with a guard alone.
GUARDED: Scenarios = {drops_what_is_bad: (0.2,)}
