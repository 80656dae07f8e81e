"""The whole core, learning: every unit in every cycle, and every memory word at the end.

Of a netlist, whose units are gone, all that its ports show.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import cocotb
import numpy as np

from erbium.hw.core import Core
from erbium.sim.benches.core_bench import CoreBench
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.benches.scoreboard import coverage_file, is_guarded, job, job_config
from erbium.sim.host import scenarios
from erbium.sim.host.scenarios import GUARDED, SCENARIOS

#: The design under test.
component = Core


async def _run(
    dut, scenario: Callable[..., Awaitable[None]], *args: object, stall: float | None = None
) -> None:
    kind = PortBench if job()["netlist"] else CoreBench
    stall = (SCENARIOS | GUARDED)[scenario][0] if stall is None else stall
    bench = kind(dut, job_config(), cocotb.RANDOM_SEED, stall)
    held = job().get("power_up")
    await scenarios.start(bench, None if held is None else [np.array(matrix) for matrix in held])
    await scenario(bench, *args)
    # What has been compared counts as covered, and nothing else.
    bench.functional.save(coverage_file())


@cocotb.test()
@cocotb.parametrize(stall=SCENARIOS[scenarios.learns])
async def learns(dut, stall: float) -> None:
    """Samples back to back, learning."""
    samples = job().get("samples", scenarios.SAMPLES)
    await _run(dut, scenarios.learns, samples, stall=stall)


@cocotb.test()
async def mixes_rates(dut) -> None:
    """Learning off, on and in between, sample by sample; then nothing for a while."""
    await _run(dut, scenarios.mixes_rates)


@cocotb.test()
async def keeps_two_samples(dut) -> None:
    """Requests come when both stored samples have long been there."""
    await _run(dut, scenarios.keeps_two_samples)


@cocotb.test()
async def is_sent_inputs_ahead(dut) -> None:
    """Inputs of samples arrive long before their requests; weights are read meanwhile."""
    await _run(dut, scenarios.is_sent_inputs_ahead)


@cocotb.test()
async def resets_in_a_sample(dut) -> None:
    """Reset in any phase of a sample: the next one runs as after power-up."""
    await _run(dut, scenarios.resets_in_a_sample)


@cocotb.test()
async def resets_in_every_phase(dut) -> None:
    """Reset in the first cycle of each phase, and in a later one."""
    await _run(dut, scenarios.resets_in_every_phase)


@cocotb.test()
async def serves_the_host(dut) -> None:
    """The host writes every weight word, reads all, and sets the random generators."""
    await _run(dut, scenarios.serves_the_host)


if is_guarded():

    @cocotb.test()
    async def drops_what_is_bad(dut) -> None:
        """Good samples between what no host may send."""
        await _run(dut, scenarios.drops_what_is_bad)
