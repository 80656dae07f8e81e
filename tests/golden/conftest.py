"""The cycle view, driven by a host and watched in every cycle."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore, Record
from erbium.golden.cycle.record import fields
from erbium.golden.enums import EncoderState
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.words import address_bits, pack, unpack
from erbium.sim.host.traffic import HostQueue, random_sample

#: A sample, its label and its learning rate.
Shown = tuple[object, int, int]


def watch(config: Config, record: Record, bank: int) -> int:
    """Check the memories' ports in one cycle; return the bank that is read in the next one."""
    datapath = record["datapath"]
    for name in ("membrane", "dendrite", "weight"):
        if datapath[f"{name}_read"] and datapath[f"{name}_write"]:
            assert datapath[f"{name}_read_address"] != datapath[f"{name}_write_address"], name
    if config.memory == "spram":
        assert not (datapath["weight_read"] and datapath["weight_write"])
    if config.encoder == "events":
        return bank
    encoder, samples = record["encoder"], record["samples"]
    moves = not encoder["valid"] or record["core"]["inputs_ready"]
    reads = encoder["state"] == EncoderState.SCAN and moves
    if reads and samples["write"]:
        # Kept inputs of one word lie in memories side by side.
        width = address_bits(config.layers[0])
        place = samples["write_address"] & ((1 << width) - 1)
        same_word = place // Layout(config).encoder_lanes == encoder["read_address"]
        assert not (same_word and samples["write_address"] >> width == bank)
    code = record.get("encoder.code")
    if reads and code and code["write"]:
        assert code["write_address"] != encoder["read_address"]
    return bank ^ record["control"]["finish"]


class Driven:
    """A cycle view driven by a host, with a check of every cycle's record.

    Parameters
    ----------
    config : Config
    stall : float
    seed : int

    Attributes
    ----------
    cycles : int
    """

    def __init__(self, config: Config, stall: float, seed: int = 1) -> None:
        self.config = config
        self.core = CycleCore(config)
        self.rng = random.Random(seed)
        self.host = HostQueue(self.rng, stall)
        self.core.load(initial_weights(config))
        self.cycles = 0
        self._fields = fields(config)
        self._bank = 0

    def cycle(self) -> Record:
        """Live through one clock cycle."""
        host = self.host.drive()
        record = self.core.step(host)
        self.host.taken(host, record)
        assert set(record) == set(self._fields)
        for unit, widths in self._fields.items():
            assert unpack(widths, pack(widths, record[unit])) == record[unit], unit
        self._bank = watch(self.config, record, self._bank)
        self.cycles += 1
        return record

    def reset(self) -> None:
        """Give a reset between two cycles."""
        self.core.reset()
        self.host.clear()
        self._bank = 0

    def send(self, samples: list[Shown]) -> None:
        """Queue samples, and requests to run them."""
        for sample, label, rate in samples:
            self.host.send(self.config, sample, label, rate)

    def results(self, count: int, budget: int = 40_000) -> Iterator[tuple[int, list[int]]]:
        """Run until `count` results have been taken, and yield winner and counts."""
        readout = self.core.control.readout
        for _ in range(budget):
            if self.cycle()["control"]["finish"]:
                yield readout.winner, readout.counts.tolist()
                count -= 1
                if not count:
                    return
        raise AssertionError("no result within the budget")

    def compare(self, ticks: Core) -> None:
        """Compare weights and random states with the tick view's."""
        for _ in range(20):  # the last writes
            self.cycle()
        for a, b in zip(self.core.weights(), ticks.weights, strict=True):
            assert np.array_equal(a, b)
        assert self.core.random == ticks.random


def traffic(config: Config, count: int, seed: int) -> list[Shown]:
    rng = random.Random(seed)
    rates = (256, 256, 128, 0)
    return [
        (random_sample(config, rng), rng.randrange(config.layers[-1]), rng.choice(rates))
        for _ in range(count)
    ]


def run_both(config: Config, stall: float, samples: list[Shown]) -> tuple[Driven, Core]:
    """Run samples in both views, and compare everything that they show."""
    driven, ticks = Driven(config, stall), Core(config)
    driven.send(samples)
    # A circuit without learning takes every rate for 0.
    expected = [ticks.run(sample, label, rate) for sample, label, rate in samples]
    found = list(driven.results(len(samples)))
    assert found == [(result.winner, result.counts.tolist()) for result in expected]
    assert sum(sum(counts) for _, counts in found) > 0, "a silent network equals any other"
    driven.compare(ticks)
    return driven, ticks


@pytest.fixture(name="Driven")
def driven_class() -> type[Driven]:
    """Return the class."""
    return Driven


@pytest.fixture(name="traffic")
def traffic_function() -> object:
    """Return ``traffic(config, count, seed)``, which draws samples, labels and rates."""
    return traffic


@pytest.fixture(name="run_both")
def run_both_function() -> object:
    """Return ``run_both(config, stall, samples)``, which gives the two views after it."""
    return run_both
