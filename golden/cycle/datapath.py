"""Datapath, clock cycle by clock cycle: issue, read, execute, write.

The arithmetic is the tick view's, applied to one group at a time.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from golden.config import Config
from golden.cycle.control import OPERATIONS, Access, Issue
from golden.cycle.spikes import Spikes
from golden.feedback import feedback_weights
from golden.layout import Layout
from golden.neuron import NeuronParameters, NeuronState
from golden.neuron import step as neuron_step
from golden.plasticity import update
from golden.synapse import accumulate


def _pack(values: np.ndarray, bits: int) -> int:
    """Return a word of signed values, the first lowest."""
    word, mask = 0, (1 << bits) - 1
    for position, value in enumerate(values.tolist()):
        word |= (value & mask) << (position * bits)
    return word


class Datapath:
    """Memories and lanes.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    weights : int array [weight_depth, lanes]
        Contents of the weight memory.
    states : list of NeuronState
        Contents of the state memory.
    """

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = Layout(config)
        self._parameters = [
            NeuronParameters.of(config, layer.index) for layer in self._layout.layers
        ]
        self._feedback = self._layout.pack_feedback(feedback_weights(config))
        self.weights = np.zeros((self._layout.weight_depth, config.lanes), dtype=np.int64)
        self.states = [self._cleared() for _ in range(self._layout.state_depth)]
        self.reset()

    def _cleared(self) -> NeuronState:
        return NeuronState.cleared(self._config.lanes)

    def reset(self) -> None:
        """Empty the pipeline; memories keep their contents."""
        self._r = self._x = Issue()
        self._w_write: tuple[int, np.ndarray] | None = None
        self._w_state = self._cleared()
        self._r_state = self._x_state = self._cleared()
        self._r_forward: str | None = None
        self._r_weights = self._x_weights = self.weights[0]
        self._r_feedback = self._x_feedback = self._feedback[0]
        self.spikes: Spikes | None = None

    @property
    def read_done(self) -> bool:
        """Whether a READ operation has fetched its word."""
        return self._x.operation == "READ"

    @property
    def read_weights(self) -> np.ndarray:
        """The word of the last READ operation."""
        return self._x_weights

    def _execute(self) -> tuple[NeuronState, np.ndarray, np.ndarray]:
        """Return state, weights and spikes that come out of the execute stage."""
        issue, state, weights = self._x, self._x_state, self._x_weights
        fires = np.zeros(self._config.lanes, dtype=bool)
        if issue.operation == "CLEAR":
            return self._cleared(), weights, fires
        if issue.operation == "SYNAPSE":
            transmits = (issue.transmit >> np.arange(self._config.lanes) & 1).astype(bool)
            gain = self._config.gain[issue.layer]
            after = replace(state, membrane=accumulate(state.membrane, weights, transmits, gain))
            open_ = issue.learn & transmits & (state.gate == 1)
            shift, bits = self._config.learning_shift, self._config.weight_bits
            return after, update(weights, state.dendrite, open_, issue.fraction, shift, bits), fires
        if issue.operation == "NEURON":
            after, fires = neuron_step(state, self._parameters[issue.layer])
            return after, weights, fires
        if issue.operation == "FEEDBACK":
            sign = -1 if issue.negative else 1
            return replace(state, dendrite=state.dendrite + sign * self._x_feedback), weights, fires
        return state, weights, fires

    @staticmethod
    def _writes(issue: Issue) -> bool:
        return issue.operation not in ("NONE", "READ")

    def cycle(self, issue: Issue, load: Access | None) -> dict[str, int]:
        """Live through one cycle and return its record.

        Parameters
        ----------
        issue : Issue
            Operation that enters.
        load : Access or None
            Weight word written by the host.
        """
        after, learned, fires = self._execute()
        collides = self._writes(self._x) and self._x.state == issue.state
        record = self._observe(issue, after, collides)
        self._clock(issue, load, after, learned, fires, collides)
        return record

    def _clock(
        self,
        issue: Issue,
        load: Access | None,
        after: NeuronState,
        learned: np.ndarray,
        fires: np.ndarray,
        collides: bool,
    ) -> None:
        if self._w_write is not None:
            self.weights[self._w_write[0]] = self._w_write[1]
        self._w_write = None
        if self._x.operation == "SYNAPSE" and self._x.learn:
            self._w_write = (self._x.weight, learned)
        if load is not None:
            self._w_write = (load.address, np.array(load.data, dtype=np.int64))

        self.spikes = None
        if self._x.operation == "NEURON" and (self._x.last or fires.any()):
            mask = int((fires.astype(np.int64) << np.arange(len(fires))).sum())
            self.spikes = Spikes(mask, self._x.group, self._x.last)

        forwarded = {"x": after, "w": self._w_state, None: self._r_state}[self._r_forward]
        self._x_state, self._w_state = forwarded, after
        if self._r.operation in ("SYNAPSE", "READ"):
            self._x_weights = self._r_weights
        self._x_feedback = self._r_feedback

        self._r_forward = "w" if collides else None
        if self._writes(self._r) and self._r.state == issue.state:
            self._r_forward = "x"
        if self._writes(issue) and not collides:
            self._r_state = self.states[issue.state]
        if self._writes(self._x):
            self.states[self._x.state] = after
        if issue.operation in ("SYNAPSE", "READ"):
            self._r_weights = self.weights[issue.weight].copy()
        if issue.operation == "FEEDBACK":
            self._r_feedback = self._feedback[issue.feedback]
        self._r, self._x = issue, self._r

    def state_word(self, state: NeuronState) -> int:
        """Return a group's state as the word that the state memory holds."""
        layout = self._layout
        widths = (layout.membrane_bits, layout.dendrite_bits, 1, layout.refractory_bits)
        word = offset = 0
        fields = (state.membrane, state.dendrite, state.gate, state.refractory)
        for values in zip(*(field.tolist() for field in fields), strict=True):
            for value, bits in zip(values, widths, strict=True):
                word |= (value & ((1 << bits) - 1)) << offset
                offset += bits
        return word

    def weight_word(self, weights: np.ndarray) -> int:
        """Return weights as the word that the weight memory holds."""
        return _pack(weights, self._config.weight_bits)

    def _observe(self, issue: Issue, after: NeuronState, collides: bool) -> dict[str, int]:
        x, reads = self._x, self._writes(issue) and not collides
        fetches = issue.operation in ("SYNAPSE", "READ")
        writes, learns = self._writes(x), self._w_write is not None
        uses_weights = x.operation in ("SYNAPSE", "READ")
        feedback = self._x_feedback
        return {
            "state_read": int(reads),
            "state_read_address": issue.state if reads else 0,
            "operation": OPERATIONS.index(x.operation),
            "state": self.state_word(self._x_state) if writes else 0,
            "state_write": int(writes),
            "state_write_address": x.state if writes else 0,
            "state_write_data": self.state_word(after) if writes else 0,
            "weight_read": int(fetches),
            "weight_read_address": issue.weight if fetches else 0,
            "weights": self.weight_word(self._x_weights) if uses_weights else 0,
            "weight_write": int(learns),
            "weight_write_address": self._w_write[0] if learns else 0,
            "weight_write_data": self.weight_word(self._w_write[1]) if learns else 0,
            "feedback": _pack(feedback, self._layout.feedback_bits)
            if x.operation == "FEEDBACK"
            else 0,
            "read_done": int(self.read_done),
            "spikes_valid": int(self.spikes is not None),
            "spikes": self.spikes.bits(self._config) if self.spikes else 0,
        }
