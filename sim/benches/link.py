# amaranth: UnusedElaboratable=no
"""A core behind its UART, at its two wires: traffic of every kind, judged by the models."""

from __future__ import annotations

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import FallingEdge, ReadOnly, Timer, ValueChange
from cocotb.utils import get_sim_time

from erbium.golden.config import Config
from erbium.golden.link.uart import BITS, divider
from erbium.sim.benches.scoreboard import Scoreboard, job, job_config
from erbium.sim.link.commands import Step
from erbium.sim.link.episode import RATES
from erbium.sim.link.judge import Judge, Seen
from erbium.sim.link.replay import Tape
from erbium.sim.link.watched import Watched

#: Nanoseconds of a clock cycle; inputs change in the middle of two rising edges.
PERIOD = 10


def component(config: Config) -> Watched:
    """Return the design under test."""
    return Watched(config, **RATES)


class Line:
    """The other end of the wires.

    Parameters
    ----------
    dut : cocotb handle
    config : Config
    """

    def __init__(self, dut: object, config: Config) -> None:
        self._dut = dut
        self._watched = component(config)
        self._bit = divider(**RATES) * PERIOD
        self._came = bytearray()
        self._tape: Tape = []
        dut.rx.value = 1
        dut.rst.value = 0
        Clock(dut.clk, PERIOD, unit="ns").start(start_high=False)
        for part in (self._listen, self._watch):
            cocotb.start_soon(part())

    @property
    def cycle(self) -> int:
        """The cycle that has begun."""
        return int(get_sim_time("ns")) // PERIOD

    async def wait(self, cycles: int) -> None:
        """Let so many cycles pass."""
        if cycles:
            await Timer(cycles * PERIOD, "ns")

    async def reset(self, cycles: int = 0) -> None:
        """Put the reset wire up for one cycle, so many cycles from now."""
        await self.wait(cycles)
        self._dut.rst.value = 1
        await self.wait(1)
        self._dut.rst.value = 0

    async def send(self, step: Step) -> None:
        """Send a step."""
        if step.reset is not None:
            cocotb.start_soon(self.reset(step.reset))
        for place, byte in enumerate(step.data):
            await self.wait(step.pauses.get(place, 0))
            for level in (0, *(byte >> bit & 1 for bit in range(8)), place not in step.broken):
                self._dut.rx.value = int(level)
                await Timer(self._bit, "ns")
            self._dut.rx.value = 1

    async def seen(self) -> Seen:
        """Return what has come and was watched since the last call."""
        await ReadOnly()
        came, tape, end = bytes(self._came), self._tape, self.cycle
        self._came, self._tape = bytearray(), []
        # What changes in this very cycle is known later.
        later = [one for one in tape if one[0] >= end]
        self._tape = later
        await Timer(1, "ns")
        await Timer(PERIOD - 1, "ns")
        return Seen(came, [one for one in tape if one[0] < end], end)

    async def _listen(self) -> None:
        """Take bytes from the core; a wrong stop bit ends the test."""
        while True:
            await FallingEdge(self._dut.tx)
            await Timer(self._bit // 2, "ns")
            byte = 0
            for bit in range(BITS - 2):
                await Timer(self._bit, "ns")
                byte |= int(self._dut.tx.value) << bit
            await Timer(self._bit, "ns")
            assert int(self._dut.tx.value), "a byte of the core has no stop bit"
            self._came.append(byte)

    async def _watch(self) -> None:
        """Keep what changes, and the cycle from which on it is so."""
        while True:
            await ReadOnly()
            # After a rising edge, which is in its middle, the next cycle is meant.
            cycle = (int(get_sim_time("ns")) + PERIOD // 2) // PERIOD
            bits = str(self._dut.watch.value).lower().replace("x", "0").replace("z", "0")
            if self._tape and self._tape[-1][0] == cycle:
                # Outputs change at the rising edge, and then the reset wire: still the same cycle.
                self._tape.pop()
            self._tape.append((cycle, self._watched.unpack(int(bits, 2))))
            await ValueChange(self._dut.watch)


@cocotb.test()
async def traffic(dut) -> None:
    """Episodes of traffic, each from a reset on."""
    board, config, line = Scoreboard(), job_config(), Line(dut, job_config())
    for episode in range(job()["episodes"]):
        await line.reset()
        await line.seen()
        judge = Judge(
            config, job()["seed"] * 1000 + episode, start=line.cycle, fresh=not episode, **RATES
        )
        start, play = line.cycle, judge.play(job()["bad"])
        request = next(play)
        while request is not None:
            if isinstance(request, Step):
                await line.send(request)
            else:
                await line.wait(request.cycles)
            try:
                request = play.send(await line.seen())
            except StopIteration:
                request = None
        board.add(cycles=line.cycle - start, values=judge.values)
    board.passed()
