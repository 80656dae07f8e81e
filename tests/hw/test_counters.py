"""Performance counters against `golden.cycle.counters`, cycle by cycle."""

import random

from golden.cycle.control import OPERATIONS, PHASES
from golden.cycle.counters import COUNTER_BITS, COUNTERS
from golden.cycle.counters import Counters as GoldenCounters
from hw.counters import Counters

SYNAPSE, NONE = OPERATIONS.index("SYNAPSE"), OPERATIONS.index("NONE")


def test_equals_golden(simulate):
    dut, golden, rng = Counters(), GoldenCounters(), random.Random(1)

    async def testbench(ctx):
        for _ in range(400):
            phase, event, word, write = (rng.randrange(n) for n in (len(PHASES), 2, 2, 2))
            ctx.set(dut.phase, phase)
            ctx.set(dut.event, event)
            ctx.set(dut.word, word)
            ctx.set(dut.write, write)
            found = ctx.get(dut.values)
            assert {name: found[name] for name in COUNTERS} == golden.values
            await ctx.tick()
            control = {"phase": phase, "event_step": event, "operation": SYNAPSE if word else NONE}
            golden.clock(control, {"weight_write": write})
        assert all(golden.values.values())

    simulate(dut, testbench, budget=500)


def test_counters_go_back_to_0():
    golden = GoldenCounters()
    golden.values["words"] = (1 << COUNTER_BITS) - 1
    golden.clock({"phase": 0, "event_step": 0, "operation": SYNAPSE}, {"weight_write": 0})
    assert golden.values["words"] == 0
    assert golden.word == 1
