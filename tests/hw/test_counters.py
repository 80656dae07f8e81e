"""Performance counters against `golden.cycle.counters`, cycle by cycle."""

import random

import pytest

from erbium.golden.cycle.counters import COUNTER_BITS, COUNTERS
from erbium.golden.cycle.counters import Counters as GoldenCounters
from erbium.golden.enums import Operation, Phase
from erbium.hw.counters import Counters

SYNAPSE, NONE = Operation.SYNAPSE, Operation.NONE


# Near the last value: every counter goes back to 0 within the test.
@pytest.mark.parametrize("start", [0, (1 << COUNTER_BITS) - 8])
def test_equals_golden(simulate, start):
    dut, golden, rng = Counters(start), GoldenCounters(), random.Random(1)
    golden.values = dict.fromkeys(COUNTERS, start)

    async def testbench(ctx):
        for _ in range(400):
            phase, event, word, write = (rng.randrange(n) for n in (len(Phase), 2, 2, 2))
            ctx.set(dut.phase, phase)
            ctx.set(dut.event, event)
            ctx.set(dut.word, word)
            ctx.set(dut.write, write)
            found = ctx.get(dut.values)
            assert {name: found[name] for name in COUNTERS} == golden.values
            await ctx.tick()
            control = {"phase": phase, "event_step": event, "operation": SYNAPSE if word else NONE}
            golden.clock(control, {"weight_write": write})
        assert all(0 < value <= 400 for value in golden.values.values())

    simulate(dut, testbench, budget=500)


def test_counters_go_back_to_0():
    golden = GoldenCounters()
    golden.values["words"] = (1 << COUNTER_BITS) - 1
    golden.clock({"phase": 0, "event_step": 0, "operation": SYNAPSE}, {"weight_write": 0})
    assert golden.values["words"] == 0
    assert golden.word == 1
