"""Bench of the core from inside: every unit in every cycle, and every memory word."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.core import Record
from erbium.golden.cycle.record import fields
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.host.ports import trace_path


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
        for part in trace_path(unit).split("."):
            handle = getattr(handle, part)
        return handle

    def _compare_units(self, record: Record) -> None:
        for unit, trace in self._traces.items():
            actual = self.board.read(unit, trace)
            self.board.compare_record(unit, self._fields[unit], actual, record[unit])

    async def load(self, weights: list[np.ndarray]) -> None:
        """Put start values into all memories of the circuit and both models at once."""
        self.golden.load(weights)
        self.ticks.load(weights)
        # What memories hold at power-up is nobody's business, but both sides must agree.
        for _, handle, _, expected in self._words():
            handle.value = expected

    async def compare_memories(self) -> None:
        """Compare every word of the weight, membrane and dendrite memories with the cycle view."""
        for name, handle, address, expected in self._words():
            self.board.compare(f"{name} {address}", self.board.read(name, handle), expected)

    def _words(self) -> Iterator[tuple[str, object, int, int]]:
        """Yield name, circuit's word, address and cycle view's word, for all words of all
        memories.
        """
        datapath, golden = self._dut.datapath, self.golden.datapath
        for address, word in enumerate(golden.membranes.words):
            handle = datapath.membrane_memory.words[address]
            yield "membrane word", handle, address, golden.membrane_word(word)
        for address, word in enumerate(golden.dendrites.words):
            handle = datapath.dendrite_memory.words[address]
            yield "dendrite word", handle, address, golden.dendrite_word(word)
        for address, word in enumerate(golden.weights.words):
            if self.config.memory == "spram":
                handle = datapath.weight_memory.all.words[address]
                yield "weight word", handle, address, golden.weight_word(word)
            else:
                yield from self._slices(address, word.tolist())

    def _slices(self, address: int, word: list[int]) -> Iterator[tuple[str, object, int, int]]:
        """Yield the same for the slices of a weight word."""
        for lane, weight in enumerate(word):
            for index, bits in enumerate(self.golden.layout.weight_slices):
                ram = getattr(self._dut.datapath.weight_memory, f"lane_{lane}_{index}")
                part = weight & ((1 << bits) - 1)
                yield f"weight of lane {lane}", ram.words[address], address, part
                weight >>= bits
