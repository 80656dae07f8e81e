"""Synapses: an event adds its weights to the membranes of its targets.

With blank-out (``transmit < 16``) each synapse transmits with probability ``transmit / 16``,
drawn anew for every event and target.
"""

from __future__ import annotations

import numpy as np

from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.golden.rng import xorshift_lanes

#: Targets served by one 32-bit blank-out word: four bits each.
TARGETS_PER_WORD = 8


def transmissions(word: int, targets: int, transmit: int) -> np.ndarray:
    """Draw which synapses of an event transmit.

    Parameters
    ----------
    word : int
        State of the blank-out generator at the event.
    targets : int
        Number of targets.
    transmit : int
        Synapses whose four-bit draw is below this transmit.

    Returns
    -------
    bool array [targets]
    """
    if transmit == ALWAYS_TRANSMITS:
        return np.ones(targets, dtype=bool)
    draws = np.empty(targets, dtype=np.int64)
    for first in range(0, targets, TARGETS_PER_WORD):
        for offset in range(min(TARGETS_PER_WORD, targets - first)):
            draws[first + offset] = (word >> (4 * offset)) & 15
        word = xorshift_lanes(word)
    return draws < transmit


def accumulate(
    membrane: np.ndarray, weight: np.ndarray, transmits: np.ndarray, gain: int
) -> np.ndarray:
    """Add the transmitting weights, exactly: a stored membrane has room for all of a tick."""
    return membrane + np.where(transmits, weight << gain, 0)
