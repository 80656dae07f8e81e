"""The whole core, learning: every unit in every cycle, and every memory word at the end.

Of a netlist, whose units are gone, all that its ports show.
"""

from __future__ import annotations

import cocotb
import numpy as np

from golden.core import FULL_RATE
from golden.cycle.control import PHASES, Access
from golden.feedback import initial_weights
from golden.layout import Layout
from golden.rng import RandomState
from hw.core import Core
from sim.core_bench import CoreBench
from sim.port_bench import PortBench
from sim.scoreboard import coverage_file, job, job_config
from sim.traffic import random_sample

#: Samples that are learned one after another, unless the job says how many.
SAMPLES = 6


def component(config):
    """Return the design under test."""
    return Core(config)


async def _start(dut, stall: float) -> PortBench:
    bench = (PortBench if job()["netlist"] else CoreBench)(
        dut, job_config(), cocotb.RANDOM_SEED, stall
    )
    await bench.reset()
    await bench.load(initial_weights(bench.config))
    return bench


def _send(bench: PortBench, rate: int) -> None:
    """Send a random sample to circuit and cycle view, and run it in the tick view. A circuit
    without learning takes every rate for 0.
    """
    sample = random_sample(bench.config, bench.rng)
    label = bench.rng.randrange(bench.config.layers[-1])
    bench.host.send(bench.config, sample, label, rate)
    bench.ticks.run(sample, label, rate if bench.config.learning else 0)


async def _finish(bench: PortBench) -> None:
    await bench.compare_memories()
    bench.compare_views()
    bench.board.passed()
    # What has been compared counts as covered, and nothing else.
    bench.functional.save(coverage_file())


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def learns(dut, stall: float) -> None:
    """Samples back to back, learning."""
    bench = await _start(dut, stall)
    before = [matrix.copy() for matrix in bench.ticks.weights]
    samples = job().get("samples", SAMPLES)
    for _ in range(samples):
        _send(bench, FULL_RATE)
    for _ in range(samples):
        await bench.run(1)
    changed = sum(
        int((new != old).sum()) for new, old in zip(bench.ticks.weights, before, strict=True)
    )
    expected = bench.config.learning
    assert (changed > 0) == expected, f"{changed} weights changed: the bench would prove nothing"
    await _finish(bench)


@cocotb.test()
async def mixes_rates(dut) -> None:
    """Learning off, on and in between, sample by sample; then nothing for a while."""
    bench = await _start(dut, 0.2)
    # Every bit of a rate that a few hundred events can show is 1 in one of them.
    rates = (0, FULL_RATE, 100, 16, 8, 128, 0)
    for rate in rates:
        _send(bench, rate)
    await bench.run(len(rates))
    await bench.idle(30)
    await _finish(bench)


@cocotb.test()
async def resets_in_a_sample(dut) -> None:
    """Reset in any phase of a sample: the next one runs as after power-up."""
    bench = await _start(dut, 0.1)
    for _ in range(6):
        for _ in range(2):
            sample = random_sample(bench.config, bench.rng)
            bench.host.send(bench.config, sample, 0)
        await bench.idle(bench.rng.randrange(60, 500))
        await bench.cycle(reset=True)
        bench.ticks.load(bench.golden.weights())
        _send(bench, FULL_RATE)
        await bench.run(1)
        bench.compare_views()
    await _finish(bench)


@cocotb.test()
async def resets_in_every_phase(dut) -> None:
    """Reset in each phase; which one a cycle belongs to is known when it is over."""
    bench = await _start(dut, 0.3)
    for phase, name in enumerate(PHASES):
        if name == "FEEDBACK" and not bench.config.learning:
            continue
        for attempt in range(20):
            bench.host.accesses.append(Access(0))
            _send(bench, FULL_RATE)
            # A result that nobody takes is still there in the cycle of the reset.
            bench.host.holds_result = name == "RESULT"
            for _ in range(attempt + 1):
                await bench.reach(phase)
            await bench.cycle(reset=True)
            bench.host.holds_result = False
            bench.ticks.load(bench.golden.weights())
            if bench.phase == phase:
                break
        else:
            raise AssertionError(f"never reset in {name}")
    _send(bench, FULL_RATE)
    await bench.run(1)
    await _finish(bench)


@cocotb.test()
async def is_sent_inputs_ahead(dut) -> None:
    """Inputs of samples arrive long before their requests; weights are read meanwhile."""
    bench = await _start(dut, 0.3)
    for _ in range(3):
        _send(bench, FULL_RATE)
    requests = list(bench.host.requests)
    bench.host.requests.clear()
    for request in requests:
        await bench.idle(60)
        bench.host.accesses.extend(Access(0) for _ in range(8))
        await bench.idle(60)
        bench.host.requests.append(request)
        await bench.run(1)
    await _finish(bench)


@cocotb.test()
async def serves_the_host(dut) -> None:
    """The host writes every weight word, reads all, and sets the random generators."""
    bench = await _start(dut, 0.3)
    config, layout = bench.config, Layout(bench.config)
    limit = 1 << (config.weight_bits - 1)
    matrices = [
        np.array(
            [
                [bench.rng.randrange(-limit, limit) for _ in range(layer.targets)]
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
    # From such weights, many saturate.
    for _ in range(SAMPLES):
        _send(bench, FULL_RATE)
    await bench.run(SAMPLES)
    await _finish(bench)
