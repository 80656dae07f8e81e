"""Datapath, clock cycle by clock cycle: issue, fetch, ready, execute, write."""

from __future__ import annotations

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.accumulators import Accumulators
from erbium.golden.cycle.lane import Executed, Executing, Lanes
from erbium.golden.cycle.operation import Issue
from erbium.golden.cycle.ports import Access
from erbium.golden.cycle.ram import Ram
from erbium.golden.cycle.spikes import Spikes
from erbium.golden.enums import Operation, Stage
from erbium.golden.feedback import feedback_weights
from erbium.golden.layout import Layout
from erbium.golden.words import word_bits

#: Operations that read or write the weight, membrane and dendrite memories.
READS_WEIGHT = (Operation.SYNAPSE, Operation.READ)
READS_MEMBRANE = (Operation.SYNAPSE, Operation.NEURON)
WRITES_MEMBRANE = (Operation.SYNAPSE, Operation.NEURON, Operation.CLEAR)
READS_DENDRITE = (Operation.SYNAPSE, Operation.NEURON, Operation.FEEDBACK)
WRITES_DENDRITE = (Operation.NEURON, Operation.FEEDBACK, Operation.CLEAR)


def pack(values: np.ndarray, width: int) -> int:
    """Return a word of values, the first lowest."""
    word, mask = 0, (1 << width) - 1
    for position, value in enumerate(values.tolist()):
        word |= (value & mask) << (position * width)
    return word


class Datapath:
    """Memories and lanes.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from an operation to what it writes, which is in memory a cycle later.
    weights, membranes, dendrites : Ram
        A row of lanes per word. Words of `dendrites` are packed; see `Lanes.pack`.
    """

    latency = Stage.WRITE - Stage.ISSUE

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = layout = Layout(config)
        self._lanes = Lanes(config)
        self._feedback = layout.pack_feedback(feedback_weights(config))
        self.weights = Ram("weight", layout.weight_depth, config.lanes)
        self.membranes = Ram("membrane", layout.state_depth, config.lanes)
        self.dendrites = Ram("dendrite", layout.state_depth, config.lanes)
        self.reset()

    def reset(self) -> None:
        """Empty the pipeline; memories keep their contents."""
        lanes = np.zeros(self._config.lanes, dtype=np.int64)
        self._f = self._r = self._x = self._w = Issue()
        self._accumulators = Accumulators(self._config)
        self._f_source = self._r_source = self._x_source = 0
        self._f_feedback = self._r_feedback = self._x_feedback = lanes
        self._r_weights = self._r_dendrite = lanes
        self._x_weights = self._x_membrane = self._x_dendrite = lanes
        self._w_membrane = self._w_dendrite = self._w_weights = lanes
        self._w_weight_address: int | None = None
        self._late: tuple[int | None, np.ndarray] = (None, lanes)
        self.spikes: Spikes | None = None

    @property
    def read_done(self) -> bool:
        """Whether a READ operation has fetched its word."""
        return self._x.operation == Operation.READ

    @property
    def read_weights(self) -> np.ndarray:
        """The word of the last READ operation."""
        return self._x_weights

    @property
    def drained(self) -> bool:
        """Whether no operation is under way that has not reached its memory."""
        stages = (self._f, self._r, self._x, self._w)
        return all(stage.operation == Operation.NONE for stage in stages)

    @property
    def hold(self) -> bool:
        """Whether a word is written in this cycle whose memory has one port only."""
        return self._config.memory == "spram" and self._w_weight_address is not None

    @property
    def executing(self) -> Executing:
        """What the lanes are given in this cycle."""
        membrane = self._x_membrane
        if self._x_source:
            membrane = self._accumulators.sum(self._x_source)
        state = self._lanes.unpack(membrane, self._x_dendrite)
        return Executing(self._x, state, self._x_weights, self._x_feedback, self._x_source)

    def answer_zeros(self) -> None:
        """Offer zeros in place of the word of the last READ, from the next cycle on. It is called
        between samples only, when no operation is under way.
        """
        self._x_weights = np.zeros_like(self._x_weights)

    def cycle(self, issue: Issue, load: Access | None) -> dict[str, int]:
        """Live through one cycle and return its record.

        Parameters
        ----------
        issue : Issue
            Operation that enters.
        load : Access or None
            Weight word written by the host.
        """
        done = self._lanes.execute(self.executing)
        record = self._observe(issue)
        self._access_memories(issue)
        self._clock(issue, load, done)
        return record

    def _access_memories(self, issue: Issue) -> None:
        """Read and write all memories; none is read and written at one address in one cycle."""
        operation, f, w = issue.operation, self._f, self._w
        fetches = operation in READS_WEIGHT
        writes = self._w_weight_address is not None
        if self._config.memory == "spram" and fetches and writes:
            raise AssertionError("the only port of the weight memory is used twice in a cycle")
        self.weights.clock(
            issue.weight if fetches else None, self._w_weight_address, self._w_weights
        )
        self.membranes.clock(
            f.state if f.operation in READS_MEMBRANE and not self._f_source else None,
            w.state if w.operation in WRITES_MEMBRANE else None,
            self._w_membrane,
        )
        self.dendrites.clock(
            issue.state if operation in READS_DENDRITE else None,
            w.state if w.operation in WRITES_DENDRITE else None,
            self._w_dendrite,
        )

    def _clock(self, issue: Issue, load: Access | None, done: Executed) -> None:
        """Move every operation one stage on. The memories already show their new outputs; the
        ones before are taken up by registers.
        """
        x, r, f = self._x, self._r, self._f
        self._write_back(x, done, load)
        self.spikes = None
        if x.operation == Operation.NEURON and (x.last or done.fires.any()):
            mask = int((done.fires.astype(np.int64) << np.arange(len(done.fires))).sum())
            self.spikes = Spikes(mask, x.group, x.last)
        self._accumulators.take(x, done.membrane)
        source = self._accumulators.source(issue)
        self._accumulators.issued(issue)

        if r.operation in READS_WEIGHT:
            self._x_weights = self._r_weights
        elif r.operation == Operation.FEEDBACK:
            self._x_weights = np.zeros_like(self._x_weights)
        self._x_membrane, self._x_dendrite = self.membranes.before, self._r_dendrite
        self._r_weights, self._r_dendrite = self.weights.before, self.dendrites.before
        self._x_feedback, self._r_feedback = self._r_feedback, self._f_feedback
        if issue.operation == Operation.FEEDBACK:
            self._f_feedback = self._feedback[issue.feedback]
        self._x_source, self._r_source, self._f_source = self._r_source, self._f_source, source
        self._f, self._r, self._x, self._w = issue, f, r, x

    def _write_back(self, x: Issue, done: Executed, load: Access | None) -> None:
        """Fill the registers in front of the write ports. A single port has one more, as whether
        a word has changed is known late.
        """
        self._w_membrane, self._w_dendrite = done.membrane, done.dendrite
        address, weights = None, done.weights
        single = self._config.memory == "spram"
        if x.operation == Operation.SYNAPSE and x.learn:
            changed = (weights != self._x_weights).any()
            address = x.weight if changed or not single else None
        if load is not None:
            address, weights = load.address, np.array(load.data, dtype=np.int64)
        if single:
            self._late, (address, weights) = (address, weights), self._late
        self._w_weight_address, self._w_weights = address, weights

    def weight_word(self, weights: np.ndarray) -> int:
        """Return weights as the word that the lanes hold, lane 0 lowest."""
        return pack(weights, self._config.weight_bits)

    def membrane_word(self, membranes: np.ndarray) -> int:
        """Return membranes as the word that the membrane memory holds."""
        return pack(membranes, self._layout.membrane_bits)

    def dendrite_word(self, dendrites: np.ndarray) -> int:
        """Return packed dendrites as the word that the dendrite memory holds."""
        return pack(dendrites, word_bits(self._layout.dendrite_fields))

    def _observe(self, issue: Issue) -> dict[str, int]:
        f, x, w, operation = self._f, self._x, self._w, issue.operation
        reads = f.operation in READS_MEMBRANE and not self._f_source
        reads_dendrite = operation in READS_DENDRITE
        fetches = operation in READS_WEIGHT
        writes, writes_dendrite = w.operation in WRITES_MEMBRANE, w.operation in WRITES_DENDRITE
        learns = self._w_weight_address is not None
        feedback = x.operation == Operation.FEEDBACK
        feedback_bits = self._layout.feedback_bits
        return {
            "operation": int(x.operation),
            "membrane_read": int(reads),
            "membrane_read_address": f.state if reads else 0,
            "membrane_write": int(writes),
            "membrane_write_address": w.state if writes else 0,
            "membrane_write_data": self.membrane_word(self._w_membrane) if writes else 0,
            "dendrite_read": int(reads_dendrite),
            "dendrite_read_address": issue.state if reads_dendrite else 0,
            "dendrite_write": int(writes_dendrite),
            "dendrite_write_address": w.state if writes_dendrite else 0,
            "dendrite_write_data": self.dendrite_word(self._w_dendrite) if writes_dendrite else 0,
            "weight_read": int(fetches),
            "weight_read_address": issue.weight if fetches else 0,
            "weights": self.weight_word(self._x_weights) if x.operation in READS_WEIGHT else 0,
            "weight_write": int(learns),
            "weight_write_address": self._w_weight_address if learns else 0,
            "weight_write_data": self.weight_word(self._w_weights) if learns else 0,
            "feedback": pack(self._x_feedback, feedback_bits) if feedback else 0,
            "read_done": int(self.read_done),
            "spikes_valid": int(self.spikes is not None),
            "spikes": self.spikes.bits(self._config) if self.spikes else 0,
        }
