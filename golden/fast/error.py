"""Read-out and error neurons, compiled."""

from __future__ import annotations

import numpy as np

from golden.fast.compile import compiled


@compiled
def count(spikes, counts, winner):
    """Count output spikes; return the winner."""
    for k in spikes:
        counts[k] += 1
        if counts[k] > counts[winner]:
            winner = k
    return winner


@compiled
def find_errors(spikes, label, labelled, threshold, plus, minus, dendrite, feedback):
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
