"""The tick view, compiled: every function has a twin of the same meaning in the NumPy model.

Types are left to the compiler, which makes one version for the machine's widths: `m` is a
`golden.fast.machine.Machine`, `s` a `State`.
"""

from __future__ import annotations

import numba
import numpy as np

from golden.config import ALWAYS_TRANSMITS
from golden.synapse import TARGETS_PER_WORD

compiled = numba.njit(cache=True, nogil=True)


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
        if m.transmit < ALWAYS_TRANSMITS:
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
        place = i % TARGETS_PER_WORD
        if i and place == 0:
            word = _xorshift_lanes(word)
        if np.int64((word >> np.uint32(4 * place)) & np.uint32(15)) < m.transmit:
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
