"""One way to run a component in Amaranth's simulator, with a budget of cycles."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from amaranth.sim import Simulator

#: Seconds of a clock cycle in the simulator.
PERIOD = 1e-6


@pytest.fixture
def simulate() -> Callable:
    """Return ``run(dut, testbench, budget)``; `budget` None is for combinational components."""

    def run(dut, testbench, budget=None):
        finished = []

        async def checked(ctx):
            await testbench(ctx)
            finished.append(True)

        async def watch(ctx):
            await ctx.delay(budget * PERIOD)
            raise TimeoutError(f"not finished within {budget} cycles")

        simulator = Simulator(dut)
        simulator.add_testbench(checked)
        if budget is not None:
            simulator.add_clock(PERIOD)
            simulator.add_testbench(watch, background=True)
        simulator.run()
        assert finished, "the test bench did not come to its end"

    return run
