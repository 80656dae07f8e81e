"""What the compiled engine works on: constants and state in flat arrays, layer after layer."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from golden.config import PER_LAYER, Config
from golden.feedback import feedback_weights
from golden.layout import Layout


class Machine(NamedTuple):
    """Constants of a configuration; arrays have one entry per layer of neurons."""

    ticks: int
    burn_in: int
    label_period: int
    learning_shift: int
    weight_limit: int
    state_limit: int
    error_threshold: int
    transmit: int
    phase_bits: int
    bernoulli: bool
    outside: bool
    sources: np.ndarray
    targets: np.ndarray
    weight_base: np.ndarray
    state_base: np.ndarray
    threshold: np.ndarray
    refractory: np.ndarray
    membrane_leak: np.ndarray
    dendrite_leak: np.ndarray
    gain: np.ndarray
    gate_low: np.ndarray
    gate_high: np.ndarray
    feedback: np.ndarray


class State(NamedTuple):
    """Everything that changes; `random` is (event, blank, encoder)."""

    weights: np.ndarray
    membrane: np.ndarray
    dendrite: np.ndarray
    gate: np.ndarray
    refractory: np.ndarray
    plus: np.ndarray
    minus: np.ndarray
    counts: np.ndarray
    random: np.ndarray


def build_machine(config: Config) -> Machine:
    layout = Layout(config)
    layers = layout.layers
    sizes = np.array([layer.sources * layer.targets for layer in layers])
    targets = np.array([layer.targets for layer in layers])
    return Machine(
        ticks=config.ticks,
        burn_in=config.burn_in,
        label_period=config.label_period,
        learning_shift=config.learning_shift,
        weight_limit=1 << (config.weight_bits - 1),
        state_limit=1 << (config.state_bits - 1),
        error_threshold=config.error_threshold,
        transmit=config.transmit,
        phase_bits=layout.phase_bits,
        bernoulli=config.encoder == "bernoulli",
        outside=config.encoder == "events",
        sources=np.array([layer.sources for layer in layers]),
        targets=targets,
        weight_base=np.cumsum(sizes) - sizes,
        state_base=np.cumsum(targets) - targets,
        feedback=np.concatenate(feedback_weights(config), axis=1).astype(state_type(config)),
        **{
            name: np.array(getattr(config, name))
            for name in PER_LAYER
            # The numbers that only serve to draw weights and feedback have done so already.
            if name not in ("feedback", "weight_init")
        },
    )


def state_type(config: Config) -> type:
    """Return int32 where every exact number of the machine fits it, int64 otherwise."""
    layout = Layout(config)
    widest = max(config.weight_bits + config.learning_shift, layout.dendrite_bits) + 1
    return np.int32 if max(widest, layout.membrane_bits) <= 31 else np.int64
