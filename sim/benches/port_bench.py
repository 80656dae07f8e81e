"""Bench of the core through its ports: drive circuit and cycle view alike, compare every output.

It needs nothing of what is inside, so it tests a netlist as well as the emitted Verilog.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from cocotb.triggers import Timer

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.sim.benches.scoreboard import Scoreboard
from erbium.sim.coverage.functional import Functional
from erbium.sim.host.ports import PortMap, word_read
from erbium.sim.host.traffic import HostQueue


class PortBench:
    """A core under test beside its golden models, seen from outside.

    Inputs change at the falling edge of the clock; outputs are compared before the rising edge.

    Parameters
    ----------
    dut : cocotb handle
    config : Config
    seed : int
    stall : float
        Probability of a stall on every stream, each cycle.
    board : object, optional
        What reads and compares in place of a `Scoreboard`.
    """

    def __init__(
        self, dut: object, config: Config, seed: int, stall: float, board: object | None = None
    ) -> None:
        self.config = config
        self.golden = CycleCore(config)
        self.ticks = Core(config)
        self.rng = random.Random(seed)
        self.host = HostQueue(self.rng, stall)
        self.board = Scoreboard() if board is None else board
        self.functional = Functional(config)
        self.results = 0
        self.phase = 0
        self.reads = 0
        self._dut = dut
        self._ports = PortMap(config)
        self._driven: dict[str, int] = {}

    def _set(self, name: str, value: int) -> None:
        if self._driven.get(name) != value:
            getattr(self._dut, name).value = value
            self._driven[name] = value

    def _drive(self, host: Host) -> None:
        for name, value in self._ports.driven(host).items():
            self._set(name, value)

    async def reset(self) -> None:
        """Reset circuit and models; what was under way is lost, memories stay."""
        self.host.clear()
        self._drive(Host())
        self._set("rst", 1)
        for _ in range(3):
            await self._edge()
        self._set("rst", 0)
        self.golden.reset()
        self.ticks.reset()

    async def _half_cycle(self) -> None:
        await Timer(5, "ns")

    async def _edge(self) -> None:
        self._dut.clk.value = 0
        await self._half_cycle()
        self._dut.clk.value = 1
        await self._half_cycle()

    async def cycle(self, reset: bool = False) -> None:
        """Live through one clock cycle; with `reset`, the reset wire is high in it."""
        host = self.host.drive()
        self._dut.clk.value = 0
        self._drive(host)
        self._set("rst", int(reset))
        await self._half_cycle()
        stage = self.golden.datapath.executing
        record, shown = self._ports.step(self.golden, host)
        self.board.cycle()
        self.functional.cycle(host, record, stage, self.golden, reset)
        for name, expected in shown.items():
            self.board.compare(name, self.board.read(name, getattr(self._dut, name)), expected)
        self.reads += word_read(host, record)
        self._compare_units(record)
        self.phase = record["control"]["phase"]
        self._dut.clk.value = 1
        await self._half_cycle()
        if reset:
            self._set("rst", 0)
            self.golden.reset()
            self.ticks.reset()
            self.host.clear()
            return
        self.host.taken(host, record)
        self.results += record["control"]["finish"]

    def _compare_units(self, record: Record) -> None:
        """Compare what is inside; from outside, nothing is seen of it."""

    async def run(self, results: int, budget: int = 100_000) -> None:
        """Run until the core has delivered `results` more results."""
        target = self.results + results
        for _ in range(budget):
            if self.results >= target:
                return
            await self.cycle()
        raise AssertionError(f"no result within {budget} cycles")

    async def reach(self, phase: int, more: Callable[[], None], budget: int = 100_000) -> None:
        """Run until the core is in `phase` (a number of `golden.enums.Phase`); ask for
        `more` when there is nothing left to do.
        """
        for _ in range(budget):
            asked = bool(self.host.requests)
            await self.cycle()
            if self.phase == phase:
                return
            if self.phase == Phase.IDLE and not asked:
                more()
        raise AssertionError(f"phase {phase} is not reached within {budget} cycles")

    async def idle(self, cycles: int) -> None:
        """Let `cycles` cycles pass."""
        for _ in range(cycles):
            await self.cycle()

    async def drain(self, budget: int = 100_000) -> None:
        """Run until the host has nothing left to send and reads have come back."""
        for _ in range(budget):
            await self.cycle()
            if not (self.host.accesses or self.host.pixels or self.host.events):
                await self.idle(20)
                return
        raise AssertionError(f"the host is still sending after {budget} cycles")

    async def load(self, weights: list[np.ndarray]) -> None:
        """Write all weights through the host port, as a host would at power-up."""
        self.ticks.load(weights)
        for address, word in enumerate(Layout(self.config).pack(weights).tolist()):
            self.host.accesses.append(Access(address, tuple(word)))
        await self.drain()

    async def compare_memories(self) -> None:
        """Read all weights back through the host port; each is compared as it comes."""
        depth = Layout(self.config).weight_depth
        before = self.reads
        self.host.accesses.extend(Access(address) for address in range(depth))
        await self.drain()
        self.board.compare("words read back", self.reads - before, depth)

    def compare_views(self) -> None:
        """Compare cycle view with tick view: every weight, and the random states."""
        for cycles, ticks in zip(self.golden.weights(), self.ticks.weights, strict=True):
            self.board.compare("cycle view against tick view", int((cycles != ticks).sum()), 0)
        for name, value in vars(self.ticks.random).items():
            self.board.compare(f"random {name}", getattr(self.golden.random, name), value)
