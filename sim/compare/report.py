"""The report of a training that ran in the circuit and in the golden model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from erbium.golden.config import Config
from erbium.golden.enums import Phase
from erbium.sim.compare.comparer import Comparer
from erbium.sim.compare.observation import Observation


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


def summarise(
    config: Config,
    comparer: Comparer,
    found: Sequence[Observation],
    expected: Sequence[Observation],
    seconds: float,
) -> CosimReport:
    """Sum up a comparison of the circuit's samples with the golden model's."""
    phases = {p.name: sum(one.phase_cycles[p.name] for one in found) for p in Phase}
    cycles = sum(phases.values())
    words = None if any(one.words is None for one in found) else sum(one.words for one in found)
    synapse_cycles = phases[Phase.SYNAPSE.name]
    return CosimReport(
        preset=config.name,
        lanes=config.lanes,
        samples=comparer.samples,
        cycles=cycles,
        cycles_per_phase=phases,
        synaptic_operations=sum(one.synaptic_operations for one in expected),
        words=words,
        words_expected=sum(one.words for one in expected),
        synapse_cycles=synapse_cycles,
        word_utilisation=_share(words, synapse_cycles),
        predictions_equal=comparer.same("winner", "counts"),
        spikes_equal=comparer.same("spikes"),
        spikes_compared=comparer.compared["spikes"],
        random_equal=comparer.same("random"),
        weights_equal=comparer.samples > 0 and comparer.same("weights"),
        weights_compared=comparer.compared["weights"],
        first_mismatch=comparer.mismatch,
        simulator_seconds=seconds,
        cycles_per_second=cycles / seconds if seconds else 0.0,
    )


def _share(words: int | None, cycles: int) -> float | None:
    if words is None:
        return None
    return words / cycles if cycles else 0.0
