"""Harness: every input can be anything, every output matters, each a register away."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from amaranth import Module, Signal
from amaranth.hdl import Fragment
from amaranth.lib.wiring import In, Out
from amaranth.sim import Simulator

from erbium.scripts.fpga import harness
from erbium.scripts.fpga.harness import Harness, Port

#: Inputs and outputs in turn; seven outputs take two levels of four at a time.
PORTS = (Port("rst", 1, False), Port("o_a", 3, True), Port("i_b", 4, False), Port("o_c", 14, True))


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, object]]:
    """Return what the module in the harness is connected to; the module itself does nothing."""
    found: dict[str, tuple[str, object]] = {}

    def instance(module: str, *arguments: tuple[str, str, object]) -> Module:
        found["module"] = ("", module)
        found.update({name: (way, signal) for way, name, signal in arguments})
        return Module()

    monkeypatch.setattr(harness, "Instance", instance)
    return found


@pytest.fixture
def simulated(held: dict) -> Callable:
    """Return what runs a test bench on a harness."""

    def run(testbench: Callable) -> None:
        dut, finished = Harness("core", PORTS), []

        async def checked(ctx: object) -> None:
            await testbench(ctx, dut, SimpleNamespace(**{n: s for n, (_, s) in held.items()}))
            finished.append(True)

        simulator = Simulator(dut)
        simulator.add_clock(1e-6)
        simulator.add_testbench(checked)
        simulator.run()
        assert finished

    return run


def test_members() -> None:
    members = Harness("core", PORTS).signature.members
    assert dict(members) == {"i": In(1), "o": Out(1)}


def test_each_port_is_connected_its_way(held: dict) -> None:
    Fragment.get(Harness("core", PORTS), None)
    assert held.pop("module") == ("", "core")
    ways = {name: (way, len(signal)) for name, (way, signal) in held.items()}
    assert ways == {"clk": ("i", 1), "rst": ("i", 1), "o_a": ("o", 3), "i_b": ("i", 4),
                    "o_c": ("o", 14)}  # fmt: skip
    # Without a reset: it would be one more path.
    assert all(s.reset_less for _, s in held.values() if isinstance(s, Signal))


def test_what_comes_in_goes_through_all_inputs(simulated: Callable) -> None:
    draw = random.Random(1)
    bits = [draw.randrange(2) for _ in range(40)]

    async def testbench(ctx: object, dut: Harness, core: SimpleNamespace) -> None:
        seen = []
        for bit in bits:
            ctx.set(dut.i, bit)
            await ctx.tick()
            seen.append(ctx.get(core.rst) | ctx.get(core.i_b) << 1)
        for now in range(5, 40):
            # The newest bit is the lowest.
            assert seen[now] == sum(bits[now - place] << place for place in range(5)), now

    simulated(testbench)


def test_every_output_bit_turns_what_comes_out(simulated: Callable) -> None:
    async def testbench(ctx: object, dut: Harness, core: SimpleNamespace) -> None:
        assert ctx.get(dut.o) == 0
        for signal, width in ((core.o_a, 3), (core.o_c, 14)):
            for place in range(width):
                ctx.set(signal, 1 << place)
                # Captured; then 17 bits become 5, 2 and 1.
                await ctx.tick().repeat(3)
                assert ctx.get(dut.o) == 0, (signal, place)
                await ctx.tick()
                assert ctx.get(dut.o) == 1, (signal, place)
                ctx.set(signal, 0)
                await ctx.tick().repeat(4)
                assert ctx.get(dut.o) == 0

    simulated(testbench)


def test_no_register_has_a_reset() -> None:
    text = harness.emit(Harness("core", PORTS), "top")
    # The reset of the harness itself is a pin that does nothing.
    assert re.search(r"^module top\(clk, rst, .*\);$", text, re.MULTILINE)
    assert not re.search(r"if \(.?rst\)", text)
