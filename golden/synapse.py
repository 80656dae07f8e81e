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


def blank_draws(word: int, targets: int) -> np.ndarray:
    """Return an event's draws for blank-out, of four bits, one for each target.

    Every bit of a draw is an XOR of bits of `word`: the draws of two words' XOR are the XOR of
    their draws.

    Parameters
    ----------
    word : int
        State of the blank-out generator at the event.
    targets : int
        Number of targets.

    Returns
    -------
    int array [targets]
    """
    draws = np.empty(targets, dtype=np.int64)
    for first in range(0, targets, TARGETS_PER_WORD):
        for offset in range(min(TARGETS_PER_WORD, targets - first)):
            draws[first + offset] = (word >> (4 * offset)) & 15
        word = xorshift_lanes(word)
    return draws


def transmissions(word: int, targets: int, transmit: int) -> np.ndarray:
    """Say which synapses of an event transmit: bool array [targets], true where the draw is below
    `transmit`.
    """
    if transmit == ALWAYS_TRANSMITS:
        return np.ones(targets, dtype=bool)
    return blank_draws(word, targets) < transmit


def accumulate(
    membrane: np.ndarray, weight: np.ndarray, transmits: np.ndarray, gain: int
) -> np.ndarray:
    """Add the transmitting weights, exactly: a stored membrane has room for all of a tick."""
    return membrane + np.where(transmits, weight << gain, 0)
