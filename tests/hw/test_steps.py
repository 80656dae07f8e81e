"""Steps: exactly one state at a time, moved by the conditions of that state alone."""

import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.link.steps import Steps


class Machine(wiring.Component):
    """Rests, works twice or once, and rests again."""

    go: In(1)
    short: In(1)
    at: Out(3)

    def elaborate(self, platform):
        m = Module()
        at = Steps("rest", "work", "more")
        at.move(
            m,
            ("rest", "work", self.go),
            ("work", "rest", self.short),
            ("work", "more", ~self.short),
            ("more", "rest", 1),
        )
        m.d.comb += self.at.eq(Cat(at.rest, at.work, at.more))
        return m


def test_moves_as_it_is_told(simulate):
    dut = Machine()

    async def testbench(ctx):
        for go, short, expected in [
            (0, 1, "rest"), (1, 1, "rest"), (1, 1, "work"), (1, 0, "rest"), (1, 0, "work"),
            (1, 1, "more"), (0, 0, "rest"),
        ]:  # fmt: skip
            ctx.set(dut.go, go)
            ctx.set(dut.short, short)
            assert ctx.get(dut.at) == 1 << ("rest", "work", "more").index(expected)
            await ctx.tick()

    simulate(dut, testbench, budget=20)


def test_a_state_that_is_not_there_is_an_error():
    with pytest.raises(AttributeError, match="nowhere"):
        _ = Steps("rest").nowhere
