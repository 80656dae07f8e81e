"""Lanes: everything that happens to the neurons and synapses of one group in a clock cycle.

The arithmetic is the tick view's, applied to one group at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from erbium.golden.config import Config
from erbium.golden.cycle.operation import Issue
from erbium.golden.enums import Operation, Stage
from erbium.golden.layout import Layout
from erbium.golden.neuron import NeuronParameters, NeuronState
from erbium.golden.neuron import step as neuron_step
from erbium.golden.plasticity import update
from erbium.golden.synapse import accumulate


@dataclass(frozen=True)
class Executing:
    """What stands in the execute stage.

    Attributes
    ----------
    issue : Issue
        Operation.
    state : NeuronState
        Neurons of the group.
    weights, feedback : int array [lanes]
    forwarded : int
        How many operations ago the membranes were in the lanes; 0 if they come from memory.
    """

    issue: Issue
    state: NeuronState
    weights: np.ndarray
    feedback: np.ndarray
    forwarded: int


@dataclass
class Executed:
    """What leaves the execute stage: membranes, packed dendrites, weights, and which lanes fire."""

    membrane: np.ndarray
    dendrite: np.ndarray
    weights: np.ndarray
    fires: np.ndarray


class Lanes:
    """All lanes of a datapath.

    Parameters
    ----------
    config : Config

    Attributes
    ----------
    latency : int
        Cycles from what the memories put out to what is written.
    """

    latency = Stage.WRITE - Stage.FETCH

    def __init__(self, config: Config) -> None:
        self._config = config
        self._layout = layout = Layout(config)
        self._parameters = [NeuronParameters.of(config, layer.index) for layer in layout.layers]

    def pack(self, state: NeuronState) -> np.ndarray:
        """Return dendrites, gates and refractory counters as they lie in the dendrite memory."""
        word, offset = np.zeros_like(state.dendrite), 0
        for name, bits in self._layout.dendrite_fields.items():
            word |= (getattr(state, name) & ((1 << bits) - 1)) << offset
            offset += bits
        return word

    def unpack(self, membrane: np.ndarray, word: np.ndarray) -> NeuronState:
        """Return neurons, from their membranes and what lies in the dendrite memory."""
        state = NeuronState.cleared(self._config.lanes)
        for name, bits in self._layout.dendrite_fields.items():
            setattr(state, name, word & ((1 << bits) - 1))
            word = word >> bits
        if self._config.learning:
            sign = 1 << (self._layout.dendrite_bits - 1)
            state.dendrite = (state.dendrite ^ sign) - sign
        state.membrane = membrane
        return state

    def execute(self, stage: Executing) -> Executed:
        """Return what the lanes make of an operation."""
        issue, state, weights = stage.issue, stage.state, stage.weights
        fires = np.zeros(self._config.lanes, dtype=bool)
        if issue.operation == Operation.SYNAPSE:
            membrane, weights = self._deliver(stage)
            return Executed(membrane, self.pack(state), weights, fires)
        if issue.operation == Operation.NEURON:
            state, fires = neuron_step(state, self._parameters[issue.layer])
        elif issue.operation == Operation.FEEDBACK:
            dendrite = state.dendrite + (-1 if issue.negative else 1) * stage.feedback
            state = replace(state, dendrite=dendrite)
        else:
            state = NeuronState.cleared(self._config.lanes)
        return Executed(state.membrane, self.pack(state), weights, fires)

    def _deliver(self, stage: Executing) -> tuple[np.ndarray, np.ndarray]:
        """Transmit a word of weights, and learn; return membranes and weights."""
        c, issue, state = self._config, stage.issue, stage.state
        transmits = (issue.transmit >> np.arange(c.lanes) & 1).astype(bool)
        membrane = accumulate(state.membrane, stage.weights, transmits, c.gain[issue.layer])
        open_ = issue.learn & transmits & (state.gate == 1)
        weights = update(
            stage.weights, state.dendrite, open_, issue.fraction, c.learning_shift, c.weight_bits
        )
        return membrane, weights
