"""Bench of the core from inside: every unit in every cycle, and every memory word."""

from __future__ import annotations

import numpy as np

from golden.config import Config
from golden.cycle.core import Record
from golden.cycle.record import fields
from golden.layout import Layout
from sim.port_bench import PortBench


class CoreBench(PortBench):
    """A core under test whose units and memories are compared beside its ports.

    Parameters
    ----------
    dut : cocotb handle
    config : Config
    seed : int
    stall : float
        As for `PortBench`.
    """

    def __init__(self, dut: object, config: Config, seed: int, stall: float) -> None:
        super().__init__(dut, config, seed, stall)
        self._fields = fields(config)
        self._traces = {name: self._trace(name) for name in self._fields}

    def _trace(self, unit: str) -> object:
        handle = self._dut
        for part in () if unit == "core" else unit.split("."):
            handle = getattr(handle, part)
        return handle.trace

    def _compare_units(self, record: Record) -> None:
        for unit, trace in self._traces.items():
            actual = self.board.read(unit, trace)
            self.board.compare_record(unit, self._fields[unit], actual, record[unit])

    async def load(self, weights: list[np.ndarray]) -> None:
        """Put start values into all memories of the circuit and both models at once."""
        self.golden.load(weights)
        self.ticks.load(weights)
        for address, word in enumerate(self.golden.datapath.weights):
            handle = self._dut.datapath.weight_memory[address]
            handle.value = self.golden.datapath.weight_word(word)
        # What the memories hold at power-up is nobody's business, but both sides must agree.
        for address, state in enumerate(self.golden.datapath.states):
            handle = self._dut.datapath.state_memory[address]
            handle.value = self.golden.datapath.state_word(state)

    async def compare_memories(self) -> None:
        """Compare every word of the weight and state memories with the cycle view."""
        datapath, golden = self._dut.datapath, self.golden.datapath
        layout = Layout(self.config)
        for address in range(layout.weight_depth):
            actual = self.board.read("weight word", datapath.weight_memory[address])
            expected = golden.weight_word(golden.weights[address])
            self.board.compare(f"weight word {address}", actual, expected)
        for address in range(layout.state_depth):
            actual = self.board.read("state word", datapath.state_memory[address])
            expected = golden.state_word(golden.states[address])
            self.board.compare(f"state word {address}", actual, expected)
