"""docs/specification.md, section 13: its formulas for cycles hold in runs of random machines.

What the text says of events, spikes and errors comes from the tick view, and what it says of
cycles is compared with the records of the cycle view.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import Operation, Phase
from erbium.golden.feedback import feedback_weights, initial_weights
from erbium.golden.layout import Layer, Layout
from erbium.golden.presets import preset
from erbium.sim.host.traffic import HostQueue, random_sample

SEEDS = range(30)
SAMPLES = 3
FORMULAS = (
    "`state_depth + 5`",
    "1 + E(l) * G(l) + waiting",
    "max(G(l), `first_group(l)` + 7) + 1",
    "2 * O + 2 * `unanswered` + 1 + waiting",
    "M * (`state_depth` + 1)",
)


def machine(seed: int) -> Config:
    """Draw a small machine: any number of lanes, layers of one group or many, both memories."""
    rng = random.Random(seed)
    hidden = (rng.randint(1, 14) for _ in range(rng.randint(1, 3)))
    return Config(
        name="any",
        layers=(rng.randint(1, 14), *hidden, rng.randint(2, 7)),
        lanes=rng.choice((1, 2, 4, 8, 32)),
        ticks=8,
        burn_in=rng.randint(0, 2),
        label_period=rng.randint(1, 3),
        threshold=rng.choice((10, 30, 60)),
        refractory=rng.randint(0, 2),
        weight_init=rng.choice((16, 60)),
        learning_shift=rng.choice((2, 5)),
        rate_shift=0,
        error_threshold=rng.randint(1, 2),
        transmit=rng.choice((16, 10)),
        encoder=rng.choice(("phase", "bernoulli", "events")),
        dendrite_leak=rng.choice((1, 2, 4)),
        feedback=rng.choice((0, 3, 64, 20000)),
        memory=rng.choice(("block", "spram")),
        learning=rng.random() < 0.8,
        learning_start=rng.choice((0, 0, 3)),
        learning_margin=rng.choice((0, 0, 1)),
    )


class Run:
    """A machine that has shown some random samples, with or without stalls of the host.

    Attributes
    ----------
    samples : list
        Samples, labels and rates.
    records : list of Record
        One for each clock cycle.
    """

    def __init__(self, seed: int) -> None:
        self.config = machine(seed)
        self.layout = Layout(self.config)
        rng, core = random.Random(seed), CycleCore(self.config)
        core.load(initial_weights(self.config))
        host = HostQueue(rng, stall=0.4 * (seed % 2))
        self.samples = [
            (
                random_sample(self.config, rng),
                rng.randrange(self.layout.classes),
                rng.choice((256, 100, 0)) if self.config.learning else 0,
            )
            for _ in range(SAMPLES)
        ]
        for sample in self.samples:
            host.send(self.config, *sample)
        self.records: list[Record] = []
        self.dendrite = 0
        results = 0
        while results < SAMPLES:
            drives = host.drive()
            record = core.step(drives)
            host.taken(drives, record)
            self.records.append(record)
            self.dendrite = max(self.dendrite, self._largest(core))
            results += record["control"]["finish"]

    def _largest(self, core: CycleCore) -> int:
        """Return the largest dendrite in memory."""
        if not self.config.learning:
            return 0
        bits = self.layout.dendrite_bits
        words = core.datapath.dendrites.words & ((1 << bits) - 1)
        return int(np.abs((words ^ (1 << (bits - 1))) - (1 << (bits - 1))).max())

    def operation(self, cycle: int) -> str:
        """Return the operation that is issued in a cycle."""
        return Operation(self.records[cycle]["control"]["operation"]).name

    def phases(self) -> Iterator[tuple[str, list[int]]]:
        """Return the phases but IDLE, with their cycles."""
        cycles = range(len(self.records))
        for phase, found in groupby(cycles, lambda c: self.records[c]["control"]["phase"]):
            if phase != Phase.IDLE:
                yield Phase(phase).name, list(found)


def synapse_waits(run: Run, layer: Layer, cycles: list[int]) -> int:
    """Return the cycles of a SYNAPSE phase in which it waits: without a word though one is left,
    or for an event.
    """
    left = waiting = 0
    for cycle in cycles:
        record = run.records[cycle]
        offers = record["core"]["inputs_valid"] if layer.index == 0 else record["spikes"]["valid"]
        held = run.config.memory == "spram" and record["datapath"]["weight_write"]
        if left and held:
            assert run.operation(cycle) == "NONE"
            waiting += 1
            continue
        assert run.operation(cycle) == ("SYNAPSE" if left else "NONE")
        waiting += not left and cycle != cycles[0]
        left = max(left - 1, 0)
        left = layer.groups if not left and offers else left
    return waiting


def readout_waits(run: Run, cycles: list[int]) -> int:
    """Return the cycles of READOUT in which nothing is judged and nothing is offered."""
    judges, waiting = False, 0
    for cycle in cycles:
        control, spikes = run.records[cycle]["control"], run.records[cycle]["spikes"]
        if judges:
            assert not control["spikes_ready"]
            judges = False
            continue
        end = spikes["event"] >> run.layout.source_bits
        judges = bool(spikes["valid"] and not (end and control["spikes_ready"]))
        waiting += not spikes["valid"]
    return waiting


def check_tick(run: Run, tick, phases: list[tuple[str, list[int]]], labels: int | None) -> int:
    """Check the phases of a tick; `labels` is the class whose label fires. Return their number."""
    for number, layer in enumerate(run.layout.layers):
        (first, synapse), (second, neuron) = phases[2 * number : 2 * number + 2]
        assert (first, second) == ("SYNAPSE", "NEURON")
        events, groups = len(tick.events[number]), layer.groups
        assert len(synapse) == 1 + events * groups + synapse_waits(run, layer, synapse)
        fires = tick.events[number + 1]
        first_group = int(fires[0]) // run.config.lanes if len(fires) else groups - 1
        assert len(neuron) == max(groups, first_group + 7) + 1
    rest = phases[2 * len(run.layout.layers) :]
    count = next(i for i, (phase, _) in enumerate(rest) if phase in ("SYNAPSE", "RESULT"))
    readout = [c for phase, cycles in rest[:count] if phase == "READOUT" for c in cycles]
    feedback = [c for phase, cycles in rest[:count] if phase == "FEEDBACK" for c in cycles]
    unanswered = labels is not None and labels not in tick.events[-1]
    taken = 2 * len(tick.events[-1]) + 2 * unanswered + 1
    assert len(readout) == taken + readout_waits(run, readout)
    assert len(feedback) == len(tick.errors) * (run.layout.state_depth + 1)
    return 2 * len(run.layout.layers) + count


def test_the_text_has_the_formulas_that_are_checked_here():
    text = (Path(__file__).parents[2] / "docs" / "specification.md").read_text()
    for formula in FORMULAS:
        assert f"| {formula} |" in text


@pytest.mark.parametrize("seed", SEEDS)
def test_lengths_of_phases(seed):
    run = Run(seed)
    config, ticks, phases = run.config, Core(run.config), list(run.phases())
    for sample, label, rate in run.samples:
        phase, cycles = phases.pop(0)
        assert (phase, len(cycles)) == ("CLEAR", run.layout.state_depth + 5)
        for tick in ticks.ticks(sample, label, rate):
            since = tick.number - config.burn_in
            fires = rate and since >= 0 and since % config.label_period == 0
            del phases[: check_tick(run, tick, phases, label if fires else None)]
        assert phases.pop(0)[0] == "RESULT"
    assert not phases


@pytest.mark.parametrize("seed", SEEDS)
def test_stages_of_an_operation(seed):
    run = Run(seed)
    distances = {layer.groups for layer in run.layout.layers if layer.groups <= 3}
    sums: list[int | None] = []
    single = run.config.memory == "spram"
    for cycle in range(len(run.records) - 5):
        control, operation = run.records[cycle]["control"], run.operation(cycle)
        after = [run.records[cycle + stage]["datapath"] for stage in range(6)]
        uses, state = operation in ("SYNAPSE", "NEURON"), control["state"]
        forwards = any(len(sums) >= d and sums[-d] == state for d in distances)
        assert after[0]["weight_read"] == (operation in ("SYNAPSE", "READ"))
        assert after[0]["dendrite_read"] == (uses or operation == "FEEDBACK")
        assert after[1]["membrane_read"] == (uses and not forwards)
        assert after[3]["operation"] == control["operation"]
        assert after[4]["membrane_write"] == (uses or operation == "CLEAR")
        assert after[4]["dendrite_write"] == (operation in ("NEURON", "FEEDBACK", "CLEAR"))
        writes = after[5 if single else 4]["weight_write"]
        assert writes <= control["learn"] if single else writes == control["learn"]
        if uses:
            sums.append(state if operation == "SYNAPSE" else None)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_dendrite_exceeds_the_bound(seed):
    run = Run(seed)
    largest = 1
    for matrix, leak in zip(feedback_weights(run.config), run.config.dendrite_leak, strict=True):
        errors = int(np.abs(matrix).sum(axis=0).max())
        kept = min(1 << (run.config.state_bits - 1), (max(errors, 1) - 1) << leak)
        largest = max(largest, kept + errors)
    assert run.dendrite <= largest
    assert run.layout.dendrite_bits == largest.bit_length() + 1


def access_cycles(memory: str, accesses: list[Access | None]) -> tuple[list[int], int]:
    """Return in which cycles accesses are taken, and when the word of a read is offered first."""
    core, taken, cycle = CycleCore(preset("tiny").replace(memory=memory)), [], 0
    accesses = list(accesses)
    offered = None
    while accesses or offered is None:
        access = accesses[0] if accesses else None
        control = core.step(Host(access=access, access_ready=True))["control"]
        if accesses and control["access_ready"]:
            accesses.pop(0)
            taken.append(cycle)
        if control["read_valid"] and offered is None:
            offered = cycle
        cycle += 1
    return taken, offered


@pytest.mark.parametrize(
    ("memory", "pause", "later"),
    [("block", 0, 5), ("block", 1, 5), ("spram", 0, 6), ("spram", 1, 5)],
)
def test_a_read_word_is_offered_as_late_as_stated(memory, pause, later):
    accesses = [Access(3, (5, 6)), *[None] * pause, Access(3), Access(4)]
    taken, offered = access_cycles(memory, accesses)
    assert offered == taken[-2] + later
    assert taken[-1] == offered + 1
