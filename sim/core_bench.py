"""Bench of the core: drive circuit and cycle view alike, compare every unit in every cycle."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
from cocotb.triggers import Timer

from golden.config import Config
from golden.core import Core
from golden.cycle.core import CycleCore, Host, Record
from golden.cycle.record import fields
from golden.cycle.spikes import Spikes
from golden.feedback import initial_weights
from hw.layouts import AccessLayout, EventLayout, RandomLayout, RequestLayout
from sim.scoreboard import Scoreboard
from sim.traffic import HostQueue


class CoreBench:
    """A core under test beside its golden models.

    Inputs change at the falling edge of the clock; wires are compared before the rising edge.

    Parameters
    ----------
    dut : cocotb handle
    config : Config
    seed : int
    stall : float
        Probability of a stall on every stream, each cycle.
    """

    def __init__(self, dut: object, config: Config, seed: int, stall: float) -> None:
        self.config = config
        self.golden = CycleCore(config)
        self.ticks = Core(config)
        self.rng = random.Random(seed)
        self.host = HostQueue(self.rng, stall)
        self.board = Scoreboard()
        self.results = 0
        self.reads = 0
        self._dut = dut
        self._fields = fields(config)
        self._traces = {name: self._trace(name) for name in self._fields}
        self._layouts = {
            "event": EventLayout(config),
            "request": RequestLayout(config),
            "access": AccessLayout(config),
            "random": RandomLayout(),
        }
        self._driven: dict[str, int] = {}

    def _trace(self, unit: str) -> object:
        handle = self._dut
        for part in () if unit == "core" else unit.split("."):
            handle = getattr(handle, part)
        return handle.trace

    def _set(self, name: str, value: int) -> None:
        if self._driven.get(name) != value:
            getattr(self._dut, name).value = value
            self._driven[name] = value

    def _offer(self, name: str, payload: int | None) -> None:
        self._set(f"{name}__valid", int(payload is not None))
        if payload is not None:
            self._set(f"{name}__payload", payload)

    def _pack(self, layout: str, values: dict[str, object]) -> int:
        return self._layouts[layout].const(values).as_bits()

    def _drive(self, host: Host) -> None:
        request, access, event, state = host.request, host.access, host.event, host.random
        if self.config.encoder == "events":
            values = event and {"source": event.source, "end": int(event.end)}
            self._offer("i_event", values and self._pack("event", values))
        else:
            self._offer("i_pixel", host.pixel)
        values = request and {"label": request.label, "rate": request.rate}
        self._offer("i_request", values and self._pack("request", values))
        values = access and {
            "address": access.address,
            "write": int(access.data is not None),
            "data": list(access.data or [0] * self.config.lanes),
        }
        self._offer("i_access", values and self._pack("access", values))
        self._offer("i_random", state and self._pack("random", vars(state)))
        self._set("o_result__ready", int(host.result_ready))
        self._set("o_access__ready", int(host.access_ready))

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

    async def _edge(self) -> None:
        self._dut.clk.value = 0
        await Timer(5, "ns")
        self._dut.clk.value = 1
        await Timer(5, "ns")

    async def cycle(self, reset: bool = False) -> None:
        """Live through one clock cycle; with `reset`, the reset wire is high in it."""
        host = self.host.drive()
        self._dut.clk.value = 0
        self._drive(host)
        self._set("rst", int(reset))
        await Timer(5, "ns")
        shown = self.golden.datapath.spikes
        read = self.golden.datapath.read_weights
        record = self.golden.step(host)
        self.board.cycle()
        self._compare_ports(record, shown, read)
        for unit, trace in self._traces.items():
            actual = self.board.read(unit, trace)
            self.board.compare_record(unit, self._fields[unit], actual, record[unit])
        self._dut.clk.value = 1
        await Timer(5, "ns")
        if reset:
            self._set("rst", 0)
            self.golden.reset()
            self.ticks.reset()
            self.host.clear()
            return
        self.host.taken(host, record)
        self.results += record["control"]["finish"]

    def _compare_ports(self, record: Record, shown: Spikes | None, read: np.ndarray) -> None:
        """Compare what the host sees: spikes, words that were read, random states, phase."""
        control, core, dut, board = record["control"], record["core"], self._dut, self.board
        visible = shown is not None and shown.mask != 0
        board.compare("o_spikes.valid", board.read("o_spikes", dut.o_spikes__valid), int(visible))
        if visible:
            spikes = board.read("o_spikes", dut.o_spikes__payload)
            board.compare("o_spikes", spikes, shown.bits(self.config))
        valid = board.read("o_access", dut.o_access__valid)
        board.compare("o_access.valid", valid, control["read_valid"])
        if valid:
            words = board.read("o_access", dut.o_access__payload)
            board.compare("o_access", words, self.golden.datapath.weight_word(read))
            self.reads += int(self._driven["o_access__ready"])
        board.compare("phase", board.read("phase", dut.phase), control["phase"])
        states = core["event_random"] | core["blank_random"] << 32 | core["encoder_random"] << 64
        board.compare("o_random", board.read("o_random", dut.o_random), states)

    async def run(self, results: int, budget: int = 100_000) -> None:
        """Run until the core has delivered `results` more results."""
        target = self.results + results
        for _ in range(budget):
            if self.results >= target:
                return
            await self.cycle()
        raise AssertionError(f"no result within {budget} cycles")

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

    def start_memories(self, weights: list[np.ndarray] | None = None) -> None:
        """Put start values into all memories of the circuit and both models at once."""
        weights = initial_weights(self.config) if weights is None else weights
        self.golden.load(weights)
        self.ticks.load(weights)
        # What memories hold at power-up is nobody's business, but both sides must agree.
        for _, handle, _, expected in self._words():
            handle.value = expected

    def compare_memories(self) -> None:
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
                yield (
                    f"weight of lane {lane}",
                    ram.words[address],
                    address,
                    weight & (1 << bits) - 1,
                )
                weight >>= bits

    def compare_views(self) -> None:
        """Compare cycle view with tick view: every weight, and the random states."""
        for cycles, ticks in zip(self.golden.weights(), self.ticks.weights, strict=True):
            self.board.compare("cycle view against tick view", int((cycles != ticks).sum()), 0)
        for name, value in vars(self.ticks.random).items():
            self.board.compare(f"random {name}", getattr(self.golden.random, name), value)
