"""Wires of the status: it sees what was transferred, and nothing that only waits."""

from __future__ import annotations

import itertools

import pytest
from amaranth import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.presets import preset
from erbium.hw.board import system
from erbium.hw.board.boards import BOARDS
from erbium.hw.board.status import Status
from erbium.hw.board.system import System
from erbium.hw.core import Core
from erbium.hw.link.signature import link_signature
from erbium.hw.words import RequestLayout, address_shape

TINY = preset("tiny")

#: The lights of learning: an answer, or with learning off whether it was right.
PROGRESS = 1

#: Of both sides of a stream: valid and ready.
BOTH = list(itertools.product((0, 1), repeat=2))


class Silent(wiring.Component):
    """Drives nothing: the test does."""

    config = TINY

    def elaborate(self, platform: object) -> Module:
        """Return an empty module."""
        return Module()


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> tuple[System, Silent, Silent]:
    """A system whose core and link do what the test says."""
    core, link = Silent(Core(TINY).signature), Silent(link_signature(TINY))
    monkeypatch.setattr(system, "Core", lambda config: core)
    return System(link, leds=5, blink=2), core, link


async def offer(ctx: object, sender: object, taker: object, valid: int, ready: int) -> None:
    """Show both sides of a stream for one cycle."""
    ctx.set(sender.valid, valid)
    ctx.set(taker.ready, ready)
    await ctx.tick()
    ctx.set(sender.valid, 0)
    ctx.set(taker.ready, 0)


@pytest.mark.parametrize(("valid", "ready"), BOTH)
def test_only_a_request_that_is_taken_counts(parts, valid: int, ready: int, simulate) -> None:
    dut, core, link = parts

    async def testbench(ctx) -> None:
        # Of no answer yet: the winner is class 0, and so is the label.
        assert ctx.get(dut.leds) >> PROGRESS & 1
        ctx.set(link.i_request.payload, {"label": 2, "rate": 256})
        await offer(ctx, link.i_request, core.i_request, valid, ready)
        # While it learns, nothing shines before there is an answer.
        assert ctx.get(dut.leds) >> PROGRESS & 1 == (not (valid and ready))

    simulate(dut, testbench, budget=50)


@pytest.mark.parametrize(("valid", "ready"), BOTH)
def test_only_an_answer_that_is_taken_counts(parts, valid: int, ready: int, simulate) -> None:
    dut, core, link = parts

    async def testbench(ctx) -> None:
        ctx.set(core.o_result.payload.winner, 2)
        await offer(ctx, core.o_result, link.o_result, valid, ready)
        assert ctx.get(dut.leds) >> 2 == (2 if valid and ready else 0)
        ctx.set(link.i_request.payload, {"label": 2, "rate": 256})
        await offer(ctx, link.i_request, core.i_request, 1, 1)
        shone = []
        await offer(ctx, core.o_result, link.o_result, valid, ready)
        for _ in range(8):
            shone.append(ctx.get(dut.leds) >> PROGRESS & 1)
            await ctx.tick()
        assert sum(shone) == (2 if valid and ready else 0)

    simulate(dut, testbench, budget=50)


def test_members_are_those_that_are_described() -> None:
    request, winner = RequestLayout(TINY), address_shape(TINY.layers[-1])
    members = {
        "spike": In(1),
        "asked": In(stream.Signature(request, always_ready=True)),
        "answered": In(stream.Signature(winner, always_ready=True)),
        "leds": Out(6),
    }
    assert Status(TINY, leds=6, cycles=4).signature == wiring.Signature(members)


@pytest.mark.parametrize("name", BOARDS)
def test_every_light_of_a_board_is_used(name: str) -> None:
    platform = BOARDS[name].platform()
    lights = {number for resource, number in platform.resources if resource == "led"}
    assert lights >= set(range(BOARDS[name].leds))
    assert BOARDS[name].leds not in lights
