"""Plasticity: event-driven random back-propagation (Neftci et al. 2017, arXiv 1612.05596).

When a presynaptic neuron fires, each of its weights moves by ``dendrite * 2**-shift`` if the
target's gate is open. The weight is extended by `shift` random fraction bits, the dendrite is
added, and the fraction is dropped: one addition both learns and rounds stochastically, without
bias for either sign. (With a fraction of one half it rounds to the nearest weight instead, which
exists to show what stochastic rounding is worth.)
"""

from __future__ import annotations

import numpy as np

from erbium.golden.config import Config
from erbium.golden.fixed import round_down, saturate, wrap


def rate_of_tick(config: Config, rate: int, tick: int, lead: int) -> int:
    """Return the rate of a sample's events in a tick, 0 if no weight changes in it.

    Parameters
    ----------
    config : Config
    rate : int
        Rate of the sample.
    tick : int
    lead : int
        Spikes by which the true class leads all others; see `golden.readout.Readout.lead`.
    """
    sure = 0 < config.learning_margin <= lead
    return rate if tick >= config.learning_start and not sure else 0


def learns(word: int, rate: int) -> bool:
    """Say whether the event learns whose generator holds `word`: with probability `rate` / 256.

    Thinning the events changes at run time how fast is learned, without a multiplier or shifter;
    with stochastic rounding the outcome is distributed as with a smaller step.
    """
    return (word >> 24) < rate


def fraction(word: int, shift: int, rounding: str) -> int:
    """Return the fraction bits of an event, shared by its targets.

    Parameters
    ----------
    word : int
        State of the event generator.
    shift : int
        Number of fraction bits.
    rounding : str
        "stochastic" takes random bits, "nearest" always a half.
    """
    return (1 << shift) >> 1 if rounding == "nearest" else wrap(word, shift)


def update(
    weight: np.ndarray,
    dendrite: np.ndarray,
    open_: np.ndarray,
    fraction_bits: np.ndarray | int,
    shift: int,
    weight_bits: int,
) -> np.ndarray:
    """Return the new weights.

    Parameters
    ----------
    weight, dendrite : int array
        Weights and the dendrites of their targets.
    open_ : bool array
        Gate open, synapse transmitting and event learning.
    fraction_bits : int
        Random fraction, 0 to ``2**shift - 1``.
    shift, weight_bits : int
        Step of ``2**-shift``; signed bits of a weight.
    """
    extended = (weight << shift) + fraction_bits + np.where(open_, dendrite, 0)
    return saturate(round_down(extended, shift), weight_bits)
