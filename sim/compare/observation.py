"""What a machine did in one sample, as far as it shows it: golden model and circuit alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from erbium.golden.core import Core, Result
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState

if TYPE_CHECKING:
    from erbium.sim.engines.native import NativeResult, Sample


@dataclass(frozen=True)
class Observation:
    """What a machine did in a sample. What it does not show is None.

    Attributes
    ----------
    winner : int
    counts : sequence of int
        Output spikes of each class in the window.
    random : RandomState or None
        Random generators after the sample.
    spikes : int array [spikes, 3] or None
        Layer, tick and neuron of every spike, in the order in which they happened.
    output_spikes : sequence of int or None
        What `counts` should be, from the spikes of the last layer themselves.
    words : int or None
        Words of `lanes` synapses issued.
    synaptic_operations : int or None
        Synapses that were handed an event.
    phase_cycles : dict of str to int, or None
        Clock cycles by name of `golden.enums.Phase`.
    """

    winner: int
    counts: Sequence[int] | np.ndarray
    random: RandomState | None = None
    spikes: np.ndarray | None = None
    output_spikes: Sequence[int] | np.ndarray | None = None
    words: int | None = None
    synaptic_operations: int | None = None
    phase_cycles: dict[str, int] | None = None


def of_ticks(core: Core, sample: Sample, label: int, rate: int) -> Observation:
    """Show a sample to the golden model's tick view, which shows everything but cycles."""
    spikes: list[tuple[int, int, int]] = []
    groups = [layer.groups for layer in core.layout.layers]
    words = 0
    for tick in core.ticks(sample, label, rate):
        words += sum(len(e) * g for e, g in zip(tick.events, groups, strict=False))
        for layer, neurons in enumerate(tick.events[1:]):
            spikes.extend((layer, tick.number, neuron) for neuron in neurons.tolist())
    result = core.result()
    return Observation(
        result.winner,
        result.counts,
        core.random,
        np.array(spikes, dtype=np.int64).reshape(-1, 3),
        result.counts,
        words,
        result.synaptic_operations,
    )


def of_model(result: Result, random: RandomState | None) -> Observation:
    """Return what a golden model that keeps no spikes did."""
    operations = result.synaptic_operations
    return Observation(
        result.winner, result.counts, random,
        output_spikes=result.counts, synaptic_operations=operations,
    )  # fmt: skip


def of_circuit(layout: Layout, result: NativeResult) -> Observation:
    """Return what a compiled circuit did; a netlist shows no words."""
    output = result.spikes[:, 0] == len(layout.layers) - 1
    counted = result.spikes[output & (result.spikes[:, 1] >= layout.config.burn_in), 2]
    return Observation(
        result.winner,
        result.counts,
        result.random,
        result.spikes,
        np.bincount(counted.astype(np.int64), minlength=layout.classes),
        result.words,
        None if result.words is None else _operations(layout, result.spikes, result.words),
        result.phase_cycles,
    )


def _operations(layout: Layout, spikes: np.ndarray, words: int) -> int:
    """Return the synaptic operations of a sample: spikes tell those of later layers, and the
    words that are left over those of the first.
    """
    layers = layout.layers
    events = np.bincount(spikes[:, 0].astype(np.int64), minlength=len(layers))[: len(layers) - 1]
    later = list(zip(events.tolist(), layers[1:], strict=True))
    left = words - sum(count * layer.groups for count, layer in later)
    inputs, rest = divmod(left, layers[0].groups)
    # A rest is a word too many or too few: no number of events explains it.
    return -1 if rest else inputs * layers[0].targets + sum(n * y.targets for n, y in later)
