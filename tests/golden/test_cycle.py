"""The cycle view equals the tick view, whatever the host's stalls, and never abuses a memory."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from golden.config import LANES, Config
from golden.core import Core
from golden.cycle.control import PHASES, Access
from golden.cycle.core import CycleCore, Record
from golden.cycle.encoder import SCAN
from golden.cycle.record import fields, pack, unpack
from golden.feedback import initial_weights
from golden.layout import Layout
from golden.presets import preset
from golden.rng import RandomState
from sim.traffic import HostQueue, random_sample

TINY = preset("tiny")
DEEP = Config(
    name="deep",
    layers=(14, 9, 7, 5, 3),
    lanes=4,
    ticks=8,
    burn_in=1,
    rate_shift=0,
    threshold=(60, 40, 40, 30),
    gain=(0, 1, 0, 2),
    learning_shift=5,
    weight_init=(48, 40, 48, 32),
    refractory=(0, 2, 1, 3),
    membrane_leak=(3, 4, 2, 5),
    gate_low=-512,
    gate_high=512,
)

VARIANTS = {
    **{f"{lanes}-lanes": TINY.replace(lanes=lanes) for lanes in LANES},
    **{
        f"{lanes}-lanes-blank-out": TINY.replace(lanes=lanes, transmit=10, encoder="bernoulli")
        for lanes in LANES
    },
    "bernoulli": TINY.replace(encoder="bernoulli"),
    "events": TINY.replace(encoder="events", error_threshold=2),
    "events-blank-out": TINY.replace(encoder="events", transmit=5, lanes=1, threshold=(30, 20)),
    "two-hidden": Config(
        name="any",
        layers=(12, 7, 6, 3),
        lanes=4,
        ticks=10,
        burn_in=0,
        rate_shift=0,
        threshold=64,
        weight_init=60,
        learning_shift=5,
    ),
    "three-hidden": DEEP,
    "three-hidden-blank-out": DEEP.replace(transmit=12, lanes=2),
    "smallest": Config(
        name="any",
        layers=(1, 1, 2),
        lanes=1,
        ticks=9,
        burn_in=0,
        label_period=1,
        rate_shift=0,
        refractory=0,
        threshold=20,
        weight_init=60,
        learning_shift=2,
    ),
}


def watch(config: Config, record: Record, bank: int) -> int:
    """Check the memories' ports in one cycle; return the bank that is read in the next one."""
    datapath = record["datapath"]
    for name in ("state", "weight"):
        if datapath[f"{name}_read"] and datapath[f"{name}_write"]:
            assert datapath[f"{name}_read_address"] != datapath[f"{name}_write_address"], name
    if config.encoder == "events":
        return bank
    encoder, samples = record["encoder"], record["samples"]
    moves = not encoder["valid"] or record["core"]["inputs_ready"]
    reads = encoder["state"] == SCAN and moves
    width = (config.layers[0] - 1).bit_length() or 1
    if reads and samples["write"]:
        assert samples["write_address"] != encoder["read_address"] | bank << width
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
    """

    def __init__(self, config: Config, stall: float, seed: int = 1) -> None:
        self.config = config
        self.core = CycleCore(config)
        self.rng = random.Random(seed)
        self.host = HostQueue(self.rng, stall)
        self.core.load(initial_weights(config))
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
        return record

    def reset(self) -> None:
        """Give a reset between two cycles."""
        self.core.reset()
        self.host.clear()
        self._bank = 0

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


def compare(driven: Driven, ticks: Core) -> None:
    for _ in range(20):  # the last writes
        driven.cycle()
    for a, b in zip(driven.core.weights(), ticks.weights, strict=True):
        assert np.array_equal(a, b)
    assert driven.core.random == ticks.random


def traffic(config: Config, count: int, seed: int) -> list[tuple[object, int, int]]:
    rng = random.Random(seed)
    rates = (256, 256, 128, 0)
    return [
        (random_sample(config, rng), rng.randrange(config.layers[-1]), rng.choice(rates))
        for _ in range(count)
    ]


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize("name", VARIANTS)
def test_equals_tick_view(name: str, stall: float) -> None:
    config = VARIANTS[name]
    driven, ticks = Driven(config, stall), Core(config)
    samples = traffic(config, 5, seed=3)
    for sample, label, rate in samples:
        driven.host.send(config, sample, label, rate)
    expected = [ticks.run(*sample) for sample in samples]
    found = list(driven.results(len(samples)))
    assert found == [(result.winner, result.counts.tolist()) for result in expected]
    assert sum(sum(counts) for _, counts in found) > 0, "a silent network equals any other"
    compare(driven, ticks)
    changed = zip(ticks.weights, initial_weights(config), strict=True)
    assert any(not np.array_equal(a, b) for a, b in changed)


@pytest.mark.parametrize("encoder", ["phase", "events"])
@pytest.mark.parametrize("phase", [phase for phase in PHASES if phase not in ("IDLE", "READ")])
def test_reset_in_any_phase_loses_only_what_was_under_way(phase: str, encoder: str) -> None:
    config = TINY.replace(encoder=encoder)
    for again in (1, 7):
        driven, ticks = Driven(config, 0.3, seed=again), Core(config)
        samples = [(sample, label, 256) for sample, label, _ in traffic(config, 12, seed=again)]
        for sample in samples[:10]:
            driven.host.send(config, *sample)
        seen = 0
        while seen < again:
            seen += PHASES[driven.cycle()["control"]["phase"]] == phase
        driven.reset()
        # Weights keep what they had learnt; everything else starts afresh.
        ticks.load(driven.core.weights())
        assert driven.core.random == RandomState.seeded(config.seed)
        for sample in samples[10:]:
            driven.host.send(config, *sample)
        expected = [ticks.run(*sample) for sample in samples[10:]]
        found = list(driven.results(2))
        assert found == [(result.winner, result.counts.tolist()) for result in expected]
        compare(driven, ticks)


@pytest.mark.parametrize("lanes", [1, 4])
def test_weights_go_in_and_come_out_through_the_host_port(lanes: int) -> None:
    config = TINY.replace(lanes=lanes)
    driven, layout = Driven(config, 0.4), Layout(config)
    weights = [np.random.default_rng(1).integers(-128, 128, w.shape) for w in driven.core.weights()]
    words = layout.pack(weights)
    for address, word in enumerate(words.tolist()):
        driven.host.accesses.append(Access(address, tuple(word)))
    for address in range(layout.weight_depth):
        driven.host.accesses.append(Access(address))
    read: list[list[int]] = []
    for _ in range(60 * layout.weight_depth):
        host = driven.host.drive()
        before = driven.core.datapath.read_weights.tolist()
        record = driven.core.step(host)
        driven.host.taken(host, record)
        if record["control"]["read_valid"] and host.access_ready:
            read.append(before)
    assert read == words.tolist()
    for a, b in zip(driven.core.weights(), weights, strict=True):
        assert np.array_equal(a, b)


def test_random_states_can_be_replaced_between_samples() -> None:
    config = TINY.replace(encoder="bernoulli", transmit=9)
    driven, ticks = Driven(config, 0.2), Core(config)
    chosen = RandomState(event=12345, blank=678, encoder=910)
    driven.host.randoms.append(chosen)
    driven.cycle()
    ticks.random = chosen
    sample, label, _ = traffic(config, 1, seed=5)[0]
    driven.host.send(config, sample, label)
    expected = ticks.run(sample, label)
    assert list(driven.results(1)) == [(expected.winner, expected.counts.tolist())]
    compare(driven, ticks)
    assert chosen == RandomState(event=12345, blank=678, encoder=910)


def test_a_cycle_issues_at_most_one_word_and_lanes_save_cycles() -> None:
    cycles = {}
    for lanes in (1, 2, 8):
        config = TINY.replace(lanes=lanes)
        driven, ticks = Driven(config, 0.0), Core(config)
        sample, label, _ = traffic(config, 1, seed=2)[0]
        driven.host.send(config, sample, label)
        words = sum(
            len(events) * layer.groups
            for tick in ticks.ticks(sample, label)
            for events, layer in zip(tick.events, Layout(config).layers, strict=False)
        )
        issued = cycles[lanes] = 0
        finished = False
        while not finished:
            control = driven.cycle()["control"]
            issued += control["operation"] == 2
            cycles[lanes] += 1
            finished = control["finish"]
        assert issued == words
    assert cycles[1] > 1.3 * cycles[2] > 1.3 * cycles[8]
