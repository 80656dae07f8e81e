"""The whole core, learning: every unit in every cycle, and every memory word at the end.

Of a netlist, whose units are gone, all that its ports show.
"""

from __future__ import annotations

import cocotb

from hw.core import Core
from sim import scenarios
from sim.core_bench import CoreBench
from sim.port_bench import PortBench
from sim.scoreboard import job, job_config


def component(config):
    """Return the design under test."""
    return Core(config)


async def _start(dut, stall: float) -> PortBench:
    bench = (PortBench if job()["netlist"] else CoreBench)(
        dut, job_config(), cocotb.RANDOM_SEED, stall
    )
    await scenarios.start(bench)
    return bench


@cocotb.test()
@cocotb.parametrize(stall=[0.0, 0.4])
async def learns(dut, stall: float) -> None:
    """Samples back to back, learning."""
    await scenarios.learns(await _start(dut, stall), job().get("samples", scenarios.SAMPLES))


@cocotb.test()
async def mixes_rates(dut) -> None:
    """Learning off, on and in between, sample by sample; then nothing for a while."""
    await scenarios.mixes_rates(await _start(dut, 0.2))


@cocotb.test()
async def keeps_two_samples(dut) -> None:
    """Requests come when both stored samples have long been there."""
    await scenarios.keeps_two_samples(await _start(dut, 0.1))


@cocotb.test()
async def resets_in_a_sample(dut) -> None:
    """Reset in any phase of a sample: the next one runs as after power-up."""
    await scenarios.resets_in_a_sample(await _start(dut, 0.1))


@cocotb.test()
async def serves_the_host(dut) -> None:
    """The host writes every weight word, reads all, and sets the random generators."""
    await scenarios.serves_the_host(await _start(dut, 0.3))
