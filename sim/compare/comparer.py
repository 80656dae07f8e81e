"""The comparer: what two machines did, field by field, and the first difference.

Everything that runs a circuit beside the golden model, or two circuits beside each other, compares
here. Drivers name the fields that they compare; one of which nothing was compared is a failure,
as is one that a machine does not show.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from erbium.golden.rng import RandomState
from erbium.sim.compare.observation import Observation

#: Fields of an `Observation`, and what a message calls them.
SAMPLE_FIELDS = {
    "spikes": "spikes",
    "words": "words",
    "random": "random generators",
    "counts": "counts",
    "winner": "winner",
    "output_spikes": "output spikes",
    "synaptic_operations": "synaptic operations",
    "phase_cycles": "cycles of each phase",
}

#: All fields: beside those of a sample, weights, weight words that were read, and ports.
FIELDS = (*SAMPLE_FIELDS, "weights", "read words", "ports")


class Mismatch(AssertionError):
    """A machine did something else than another one; the message says what, and when."""


@dataclass(frozen=True)
class Difference:
    """Where two machines differ.

    Attributes
    ----------
    field : str
        One of `FIELDS`.
    where : str
        Sample, cycle or end.
    what : str
        The field, and its place if it has many values.
    found, expected : str
        What each machine has, its name first.
    """

    field: str
    where: str
    what: str
    found: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}, {self.what}: {self.found}, {self.expected}"


class Comparer:
    """Compares what two machines did, and keeps the first difference.

    Parameters
    ----------
    fields : str
        Those of `FIELDS` that are compared.
    found, expected : str
        Names of the two machines.
    may_be_empty : iterable of str
        Fields that may be compared and yet have no values, such as spikes of a silent network.

    Attributes
    ----------
    samples : int
    compared : Counter
        Values compared of each field.
    failed : set of str
        Fields that differ anywhere.
    first : Difference or None
    """

    def __init__(
        self,
        *fields: str,
        found: str = "circuit",
        expected: str = "golden",
        may_be_empty: Iterable[str] = (),
    ) -> None:
        if unknown := set(fields) - set(FIELDS):
            raise ValueError(f"{sorted(unknown)} are no fields; they are {', '.join(FIELDS)}")
        self.fields = fields
        self.samples = 0
        self.compared: Counter[str] = Counter()
        self.failed: set[str] = set()
        self.first: Difference | None = None
        self._names = found, expected
        self._required = set(fields) - set(may_be_empty)

    def same(self, *fields: str) -> bool:
        """Whether these fields were compared and are equal; all of them unless told otherwise."""
        chosen = fields or self.fields
        nothing = any(not self.compared[name] for name in chosen if name in self._required)
        return not nothing and not self.failed.intersection(chosen)

    @property
    def equal(self) -> bool:
        """Whether everything was compared, and nothing differs."""
        return self.first is None and self.same()

    @property
    def mismatch(self) -> str | None:
        """One line: the first difference, or what was not compared; None if all is equal."""
        if self.first is not None:
            return str(self.first)
        missing = [name for name in self.fields if not self.same(name)]
        return f"nothing was compared of {', '.join(missing)}" if missing else None

    def check(self) -> None:
        """Raise `Mismatch` unless everything was compared and is equal."""
        if not self.equal:
            raise Mismatch(self.mismatch)

    def _fail(self, field: str, where: str, what: str, found: object, expected: object) -> None:
        self.failed.add(field)
        texts = (f"{name} {value}" for name, value in zip(self._names, (found, expected),
                                                          strict=True))  # fmt: skip
        self.first = self.first or Difference(field, where, what, *texts)

    def sample(
        self,
        where: str,
        found: Observation,
        expected: Observation,
        fields: Iterable[str] | None = None,
    ) -> bool:
        """Compare a sample, in all fields that it may have or in some of them; return whether they
        are equal.
        """
        self.samples += 1
        chosen = self.fields if fields is None else fields
        # Every field, also after one that differs.
        equal = [
            self.value(field, where, getattr(found, field), getattr(expected, field))
            for field in SAMPLE_FIELDS
            if field in chosen
        ]
        return all(equal)

    def sample_sequence(
        self,
        found: Sequence[Observation],
        expected: Sequence[Observation],
        first: int = 0,
        fields: Iterable[str] | None = None,
    ) -> int:
        """Compare samples from number `first` on; return how many are equal."""
        equal = 0
        for number, (one, other) in enumerate(zip_longest(found, expected), first):
            if one is None or other is None:
                self._fail("winner", f"sample {number}", "result", _there(one), _there(other))
            else:
                equal += self.sample(f"sample {number}", one, other, fields)
        return equal

    def value(self, field: str, where: str, found: object, expected: object) -> bool:
        """Compare one field of a sample, or of all samples together."""
        if found is None or expected is None:
            self._fail(field, where, SAMPLE_FIELDS[field], _there(found), _there(expected))
            return False
        self.compared[field] += _size(expected)
        if field == "spikes":
            return self._spikes(where, found, expected)
        if np.array_equal(found, expected) if _is_sequence(expected) else found == expected:
            return True
        self._fail(field, where, SAMPLE_FIELDS[field], _text(found), _text(expected))
        return False

    def _spikes(self, where: str, found: np.ndarray, expected: np.ndarray) -> bool:
        for one, other in zip_longest(found.tolist(), expected.tolist()):
            if one == other:
                continue
            # They are in order of tick, layer, neuron: the smaller one is what the other lacks.
            lacks = one is None or (other is not None and _order(other) < _order(one))
            layer, tick, neuron = other if lacks else one
            what = f"spike of tick {tick}, layer {layer}, neuron {neuron}"
            self._fail("spikes", where, what, int(not lacks), int(lacks))
            return False
        return True

    def weights(
        self, where: str, found: Sequence[np.ndarray], expected: Sequence[np.ndarray]
    ) -> bool:
        """Compare all weights; return whether they are equal."""
        equal = True
        for layer, (a, b) in enumerate(zip_longest(found, expected)):
            shapes = [None if one is None else np.shape(one) for one in (a, b)]
            if shapes[0] != shapes[1]:
                self._fail("weights", where, f"shape of the weights of layer {layer}", *shapes)
                equal = False
                continue
            self.compared["weights"] += b.size
            for place in np.argwhere(np.asarray(a) != b)[:1].tolist():
                what = "weight of layer {} from {} to {}".format(layer, *place)
                self._fail("weights", where, what, a[tuple(place)], b[tuple(place)])
                equal = False
        return equal

    def read_words(self, found: Sequence[Sequence[int]], expected: Sequence[Sequence[int]]) -> None:
        """Compare weight words that were read, one after another."""
        for number, (one, other) in enumerate(zip_longest(found, expected)):
            self.compared["read words"] += 1
            if one is None or other is None or list(one) != list(other):
                self._fail("read words", f"read {number}", "word", _text(one), _text(other))

    def ports(
        self, cycle: int, found: Mapping[str, int | None], expected: Mapping[str, int],
        names: Iterable[str],
    ) -> None:  # fmt: skip
        """Compare a cycle's outputs, those of `names` of which something is expected; None is a
        value with unknown bits.
        """
        for name in names:
            if name not in expected:
                continue
            self.compared["ports"] += 1
            if found.get(name) != expected[name]:
                value = "nothing" if name not in found else _hex(found[name])
                self._fail("ports", f"cycle {cycle}", name, value, _hex(expected[name]))


def _order(spike: Sequence[int]) -> tuple[int, int, int]:
    layer, tick, neuron = spike
    return tick, layer, neuron


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence | np.ndarray)


def _size(value: object) -> int:
    return len(value) if _is_sequence(value) else 1


def _there(value: object) -> str:
    return "shows none" if value is None else "shows one"


def _hex(value: int | None) -> str:
    return "unknown" if value is None else f"{value:#x}"


def _text(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, RandomState):
        return repr(value)
    return str(np.asarray(value).tolist()) if _is_sequence(value) else str(value)
