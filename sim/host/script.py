"""A scenario in the cycle view: every input of every cycle, and every output that must follow.

The circuit agrees with the cycle view in each clock cycle, so a simulator can be driven from this
script without looking at what it answers; whatever differs is a mismatch.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore, Host, Record
from erbium.golden.cycle.ports import Access
from erbium.golden.cycle.record import fields
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError, check_label
from erbium.golden.words import pack
from erbium.sim.compare.observation import Observation
from erbium.sim.host.draws import Scenario, Step
from erbium.sim.host.flaws import Mixture
from erbium.sim.host.ports import PortMap, Ports, trace_path
from erbium.sim.host.traffic import HostQueue, Sample, random_sample

#: Cycles after which something hangs.
BUDGET = 100_000


def sample_of(config: Config, seed: int) -> Sample:
    """Return the sample that a step's seed stands for."""
    return random_sample(config, random.Random(seed))


def word_of(config: Config, address: int, seed: int) -> tuple[int, ...]:
    """Return the weight word that a step's seed stands for; its padding is 0."""
    draw, layout = np.random.default_rng(seed), Layout(config)
    limit = 1 << (config.weight_bits - 1)
    shapes = [(layer.sources, layer.targets) for layer in layout.layers]
    matrices = [draw.integers(-limit, limit, shape) for shape in shapes]
    return tuple(layout.pack(matrices)[address].tolist())


@dataclass
class Observed:
    """What a scenario makes visible, in any engine.

    Attributes
    ----------
    results : list of Observation
        Of every sample.
    words : list of weight words that were read
    weights : list of int array
        At the end.
    random : RandomState
        At the end.
    """

    results: list[Observation] = field(default_factory=list)
    words: list[list[int]] = field(default_factory=list)
    weights: list[np.ndarray] = field(default_factory=list)
    random: RandomState | None = None


class Script:
    """The cycles of a scenario.

    Attributes
    ----------
    inputs : list of Ports
        What is driven in each cycle, names as in Verilog, the reset wire included.
    outputs : list of Ports
        What must be seen in it: ports, and the traces of units such as ``control.trace``. A
        payload means nothing without `valid` and is left out.
    observed : Observed
    after_abort : list of weight matrices
        The weights after each reset in a sample, which depend on its very cycle.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.config = scenario.config
        self.inputs: list[Ports] = []
        self.outputs: list[Ports] = []
        self.observed = Observed()
        self.after_abort: list[list[np.ndarray]] = []
        self._golden = CycleCore(self.config)
        self._host = HostQueue(random.Random(scenario.seed), scenario.stall / 10)
        self._ports = PortMap(self.config)
        self._fields = fields(self.config)
        self._pending = 0
        layout = Layout(self.config)
        for _ in range(2):
            self._cycle(reset=True)
        for address, word in enumerate(layout.pack(initial_weights(self.config)).tolist()):
            self._host.accesses.append(Access(address, tuple(word)))
        for step in scenario.steps:
            self._step(step)
        self._finish()
        self.observed.weights = self._golden.weights()
        self.observed.random = self._golden.random

    def _step(self, step: Step) -> None:
        kind, *values = step
        if kind in ("run", "abort"):
            # Samples follow each other without a pause; everything else waits for them.
            label, rate, seed = values[:3]
            check_label(Layout(self.config), label)
            if kind == "abort" or self._host.accesses or self._host.randoms:
                self._finish()
            self._host.send(self.config, sample_of(self.config, seed), label, rate)
            self._pending += kind == "run"
            if kind == "abort":
                for _ in range(values[3]):
                    self._cycle()
                self._cycle(reset=True)
                self.after_abort.append([w.copy() for w in self._golden.weights()])
            return
        if kind == "bad" and self.config.guard:
            self._spoil(*values)
            return
        self._finish()
        if kind == "write":
            self._host.accesses.append(Access(values[0], word_of(self.config, *values)))
        elif kind == "read":
            self._host.accesses.append(Access(values[0]))
            before = len(self.observed.words)
            while len(self.observed.words) == before:
                self._cycle()
        elif kind == "random":
            self._host.randoms.append(RandomState(*values))
        else:
            raise DataError(
                f"step {kind!r} is none of run, abort, write, read, random, and, with a guard, bad"
            )

    def _spoil(self, seed: int) -> None:
        """Send what must have no effect, amid the samples that are sent. A bad read has an answer,
        but not one that anybody asked for.
        """
        mixture = Mixture(self.config, self._host, random.Random(seed))
        mixture.anything()
        words = self.observed.words
        end = len(words) + mixture.reads
        while len(words) < end:
            self._cycle()
        if mixture.reads and any(words.pop()):
            raise AssertionError("a bad read is not answered with zeros")

    def _finish(self) -> None:
        """Let everything come to its end."""
        host = self._host
        queues = (host.accesses, host.randoms, host.pixels, host.events, host.requests)
        while self._pending or any(queues):
            self._cycle()

    def _cycle(self, reset: bool = False) -> None:
        golden, host = self._golden, self._host.drive()
        if len(self.inputs) == BUDGET:
            raise AssertionError(f"the cycle view has not finished after {BUDGET} cycles")
        idle = dict.fromkeys(self._ports.inputs, 0)
        self.inputs.append(idle | self._ports.driven(host) | {"rst": int(reset)})
        record, seen = self._ports.step(golden, host)
        for unit, layout in self._fields.items():
            seen[trace_path(unit)] = pack(layout, record[unit])
        # Before its first reset nothing is known of a circuit.
        self.outputs.append(seen if len(self.outputs) else {})
        if reset:
            golden.reset()
            self._host.clear()
            return
        self._host.taken(host, record)
        self._note(host, record, seen)

    def _note(self, host: Host, record: Record, seen: Ports) -> None:
        if seen["o_access_valid"] and host.access_ready:
            (word,) = self._ports.unpack("o_access", seen["o_access_payload"]).values()
            self.observed.words.append(word)
        # Of samples that will be aborted, nobody else knows the outcome.
        if record["control"]["finish"] and self._pending:
            self._pending -= 1
            result = self._ports.unpack("o_result", seen["o_result_payload"])
            state = RandomState(**self._ports.random(record))
            self.observed.results.append(Observation(result["winner"], result["counts"], state))
