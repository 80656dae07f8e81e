"""Neuron: integrate, fire, leak; once per neuron and tick.

The stored membrane already holds this tick's weights and the stored dendrite this tick's error
feedback, so one step saturates both, fires, resets, leaks and opens or closes the gate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from erbium.golden.config import Config
from erbium.golden.fixed import leak, saturate


@dataclass(frozen=True)
class NeuronParameters:
    """The constants of one layer of neurons."""

    state_bits: int
    threshold: int
    refractory: int
    membrane_leak: int
    dendrite_leak: int
    gate_low: int
    gate_high: int

    @classmethod
    def of(cls, config: Config, layer: int) -> NeuronParameters:
        """Return the constants of `layer` (0 for the first hidden layer)."""
        return cls(
            config.state_bits,
            config.threshold[layer],
            config.refractory[layer],
            config.membrane_leak[layer],
            config.dendrite_leak[layer],
            config.gate_low[layer],
            config.gate_high[layer],
        )


@dataclass
class NeuronState:
    """States of a layer or group: membrane, dendrite, gate (0 or 1), refractory; int arrays."""

    membrane: np.ndarray
    dendrite: np.ndarray
    gate: np.ndarray
    refractory: np.ndarray

    @classmethod
    def cleared(cls, count: int) -> NeuronState:
        """Return `count` neurons at the start of a sample: all 0, gates closed."""
        return cls(*(np.zeros(count, dtype=np.int64) for _ in range(4)))


def step(state: NeuronState, p: NeuronParameters) -> tuple[NeuronState, np.ndarray]:
    """Advance neurons by one tick.

    Returns
    -------
    NeuronState
        The next state.
    bool array
        Which neurons fire.
    """
    membrane = saturate(state.membrane, p.state_bits)
    dendrite = saturate(state.dendrite, p.state_bits)
    gate = (p.gate_low < membrane) & (membrane < p.gate_high)
    fires = (state.refractory == 0) & (membrane >= p.threshold)
    after = NeuronState(
        membrane=np.where(fires, 0, leak(membrane, p.membrane_leak)),
        dendrite=leak(dendrite, p.dendrite_leak),
        gate=gate.astype(np.int64),
        refractory=np.where(fires, p.refractory, np.maximum(state.refractory - 1, 0)),
    )
    return after, fires
