"""Observation wires: what they refuse, and what they show."""

from unittest import mock

import pytest
from amaranth import *
from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.words import unpack
from erbium.hw.trace import observe

FIELDS = {"plain": 4, "gated": 5}


def test_other_names_or_another_order_are_refused():
    m, a, b = Module(), Signal(), Signal(2)
    message = r"^expected the fields \['a', 'b'\], not \['b', 'a'\]$"
    with pytest.raises(ValueError, match=message):
        observe(m, {"a": 1, "b": 2}, b=b, a=a)
    with pytest.raises(ValueError, match=r"^expected the fields \['a'\], not \['a', 'b'\]$"):
        observe(m, {"a": 1}, a=a, b=b)
    with pytest.raises(ValueError, match=r"^expected the fields \['a'\], not \[\]$"):
        observe(m, {"a": 1})


def test_wider_values_are_refused():
    with pytest.raises(ValueError, match=r"^wide has 5 bits, more than the 4 observed$"):
        observe(Module(), {"wide": 4}, wide=Signal(5))
    with pytest.raises(ValueError, match=r"^wide has 5 bits, more than the 4 observed$"):
        observe(Module(), {"wide": 4}, wide=(Signal(), Signal(5)))


class Observed(wiring.Component):
    """A unit whose observation wire is a port."""

    valid: In(1)
    value: In(signed(4))
    seen: Out(9)

    def elaborate(self, platform):
        m = Module()
        with mock.patch("erbium.hw.trace.Signal", lambda layout: data.View(layout, self.seen)):
            observe(m, FIELDS, plain=self.value, gated=(self.valid, self.value))
        return m


def test_wire_holds_the_record_and_hides_what_means_nothing(simulate):
    dut = Observed()

    async def testbench(ctx):
        for value in range(-8, 8):
            for valid in (0, 1):
                ctx.set(dut.value, value)
                ctx.set(dut.valid, valid)
                word = value & 15
                expected = {"plain": word, "gated": word if valid else 0}
                assert unpack(FIELDS, ctx.get(dut.seen)) == expected

    simulate(dut, testbench)
