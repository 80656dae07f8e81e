"""Synapses and their plasticity, compiled."""

from __future__ import annotations

import numpy as np

from golden.config import ALWAYS_TRANSMITS
from golden.fast.compile import compiled, inlined
from golden.fast.rng import xorshift, xorshift_lanes
from golden.synapse import TARGETS_PER_WORD


@inlined
def deliver(m, s, layer, events, rate, learning):
    """Transmit a tick's events to a layer and learn, unless `learning` says that there is nothing
    to learn from: no error so far, so every dendrite is 0.
    """
    targets, first = m.padded[layer], m.state_base[layer]
    begin = m.weight_base[layer]
    whole, rest = s.whole[:targets], s.rest[:targets]
    if learning:
        dendrite, gate = s.dendrite[first : first + targets], s.gate[first : first + targets]
        learning = _split_change(dendrite, gate, m.learning_shift, whole, rest)
    _deliver_events(
        s.weights[begin:], events, s.random, rate if learning else 0, m.learning_shift,
        m.weight_limit, m.transmit, m.room, m.gain[layer],
        s.membrane[first : first + targets], s.total[:targets], whole, rest, s.transmits[:targets],
    )  # fmt: skip


@compiled
def _deliver_events(
    matrix, events, random, rate, learning_shift,
    limit, transmit, room, gain,
    membrane, total, whole, rest, transmits,
):  # fmt: skip
    targets, kind = len(total), total.dtype.type
    step = 1 << learning_shift
    for begin in range(0, len(events), room):
        for source in events[begin : begin + room]:
            weights = matrix[source * targets : source * targets + targets]
            draw, word = random[0], random[1]
            random[0], random[1] = xorshift(draw), xorshift(word)
            learns = np.int64(draw >> np.uint32(24)) < rate
            missing = kind(step - np.int64(draw & np.uint32(step - 1)))
            if transmit < ALWAYS_TRANSMITS:
                _draw_transmissions(transmit, word, transmits)
                _transmit_some(weights, total, transmits)
                if learns:
                    _learn_some(weights, whole, rest, missing, limit, transmits)
            else:
                _transmit(weights, total)
                if learns:
                    _learn(weights, whole, rest, missing, limit)
        _flush(total, membrane, membrane.dtype.type(gain))


@compiled
def _split_change(dendrite, gate, learning_shift, whole, rest):
    """Divide the gated dendrites by ``2**learning_shift``; return whether any differs from 0."""
    kind = dendrite.dtype.type
    shift, mask = kind(learning_shift), kind((1 << learning_shift) - 1)
    some = kind(0)
    for i in range(len(whole)):
        change = kind(dendrite[i] & gate[i])
        whole[i] = kind(change >> shift)
        rest[i] = kind(change & mask)
        some |= change
    return some != 0


@compiled
def _draw_transmissions(transmit, word, transmits):
    """Set `transmits` to all ones where an event's synapse transmits, and to 0 elsewhere."""
    below = np.int32(transmit)
    for first in range(0, len(transmits), TARGETS_PER_WORD):
        part = transmits[first : first + TARGETS_PER_WORD]
        for i in range(TARGETS_PER_WORD):
            draw = np.int32(np.uint32(word >> np.uint32(4 * i)) & np.uint32(15))
            part[i] = -np.int32(draw < below)
        word = xorshift_lanes(word)


@compiled
def _transmit(weights, total):
    for i in range(len(total)):
        total[i] += weights[i]


@compiled
def _transmit_some(weights, total, transmits):
    for i in range(len(total)):
        total[i] += weights[i] & transmits[i]


@compiled
def _learn(weights, whole, rest, missing, limit):
    """Add ``(change + fraction) >> learning_shift`` to the weights.

    `whole` and `rest` are the change divided by ``2**learning_shift``, and `missing` is what
    the remainder must reach to carry: ``2**learning_shift - fraction``.
    """
    kind = whole.dtype.type
    lowest, highest = kind(-limit), kind(limit - 1)
    for i in range(len(weights)):
        moved = kind(kind(weights[i] + whole[i]) + kind(rest[i] >= missing))
        weights[i] = min(max(moved, lowest), highest)


@compiled
def _learn_some(weights, whole, rest, missing, limit, transmits):
    kind = whole.dtype.type
    lowest, highest = kind(-limit), kind(limit - 1)
    for i in range(len(weights)):
        moved = kind(kind(weights[i] + whole[i]) + kind(rest[i] >= missing))
        moved = min(max(moved, lowest), highest)
        weights[i] = kind(moved & transmits[i]) | kind(weights[i] & ~transmits[i])


@compiled
def _flush(total, membrane, gain):
    """Add what the synapses brought to the membranes."""
    kind = membrane.dtype.type
    for i in range(len(total)):
        membrane[i] += kind(total[i]) << gain
        total[i] = 0
