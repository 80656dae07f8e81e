"""The tick view, compiled: every function means what one of the NumPy model does.

Loops run over whole rows of a padded layer and hold no branch, so that they become vector
instructions. Numba widens the result of every operation to 64 bits; the casts narrow it again,
which the compiler then does from the start. It cannot for ``>>``, which may shift by more than the
narrow type has bits: NumPy's `right_shift` keeps the type. `m` is a
`golden.fast.machine.Machine`, `s` a `State`.

All functions stand in one file because Numba's cache on disk notices changes of this file only:
a function compiled elsewhere would be taken from the cache as it was.
"""

from __future__ import annotations

import numba
import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS

# Without `_nrt=False`, each call would count references to all arrays of `m` and `s`, which takes
# five times as long as the work. Nothing here allocates, so nothing needs to be counted.
compiled = numba.njit(cache=True, nogil=True, _nrt=False)

#: Mask of the lowest four bits of a word.
_NIBBLE = np.uint32(15)

#: For functions of `m` and `s`, which a call would copy.
inlined = numba.njit(cache=True, nogil=True, _nrt=False, inline="always")


@compiled
def _xorshift(state):
    state = np.uint32(state ^ (state << np.uint32(13)))
    state = np.uint32(state ^ (state >> np.uint32(17)))
    return np.uint32(state ^ (state << np.uint32(5)))


@compiled
def _collect(fires, names, events):
    """Write the names of what fires into `events`; return their number.

    Eight that are silent, as most neurons are, cost one comparison.
    """
    found, whole = 0, len(fires) // 8
    words = fires[: 8 * whole].view(np.uint64)
    for word in range(whole):
        if words[word]:
            # Always eight, which the compiler writes out; with the rest below it takes longer.
            for i in range(8 * word, 8 * word + 8):
                events[found] = names[i]
                found += fires[i]
    for i in range(8 * whole, len(fires)):
        events[found] = names[i]
        found += fires[i]
    return found


@inlined
def _encode(m, s, tick, count):
    """Write a tick's input events into `s.events`; return their number."""
    values, phase, fires = s.values[:count], s.phase[:count], s.fires[:count]
    mask, bits = np.int32((1 << m.phase_bits) - 1), np.int32(m.phase_bits)
    if m.bernoulli or tick == 0:
        random = s.random[2]
        for i in range(count):
            phase[i] = random & np.uint32(mask)
            random = _xorshift(random)
        s.random[2] = random
    if m.bernoulli:
        for i in range(count):
            fires[i] = phase[i] < values[i]
    else:
        for i in range(count):
            total = np.int32(phase[i] + values[i])
            fires[i] = np.right_shift(total, bits)
            phase[i] = np.int32(total & mask)
    return _collect(fires, s.active[:count], s.events)


@inlined
def _take_outside(s, outside, cursor):
    """Write a tick's events from outside into `s.events`; return their number."""
    found = 0
    while outside[cursor + found] >= 0:
        s.events[found] = outside[cursor + found]
        found += 1
    return found


@inlined
def _deliver(m, s, layer, events, rate, learning):
    """Transmit a tick's events to a layer and learn, unless `learning` says that no weight changes:
    not yet, or there was no error so far, so every dendrite is 0.
    """
    targets, first = m.padded[layer], m.state_base[layer]
    begin = m.weight_base[layer]
    whole, rest = s.whole[:targets], s.rest[:targets]
    if learning:
        dendrite, gate = s.dendrite[first : first + targets], s.gate[first : first + targets]
        learning = _split_change(dendrite, gate, m.learning_shift, whole, rest)
    _deliver_events(
        s.weights[begin:], events, s.random, rate if learning else 0, m.learns, m.learning_shift,
        m.stochastic, m.weight_limit, m.transmit, m.room, m.gain[layer],
        s.membrane[first : first + targets], s.total[:targets], whole, rest, s.transmits[:targets],
        m.draws,
    )  # fmt: skip


@compiled
def _deliver_events(
    matrix, events, random, rate, steps, learning_shift,
    stochastic, limit, transmit, room, gain,
    membrane, total, whole, rest, transmits, draws,
):  # fmt: skip
    targets, kind = len(total), total.dtype.type
    step = 1 << learning_shift
    for begin in range(0, len(events), room):
        for source in events[begin : begin + room]:
            weights = matrix[source * targets : source * targets + targets]
            draw, word = random[0], random[1]
            if steps:
                random[0] = _xorshift(draw)
            learns = np.int64(draw >> np.uint32(24)) < rate
            fraction = np.int64(draw & np.uint32(step - 1)) if stochastic else step >> 1
            missing = kind(step - fraction)
            if transmit < ALWAYS_TRANSMITS:
                random[1] = _xorshift(word)
                _draw_transmissions(draws, word, transmit, transmits)
                if learns:
                    _transmit_and_learn_some(weights, total, whole, rest, missing, limit, transmits)
                else:
                    _transmit_some(weights, total, transmits)
            elif learns:
                _transmit_and_learn(weights, total, whole, rest, missing, limit)
            else:
                _transmit(weights, total)
        _flush(total, membrane, membrane.dtype.type(gain))


@compiled
def _split_change(dendrite, gate, learning_shift, whole, rest):
    """Divide the gated dendrites by ``2**learning_shift``; return whether any differs from 0."""
    kind = dendrite.dtype.type
    shift, mask = kind(learning_shift), kind((1 << learning_shift) - 1)
    some = kind(0)
    for i in range(len(whole)):
        change = kind(dendrite[i] & gate[i])
        whole[i] = np.right_shift(change, shift)
        rest[i] = kind(change & mask)
        some |= change
    return some != 0


@compiled
def _draw_transmissions(draws, word, transmit, transmits):
    """Draw which synapses of an event transmit: all ones where the draw is below `transmit`.

    Each bit of a draw is an XOR of bits of `word`. So an event's draws are the XOR of those of
    eight words that keep four bits of it each, which `draws` [8, 16, targets] holds.
    """
    a, b = draws[0, word & _NIBBLE], draws[1, (word >> np.uint32(4)) & _NIBBLE]
    c, d = draws[2, (word >> np.uint32(8)) & _NIBBLE], draws[3, (word >> np.uint32(12)) & _NIBBLE]
    e, f = draws[4, (word >> np.uint32(16)) & _NIBBLE], draws[5, (word >> np.uint32(20)) & _NIBBLE]
    g, h = draws[6, (word >> np.uint32(24)) & _NIBBLE], draws[7, word >> np.uint32(28)]
    below = np.uint8(transmit)
    for i in range(len(transmits)):
        draw = np.uint8(a[i] ^ b[i] ^ c[i] ^ d[i] ^ e[i] ^ f[i] ^ g[i] ^ h[i])
        transmits[i] = -np.int8(draw < below)


@compiled
def _transmit(weights, total):
    for i in range(len(total)):
        total[i] += weights[i]


@compiled
def _transmit_some(weights, total, transmits):
    for i in range(len(total)):
        total[i] += weights[i] & transmits[i]


@compiled
def _transmit_and_learn(weights, total, whole, rest, missing, limit):
    """Transmit, then add ``(change + fraction) >> learning_shift`` to the weights.

    `whole` and `rest` are the change divided by ``2**learning_shift``, and `missing` is what
    the remainder must reach to carry: ``2**learning_shift - fraction``.
    """
    kind = whole.dtype.type
    lowest, highest = kind(-limit), kind(limit - 1)
    for i in range(len(total)):
        total[i] += weights[i]
        moved = kind(kind(weights[i] + whole[i]) + kind(rest[i] >= missing))
        weights[i] = min(max(moved, lowest), highest)


@compiled
def _transmit_and_learn_some(weights, total, whole, rest, missing, limit, transmits):
    """Do both, as above, where `transmits` is all ones; nothing changes where it is 0."""
    kind = whole.dtype.type
    lowest, highest = kind(-limit), kind(limit - 1)
    for i in range(len(total)):
        total[i] += weights[i] & transmits[i]
        carry = kind(rest[i] >= missing)
        moved = kind(weights[i] + kind(kind(whole[i] + carry) & transmits[i]))
        weights[i] = min(max(moved, lowest), highest)


@compiled
def _flush(total, membrane, gain):
    """Add what the synapses brought to the membranes."""
    kind = membrane.dtype.type
    for i in range(len(total)):
        membrane[i] += kind(total[i]) << gain
        total[i] = 0


@inlined
def _step_neurons(m, s, layer):
    """Advance a layer by one tick; write what fires into `s.events`, return how many."""
    targets, first = m.padded[layer], m.state_base[layer]
    membrane, dendrite = s.membrane[first : first + targets], s.dendrite[first : first + targets]
    gate, rested = s.gate[first : first + targets], s.refractory[first : first + targets]
    fires = s.fires[:targets]
    kind = membrane.dtype.type
    one, zero = kind(1), kind(0)
    highest, lowest = kind(m.state_limit - 1), kind(-m.state_limit)
    low, high = kind(m.gate_low[layer]), kind(m.gate_high[layer])
    threshold, refractory = kind(m.threshold[layer]), kind(m.refractory[layer])
    leak, dendrite_leak = kind(m.membrane_leak[layer]), kind(m.dendrite_leak[layer])
    carry, dendrite_carry = kind((1 << leak) - 1), kind((1 << dendrite_leak) - 1)
    for i in range(targets):
        v = min(max(membrane[i], lowest), highest)
        u = min(max(dendrite[i], lowest), highest)
        gate[i] = -kind((v > low) & (v < high))
        up = dendrite_carry if u > zero else zero
        dendrite[i] = kind(u - np.right_shift(kind(u + up), dendrite_leak))
        up = carry if v > zero else zero
        rest = kind(v - np.right_shift(kind(v + up), leak))
        fire = (rested[i] == zero) & (v >= threshold)
        still = kind(kind(fire) - one)
        membrane[i] = rest & still
        rested[i] = kind(refractory & ~still) | kind(max(kind(rested[i] - one), zero) & still)
        fires[i] = fire
    return _collect(fires, s.names[:targets], s.events)


@compiled
def _count(spikes, counts, winner):
    """Count output spikes; return the winner."""
    for k in spikes:
        counts[k] += 1
        if counts[k] > counts[winner]:
            winner = k
    return winner


@compiled
def _lead(counts, label):
    """Return by how many spikes the true class leads all others."""
    most = 0
    for k in range(len(counts)):
        if k != label:
            most = max(most, counts[k])
    return counts[label] - most


@compiled
def _find_errors(spikes, label, labelled, threshold, plus, minus, dendrite, feedback):
    """Compare a tick's output spikes with the label; return whether any error spike came."""
    answered = erred = False
    for k in spikes:
        answered |= k == label
        difference = np.int64(labelled and k == label) - 1
        erred |= _error(k, difference, threshold, plus, minus, dendrite, feedback)
    if labelled and not answered:
        erred |= _error(label, 1, threshold, plus, minus, dendrite, feedback)
    return erred


@compiled
def _error(k, difference, threshold, plus, minus, dendrite, feedback):
    """Give a class its spikes of this tick and feed an error spike back; return whether one
    came.
    """
    plus[k] = max(plus[k] + difference, 0)
    minus[k] = max(minus[k] - difference, 0)
    if plus[k] >= threshold:
        plus[k] -= threshold
        _add(dendrite, feedback[k], 1)
        return True
    if minus[k] >= threshold:
        minus[k] -= threshold
        _add(dendrite, feedback[k], -1)
        return True
    return False


@compiled
def _add(dendrite, feedback, sign):
    kind = dendrite.dtype.type
    for i in range(len(dendrite)):
        dendrite[i] += kind(feedback[i] * kind(sign))


@inlined
def _clear(s):
    s.membrane[:] = 0
    s.dendrite[:] = 0
    s.gate[:] = 0
    s.refractory[:] = 0
    s.plus[:] = 0
    s.minus[:] = 0
    s.counts[:] = 0


@compiled
def run_sample(m, s, sample, outside, label, rate):
    """Show one sample; return the winner and the number of synaptic operations.

    `sample` [inputs] holds intensities; `outside` holds the events of encoder "events" with
    ``-1`` after each tick.
    """
    _clear(s)
    active = 0
    for source in range(len(sample)):
        s.active[active] = source
        s.values[active] = sample[source]
        active += sample[source] != 0
    winner = operations = cursor = 0
    erred = False
    for tick in range(m.ticks):
        if m.outside:
            found = _take_outside(s, outside, cursor)
            cursor += found + 1
        else:
            found = _encode(m, s, tick, active)
        learning = erred and tick >= m.learning_start
        if learning and m.learning_margin > 0:
            learning = _lead(s.counts, label) < m.learning_margin
        for layer in range(len(m.targets)):
            _deliver(m, s, layer, s.events[:found], rate, learning)
            operations += found * m.targets[layer]
            found = _step_neurons(m, s, layer)
        if tick >= m.burn_in:
            spikes = s.events[:found]
            winner = _count(spikes, s.counts, winner)
            if rate > 0:
                labelled = (tick - m.burn_in) % m.label_period == 0
                erred |= _find_errors(
                    spikes, label, labelled, m.error_threshold,
                    s.plus, s.minus, s.dendrite, m.feedback,
                )  # fmt: skip
    return winner, operations


@compiled
def run_samples(m, s, samples, labels, rate, winners, counts):
    """Show samples [count, inputs] one after another; fill `winners` [count] and `counts`
    [count, classes], and return the number of synaptic operations.
    """
    nothing = labels[:0]
    total = 0
    for i in range(len(samples)):
        winners[i], operations = run_sample(m, s, samples[i], nothing, labels[i], rate)
        for k in range(len(s.counts)):
            counts[i, k] = s.counts[k]
        total += operations
    return total
