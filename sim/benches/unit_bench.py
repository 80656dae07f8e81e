"""Benches of single components: drive ports, let them settle, compare."""

from __future__ import annotations

import random

import cocotb
import numpy as np
from cocotb.triggers import Timer

from erbium.golden.config import Config
from erbium.golden.words import Fields
from erbium.sim.benches.scoreboard import Scoreboard, job_config


def word(handle: object) -> int:
    """Return a port's bits as an unsigned number.

    Raises
    ------
    AssertionError
        If a bit is unknown.
    """
    bits = str(handle.value)
    assert set(bits) <= {"0", "1"}, f"{handle._name} has unknown bits: {bits}"
    return int(bits, 2)


def wrapped(value: int, bits: int) -> int:
    """Return a signed value as the unsigned number with the same `bits` bits."""
    return int(value) & ((1 << bits) - 1)


class UnitBench:
    """A component under test.

    Parameters
    ----------
    dut : cocotb handle

    Attributes
    ----------
    config : Config
    rng : random.Random
        Seeded by the bench's seed.
    board : Scoreboard
    """

    def __init__(self, dut: object) -> None:
        self.dut = dut
        self.config: Config = job_config()
        self.rng = random.Random(cocotb.RANDOM_SEED)
        self.board = Scoreboard()

    def draw(self, low: int, high: int, count: int) -> np.ndarray:
        """Draw `count` numbers from `low` to `high`; the limits and their neighbours, 0 and 1
        come first.
        """
        corners = {low, low + 1, high - 1, high, -1, 0, 1}
        values = [value for value in sorted(corners) if low <= value <= high]
        self.rng.shuffle(values)
        values += [self.rng.randint(low, high) for _ in range(count - len(values))]
        return np.array(values[:count], dtype=np.int64)

    def draw_signed(self, bits: int, count: int) -> np.ndarray:
        """Draw signed numbers of `bits` bits: a quarter anywhere, the others small."""
        limit = 1 << (bits - 1)
        small = (1 << (bits // 2)) - 1
        wide = self.draw(-limit, limit - 1, count // 4)
        near = self.draw(-small, min(small, limit - 1), count - len(wide))
        values = np.concatenate([wide, near])
        self.rng.shuffle(values)
        return values

    def set(self, **ports: int) -> None:
        """Drive ports; one that the configuration has no use for is not there."""
        for name, value in ports.items():
            if name != "rst" or hasattr(self.dut, "rst"):
                getattr(self.dut, name).value = int(value)

    async def settle(self) -> None:
        """Let combinational logic settle; count the pattern."""
        await Timer(5, "ns")
        self.board.cycle()

    async def reset(self, **ports: int) -> None:
        """Drive `ports` and hold the reset for two cycles."""
        self.set(rst=1, **ports)
        for _ in range(2):
            self._clock(0)
            await Timer(5, "ns")
            self._clock(1)
            await Timer(5, "ns")
        self.set(rst=0)

    def _clock(self, value: int) -> None:
        """Drive the clock, if the component has one in this configuration."""
        if hasattr(self.dut, "clk"):
            self.dut.clk.value = value

    async def settle_cycle(self, **ports: int) -> None:
        """Drive ports after the falling edge and let them settle; count the cycle."""
        self._clock(0)
        self.set(**ports)
        await self.settle()

    async def end_cycle(self) -> None:
        """Give the rising edge."""
        self._clock(1)
        await Timer(5, "ns")

    def compare(self, name: str, actual: int, expected: int) -> None:
        """Compare one value."""
        self.board.compare(name, actual, int(expected))

    def compare_trace(self, unit: str, fields: Fields, expected: dict[str, int]) -> None:
        """Compare a unit's observation wire with its record; "" is the component itself."""
        handle = self.dut
        for part in unit.split(".") if unit else ():
            handle = getattr(handle, part)
        self.board.compare_record(unit or "unit", fields, word(handle.trace), expected)
