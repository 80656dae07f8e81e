"""What the compiled engine works on: constants and state in flat arrays, layer after layer.

Layers are padded to whole vectors of the processor. Neurons of the padding have weights and
feedback 0, so they neither fire nor learn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS, PER_LAYER, Config
from erbium.golden.feedback import feedback_weights
from erbium.golden.layout import Layout
from erbium.golden.synapse import blank_draws

#: Neurons in the shortest stretch that the compiled loops work on.
BLOCK = 32


class Machine(NamedTuple):
    """Constants of a configuration; arrays have one entry per layer of neurons, but for two.

    `feedback` [classes, neurons] is that of all layers; `draws` [8, 16, targets] holds the draws
    of blank-out that four bits of the random word bring about, by their place and value.
    """

    ticks: int
    burn_in: int
    learning_start: int
    learning_margin: int
    label_period: int
    learns: bool
    learning_shift: int
    stochastic: bool
    weight_limit: int
    state_limit: int
    error_threshold: int
    transmit: int
    phase_bits: int
    bernoulli: bool
    outside: bool
    room: int
    sources: np.ndarray
    targets: np.ndarray
    padded: np.ndarray
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
    draws: np.ndarray


class State(NamedTuple):
    """Everything that changes; `random` is (event, blank, encoder).

    From `active` on, the arrays are scratch: the sample's active inputs with their intensities
    and phases, what fires and the names of it, and, for the layer at hand, the names of its
    neurons, the sum of weights, the change in two parts, and which synapses transmit: a byte of
    all ones, or 0.
    """

    weights: np.ndarray
    membrane: np.ndarray
    dendrite: np.ndarray
    gate: np.ndarray
    refractory: np.ndarray
    plus: np.ndarray
    minus: np.ndarray
    counts: np.ndarray
    random: np.ndarray
    active: np.ndarray
    values: np.ndarray
    phase: np.ndarray
    fires: np.ndarray
    events: np.ndarray
    names: np.ndarray
    total: np.ndarray
    whole: np.ndarray
    rest: np.ndarray
    transmits: np.ndarray


def build_machine(config: Config) -> Machine:
    layout = Layout(config)
    sources = np.array([layer.sources for layer in layout.layers])
    targets = np.array([layer.targets for layer in layout.layers])
    padded = -(-targets // BLOCK) * BLOCK
    sizes = sources * padded
    feedback = [
        np.pad(matrix, ((0, 0), (0, wide - matrix.shape[1])))
        for matrix, wide in zip(feedback_weights(config), padded, strict=True)
    ]
    return Machine(
        ticks=config.ticks,
        burn_in=config.burn_in,
        learning_start=config.learning_start,
        learning_margin=config.learning_margin,
        label_period=config.label_period,
        learns=config.learning,
        learning_shift=config.learning_shift,
        stochastic=config.rounding == "stochastic",
        weight_limit=1 << (config.weight_bits - 1),
        state_limit=1 << (config.state_bits - 1),
        error_threshold=config.error_threshold,
        transmit=config.transmit,
        phase_bits=layout.phase_bits,
        bernoulli=config.encoder == "bernoulli",
        outside=config.encoder == "events",
        room=int(np.iinfo(lane_type(config)).max) >> (config.weight_bits - 1),
        sources=sources,
        targets=targets,
        padded=padded,
        weight_base=np.cumsum(sizes) - sizes,
        state_base=np.cumsum(padded) - padded,
        feedback=np.concatenate(feedback, axis=1).astype(state_type(config)),
        draws=_draws(int(padded.max()) if config.transmit < ALWAYS_TRANSMITS else 0),
        **{
            name: np.array(getattr(config, name))
            for name in PER_LAYER
            # The numbers that only serve to draw weights and feedback have done so already.
            if name not in ("feedback", "weight_init")
        },
    )


def _draws(targets: int) -> np.ndarray:
    """Return the blank-out draws of words of which four bits alone are not 0 [8, 16, targets]:
    first by where the four stand, then by their value.
    """
    single = np.array([blank_draws(1 << bit, targets) for bit in range(32)], dtype=np.uint8)
    draws = np.zeros((8, 16, targets), dtype=np.uint8)
    for place, value, bit in np.ndindex(8, 16, 4):
        if value >> bit & 1:
            draws[place, value] ^= single[4 * place + bit]
    return draws


def build_state(config: Config, machine: Machine) -> State:
    """Return the state of a machine, all 0."""
    neurons, classes, inputs = int(machine.padded.sum()), config.layers[-1], config.layers[0]
    widest = int(max(machine.padded.max(), inputs))
    kind, lane = state_type(config), lane_type(config)
    return State(
        weights=np.zeros(
            int((machine.sources * machine.padded).sum()),
            dtype=np.int8 if config.weight_bits <= 8 else np.int16,
        ),
        **{
            name: np.zeros(neurons, dtype=kind)
            for name in ("membrane", "dendrite", "gate", "refractory")
        },
        **{name: np.zeros(classes, dtype=np.int64) for name in ("plus", "minus", "counts")},
        random=np.zeros(3, dtype=np.uint32),
        **{name: np.zeros(inputs, dtype=np.int32) for name in ("active", "values", "phase")},
        fires=np.zeros(widest, dtype=np.uint8),
        events=np.zeros(widest, dtype=np.int32),
        names=np.arange(widest, dtype=np.int32),
        **{
            name: np.zeros(int(machine.padded.max()), dtype=lane)
            for name in ("total", "whole", "rest")
        },
        transmits=np.zeros(int(machine.padded.max()), dtype=np.int8),
    )


def state_type(config: Config) -> type:
    """Return int32 where every membrane and dendrite fits it, int64 otherwise."""
    layout = Layout(config)
    return np.int32 if max(layout.dendrite_bits, layout.membrane_bits) <= 31 else np.int64


def lane_type(config: Config) -> type:
    """Return the shortest integer for a weight that learns: the weight and its change, each
    part of the change, and the carry must fit.
    """
    change = max(1, Layout(config).dendrite_bits - config.learning_shift)
    widest = max(change, config.weight_bits, config.learning_shift + 1) + 2
    return np.int16 if widest <= 16 else np.int32 if widest <= 32 else np.int64
