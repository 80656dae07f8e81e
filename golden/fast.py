"""The tick view, compiled: the same numbers as `golden.core`, some hundred times as fast.

Every function here has a twin of the same meaning in the NumPy model and is tested against it,
bit for bit. Arrays of all layers lie in one piece each, layer after layer, because the compiler
likes that; `FastCore` hides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numba
import numpy as np

from golden.config import Config
from golden.core import FULL_RATE, Result
from golden.encoder import active_inputs
from golden.feedback import feedback_weights, initial_weights
from golden.layout import Layout
from golden.rng import RandomState
from golden.validate import check_label, check_rate, check_sample, check_weights

compiled = numba.njit(cache=True, nogil=True)


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
    classes: int
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


@compiled
def _xorshift(state):
    state = np.uint32(state ^ (state << np.uint32(13)))
    state = np.uint32(state ^ (state >> np.uint32(17)))
    return np.uint32(state ^ (state << np.uint32(5)))


@compiled
def _xorshift_lanes(state):
    state = np.uint32(state ^ (state << np.uint32(2)))
    state = np.uint32(state ^ (state >> np.uint32(15)))
    return np.uint32(state ^ (state << np.uint32(25)))


@compiled
def _saturate(value, limit):
    return max(-limit, min(limit - 1, value))


@compiled
def _leak(value, shift):
    carry = (1 << shift) - 1 if value > 0 else 0
    return value - ((value + carry) >> shift)


@compiled
def _encode(m, random, tick, indices, values, phase, events):
    """Write a tick's input events into `events`; return their number."""
    found = 0
    mask = np.uint32((1 << m.phase_bits) - 1)
    for position in range(len(indices)):
        if m.bernoulli:
            fires = (random[2] & mask) < values[position]
            random[2] = _xorshift(random[2])
        else:
            if tick == 0:
                phase[position] = random[2] & mask
                random[2] = _xorshift(random[2])
            total = phase[position] + values[position]
            phase[position] = total & mask
            fires = total >> m.phase_bits == 1
        if fires:
            events[found] = indices[position]
            found += 1
    return found


@compiled
def _deliver(m, s, layer, events, rate, change):
    """Transmit a tick's events to a layer and learn. `change` is the gated dendrite, or empty
    where no dendrite differs from 0, so that learning could change nothing.
    """
    targets = m.targets[layer]
    gain = m.gain[layer]
    shift = m.learning_shift
    first = m.state_base[layer]
    membrane = s.membrane[first : first + targets]
    mask = np.uint32((1 << shift) - 1)
    shift, gain = membrane.dtype.type(shift), membrane.dtype.type(gain)
    limit = membrane.dtype.type(m.weight_limit)
    for source in events:
        row = m.weight_base[layer] + source * targets
        weights = s.weights[row : row + targets]
        learns = np.int64(s.random[0] >> np.uint32(24)) < rate and len(change) > 0
        fraction = membrane.dtype.type(s.random[0] & mask)
        if m.transmit < 16:
            _deliver_some(m, s.random[1], weights, membrane, gain, change, learns, fraction)
        elif learns:
            for i in range(targets):
                old = membrane.dtype.type(weights[i])
                membrane[i] += old << gain
                weights[i] = _saturate(((old << shift) + fraction + change[i]) >> shift, limit)
        else:
            for i in range(targets):
                membrane[i] += membrane.dtype.type(weights[i]) << gain
        s.random[0] = _xorshift(s.random[0])
        s.random[1] = _xorshift(s.random[1])


@compiled
def _deliver_some(m, word, weights, membrane, gain, change, learns, fraction):
    """Deliver one event with blank-out: only synapses that transmit add and learn."""
    shift = m.learning_shift
    for i in range(len(weights)):
        if i and i % 8 == 0:
            word = _xorshift_lanes(word)
        if np.int64((word >> np.uint32(4 * (i % 8))) & np.uint32(15)) < m.transmit:
            old = membrane.dtype.type(weights[i])
            membrane[i] += old << gain
            if learns:
                moved = ((old << shift) + fraction + change[i]) >> shift
                weights[i] = _saturate(moved, m.weight_limit)


@compiled
def _step_neurons(m, s, layer, fired):
    """Advance a layer by one tick; write the firing neurons into `fired`, return their number."""
    found = 0
    limit = m.state_limit
    for target in range(m.targets[layer]):
        i = m.state_base[layer] + target
        membrane = _saturate(s.membrane[i], limit)
        dendrite = _saturate(s.dendrite[i], limit)
        s.gate[i] = m.gate_low[layer] < membrane < m.gate_high[layer]
        s.dendrite[i] = _leak(dendrite, m.dendrite_leak[layer])
        if s.refractory[i] == 0 and membrane >= m.threshold[layer]:
            s.membrane[i] = 0
            s.refractory[i] = m.refractory[layer]
            fired[found] = target
            found += 1
        else:
            s.membrane[i] = _leak(membrane, m.membrane_leak[layer])
            s.refractory[i] = max(s.refractory[i] - 1, 0)
    return found


@compiled
def _error(m, s, k, label, prediction):
    """Give a class its spikes of this tick and feed an error spike back; return whether one
    came.
    """
    difference = label - prediction
    s.plus[k] = max(s.plus[k] + difference, 0)
    s.minus[k] = max(s.minus[k] - difference, 0)
    if s.plus[k] >= m.error_threshold:
        s.plus[k] -= m.error_threshold
        s.dendrite[:] += m.feedback[k]
    elif s.minus[k] >= m.error_threshold:
        s.minus[k] -= m.error_threshold
        s.dendrite[:] -= m.feedback[k]
    else:
        return False
    return True


@compiled
def _read_out(m, s, tick, spikes, label, learns, winner):
    """Count output spikes and, if the sample is learned, make errors; return the winner, and
    whether any error spike came.
    """
    labelled = learns and (tick - m.burn_in) % m.label_period == 0
    answered = erred = False
    for k in spikes:
        s.counts[k] += 1
        if s.counts[k] > s.counts[winner]:
            winner = k
        if learns:
            answered |= k == label
            erred |= _error(m, s, k, np.int64(labelled and k == label), 1)
    if labelled and not answered:
        erred |= _error(m, s, label, 1, 0)
    return winner, erred


@compiled
def run_sample(m, s, indices, values, outside, label, rate):
    """Show one sample; return the winner and the number of synaptic operations.

    `outside` [inputs] holds the events of encoder "events" with ``-1`` after each tick.
    """
    s.membrane[:] = 0
    s.dendrite[:] = 0
    s.gate[:] = 0
    s.refractory[:] = 0
    s.plus[:] = 0
    s.minus[:] = 0
    s.counts[:] = 0
    phase = np.zeros(len(indices), dtype=np.int64)
    events = np.empty(max(m.sources.max(), m.targets.max()), dtype=np.int64)
    change = np.zeros(m.targets.max(), dtype=s.dendrite.dtype)
    winner = operations = cursor = 0
    erred = False
    for tick in range(m.ticks):
        found = 0
        if m.outside:
            while outside[cursor] >= 0:
                events[found] = outside[cursor]
                found += 1
                cursor += 1
            cursor += 1
        else:
            found = _encode(m, s.random, tick, indices, values, phase, events)
        for layer in range(len(m.targets)):
            count = m.targets[layer] if erred else 0
            for i in range(count):
                j = m.state_base[layer] + i
                change[i] = s.dendrite[j] if s.gate[j] else 0
            _deliver(m, s, layer, events[:found], rate, change[:count])
            operations += found * m.targets[layer]
            found = _step_neurons(m, s, layer, events)
        if tick >= m.burn_in:
            winner, now = _read_out(m, s, tick, events[:found], label, rate > 0, winner)
            erred |= now
    return winner, operations


def _machine(config: Config) -> Machine:
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
        classes=layout.classes,
        sources=np.array([layer.sources for layer in layers]),
        targets=targets,
        weight_base=np.cumsum(sizes) - sizes,
        state_base=np.cumsum(targets) - targets,
        feedback=np.concatenate(feedback_weights(config), axis=1).astype(_state_type(config)),
        **{
            name: np.array(getattr(config, name))
            for name in (
                "threshold",
                "refractory",
                "membrane_leak",
                "dendrite_leak",
                "gain",
                "gate_low",
                "gate_high",
            )
        },
    )


def _state_type(config: Config) -> type:
    """Return int32 where every exact number of the machine fits it, int64 otherwise."""
    layout = Layout(config)
    widest = max(config.weight_bits + config.learning_shift, layout.dendrite_bits) + 1
    return np.int32 if max(widest, layout.membrane_bits) <= 31 else np.int64


class FastCore:
    """The golden model, compiled; in use like `golden.core.Core`, without its per-tick view.

    Parameters
    ----------
    config : Config
        The machine.
    weights : list of int array [sources, targets], optional
        Start from these instead of the configuration's initial weights.
    """

    def __init__(self, config: Config, weights: Sequence[np.ndarray] | None = None) -> None:
        self.config = config
        self.layout = Layout(config)
        self._machine = _machine(config)
        neurons, classes = sum(config.layers[1:]), self.layout.classes
        kind, small = _state_type(config), np.int8 if config.weight_bits <= 8 else np.int16
        total = sum(layer.sources * layer.targets for layer in self.layout.layers)
        self._state = State(
            weights=np.zeros(total, dtype=small),
            membrane=np.zeros(neurons, dtype=kind),
            dendrite=np.zeros(neurons, dtype=kind),
            gate=np.zeros(neurons, dtype=np.bool_),
            refractory=np.zeros(neurons, dtype=np.int64),
            plus=np.zeros(classes, dtype=np.int64),
            minus=np.zeros(classes, dtype=np.int64),
            counts=np.zeros(classes, dtype=np.int64),
            random=np.zeros(3, dtype=np.uint32),
        )
        self.load(initial_weights(config) if weights is None else weights)
        self.reset()

    def load(self, weights: Sequence[np.ndarray]) -> None:
        """Replace all weights."""
        check_weights(self.layout, weights)
        self._state.weights[:] = np.concatenate([np.ravel(matrix) for matrix in weights])

    @property
    def weights(self) -> list[np.ndarray]:
        """The weights [sources, targets] of every layer; copies."""
        return [
            self._state.weights[base : base + layer.sources * layer.targets]
            .reshape(layer.sources, layer.targets)
            .astype(np.int64)
            for layer, base in zip(self.layout.layers, self._machine.weight_base, strict=True)
        ]

    def reset(self) -> None:
        """Do what the reset wire does: random generators to their seeds, weights unchanged."""
        self.random = RandomState.seeded(self.config.seed)

    @property
    def random(self) -> RandomState:
        """States of the random generators; assign to replace them."""
        return RandomState(*self._state.random.tolist())

    @random.setter
    def random(self, random: RandomState) -> None:
        self._state.random[:] = (random.event, random.blank, random.encoder)

    def run(
        self, sample: np.ndarray | Sequence[Sequence[int]], label: int = 0, rate: int = FULL_RATE
    ) -> Result:
        """Show one sample, learning if `rate` is not 0, and return the outcome."""
        check_sample(self.layout, sample)
        check_label(self.layout, label)
        check_rate(rate)
        indices = values = outside = np.empty(0, dtype=np.int64)
        if self.config.encoder == "events":
            outside = np.array([i for tick in sample for i in (*tick, -1)], dtype=np.int64)
        else:
            indices, values = active_inputs(np.asarray(sample))
        winner, operations = run_sample(
            self._machine, self._state, indices, values, outside, label, rate
        )
        return Result(int(winner), self._state.counts.copy(), int(operations))
