"""Comparison of the circuit with the golden model, sample by sample; see sim/compare/cosim.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from erbium.golden.config import Config
from erbium.golden.enums import Phase
from erbium.golden.rng import RandomState
from erbium.sim.engines.native import NativeResult


@dataclass(frozen=True)
class CosimReport:
    """Outcome of `cosimulate`. An "equal" is False if there was nothing to compare.

    Attributes
    ----------
    preset : str
    lanes, samples : int
    cycles : int
        Clock cycles of all samples, waiting for the first sample's inputs included.
    cycles_per_phase : dict
        The same cycles by name of `golden.enums.Phase`.
    synaptic_operations : int
        Synapses that were handed an event, counted by the golden model.
    words : int or None
        Words of `lanes` synapses issued, counted in the circuit; None if it is a netlist, in
        which they cannot be seen.
    words_expected : int
        The same from the golden model: events times groups.
    synapse_cycles : int
        Cycles of phase SYNAPSE.
    word_utilisation : float or None
        Share of them in which a word was issued.
    predictions_equal, spikes_equal, random_equal, weights_equal : bool
        Predictions: winner and counts of each sample. Random: all generators after each sample.
    spikes_compared, weights_compared : int
    first_mismatch : str or None
        One line: where the two differ first.
    simulator_seconds : float
        Time inside of the simulated circuit, without building it.
    cycles_per_second : float
    """

    preset: str
    lanes: int
    samples: int
    cycles: int
    cycles_per_phase: dict[str, int]
    synaptic_operations: int
    words: int | None
    words_expected: int
    synapse_cycles: int
    word_utilisation: float | None
    predictions_equal: bool
    spikes_equal: bool
    spikes_compared: int
    random_equal: bool
    weights_equal: bool
    weights_compared: int
    first_mismatch: str | None
    simulator_seconds: float
    cycles_per_second: float

    @property
    def equal(self) -> bool:
        """Whether everything was compared and is equal."""
        return self.first_mismatch is None and all(
            (self.predictions_equal, self.spikes_equal, self.random_equal, self.weights_equal)
        )

    def as_dict(self) -> dict[str, object]:
        """Return every value, ready for JSON."""
        return dataclasses.asdict(self) | {"equal": self.equal}


@dataclass(frozen=True)
class Reference:
    """What the golden model did in one sample; the counterpart of `NativeResult`."""

    winner: int
    counts: np.ndarray
    spikes: np.ndarray
    words: int
    synaptic_operations: int
    random: RandomState


class Comparison:
    """Compares sample by sample and keeps the first mismatch."""

    def __init__(self) -> None:
        self._results: list[NativeResult] = []
        self._references: list[Reference] = []
        self._failed: set[str] = set()
        self._first: str | None = None
        self._spikes = self._weights = 0

    def _fail(self, what: str, message: str) -> None:
        self._failed.add(what)
        self._first = self._first or message

    def sample(self, number: int, got: NativeResult, wanted: Reference) -> None:
        """Compare one sample."""
        self._results.append(got)
        self._references.append(wanted)
        self._spikes += len(wanted.spikes)
        if not np.array_equal(got.spikes, wanted.spikes):
            self._fail("spikes", f"sample {number}, {_first_spike(got.spikes, wanted.spikes)}")
        if got.words is not None and got.words != wanted.words:
            message = f"circuit issued {got.words} words, golden {wanted.words}"
            self._fail("words", f"sample {number}: {message}")
        if got.random != wanted.random:
            message = f"circuit has {got.random}, golden {wanted.random}"
            self._fail("random", f"sample {number}, random generators: {message}")
        if not np.array_equal(got.counts, wanted.counts):
            message = f"circuit {got.counts.tolist()}, golden {wanted.counts.tolist()}"
            self._fail("predictions", f"sample {number}, counts: {message}")
        if got.winner != wanted.winner:
            message = f"circuit {got.winner}, golden {wanted.winner}"
            self._fail("predictions", f"sample {number}, winner: {message}")

    def weights(self, got: Sequence[np.ndarray], wanted: Sequence[np.ndarray]) -> None:
        """Compare all weights."""
        for layer, (a, b) in enumerate(zip(got, wanted, strict=True)):
            self._weights += b.size
            for source, target in np.argwhere(a != b)[:1]:
                values = f"circuit {a[source, target]}, golden {b[source, target]}"
                where = f"weight of layer {layer} from {source} to {target}"
                self._fail("weights", f"after {len(self._results)} samples, {where}: {values}")

    def report(self, config: Config, seconds: float) -> CosimReport:
        """Sum up."""
        phases = {p.name: sum(r.phase_cycles[p.name] for r in self._results) for p in Phase}
        cycles = sum(phases.values())
        counts = [r.words for r in self._results]
        words = None if None in counts else sum(counts)
        samples = len(self._results)
        synapse_cycles = phases[Phase.SYNAPSE.name]
        return CosimReport(
            preset=config.name,
            lanes=config.lanes,
            samples=samples,
            cycles=cycles,
            cycles_per_phase=phases,
            synaptic_operations=sum(r.synaptic_operations for r in self._references),
            words=words,
            words_expected=sum(r.words for r in self._references),
            synapse_cycles=synapse_cycles,
            word_utilisation=_share(words, synapse_cycles),
            predictions_equal=bool(samples) and "predictions" not in self._failed,
            spikes_equal=bool(self._spikes) and "spikes" not in self._failed,
            spikes_compared=self._spikes,
            random_equal=bool(samples) and "random" not in self._failed,
            weights_equal=bool(samples and self._weights) and "weights" not in self._failed,
            weights_compared=self._weights,
            first_mismatch=self._first,
            simulator_seconds=seconds,
            cycles_per_second=cycles / seconds if seconds else 0.0,
        )


def _share(words: int | None, cycles: int) -> float | None:
    if words is None:
        return None
    return words / cycles if cycles else 0.0


def _first_spike(got: np.ndarray, wanted: np.ndarray) -> str:
    """Describe the first difference of two records of spikes."""
    for a, b in zip_longest(got.tolist(), wanted.tolist()):
        if a == b:
            continue
        # The record is in order of tick, layer, neuron: the smaller one is what the other lacks.
        has = "golden" if a is None or (b is not None and _order(b) < _order(a)) else "circuit"
        layer, tick, neuron = b if has == "golden" else a
        other = "circuit" if has == "golden" else "golden"
        return f"tick {tick}, layer {layer}, neuron {neuron}: {has} 1, {other} 0"
    return "spikes are equal"


def _order(spike: Sequence[int]) -> tuple[int, int, int]:
    layer, tick, neuron = spike
    return tick, layer, neuron
