"""Engines and simulators: whatever one makes visible must be as expected."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from erbium.golden.rng import RandomState
from erbium.sim.compare.agreement import compare as compare_observed
from erbium.sim.compare.comparer import Comparer, Mismatch
from erbium.sim.compare.observation import Observation
from erbium.sim.engines.stepping import compare as compare_cycle
from erbium.sim.host.script import Observed

MATRICES = tuple(np.arange(a * b).reshape(a, b) for a, b in ((3, 4), (4, 2)))


def observed() -> Observed:
    results = [
        Observation(1, [0, 2, 1], RandomState(1, 2, 3), synaptic_operations=20),
        Observation(0, [5, 0, 0], RandomState(4, 5, 6), synaptic_operations=30),
    ]
    return Observed(results, [[1, 2], [3, 4]], [m.copy() for m in MATRICES], RandomState(7, 8, 9))


def change_observed(name: str) -> Observed:
    """Return what was observed with one thing changed."""
    seen = observed()

    def replace(number: int, **values: object) -> None:
        seen.results[number] = dataclasses.replace(seen.results[number], **values)

    changes: dict[str, Callable[[], object]] = {
        "winner": lambda: replace(1, winner=1),
        "counts": lambda: replace(1, counts=[5, 0, 1]),
        "counts too many": lambda: replace(1, counts=[5, 0, 0, 0]),
        "counts too few": lambda: replace(1, counts=[5, 0]),
        "state": lambda: replace(1, random=RandomState(4, 5, 7)),
        "no state": lambda: replace(1, random=None),
        "operation too many": lambda: replace(1, synaptic_operations=31),
        "no operations": lambda: replace(1, synaptic_operations=None),
        "first result": lambda: replace(0, winner=0),
        "result too many": lambda: seen.results.append(seen.results[0]),
        "result too few": lambda: seen.results.pop(),
        "word": lambda: seen.words.__setitem__(1, [3, 5]),
        "weight too many": lambda: seen.words[0].append(0),
        "word too many": lambda: seen.words.append([0, 0]),
        "word too few": lambda: seen.words.clear(),
        "weight of layer 0": lambda: seen.weights[0].__setitem__((2, 3), 99),
        "weight of layer 1": lambda: seen.weights[1].__setitem__((3, 1), 99),
        "layer too many": lambda: seen.weights.append(seen.weights[0]),
        "layer too few": lambda: seen.weights.pop(),
        "larger layer": lambda: seen.weights.__setitem__(0, np.zeros((3, 5))),
        "random": lambda: setattr(seen, "random", RandomState(7, 8, 0)),
    }
    changes[name]()
    return seen


CHANGES = {
    "winner": "sample 1, winner: fast 1, golden 0",
    "counts": r"sample 1, counts: fast \[5, 0, 1\], golden \[5, 0, 0\]",
    "counts too many": r"sample 1, counts: fast \[5, 0, 0, 0\], golden",
    "counts too few": r"sample 1, counts: fast \[5, 0\], golden",
    "state": r"sample 1, random generators: fast .*encoder=7\), golden",
    "no state": "sample 1, random generators: fast shows none, golden shows one",
    "operation too many": "sample 1, synaptic operations: fast 31, golden 30",
    "no operations": "sample 1, synaptic operations: fast shows none, golden shows one",
    "first result": "sample 0, winner: fast 0, golden 1",
    "result too many": "sample 2, result: fast shows one, golden shows none",
    "result too few": "sample 1, result: fast shows none, golden shows one",
    "word": r"read 1, word: fast \[3, 5\], golden \[3, 4\]",
    "weight too many": r"read 0, word: fast \[1, 2, 0\], golden \[1, 2\]",
    "word too many": r"read 2, word: fast \[0, 0\], golden none",
    "word too few": r"read 0, word: fast none, golden \[1, 2\]",
    "weight of layer 0": "at the end, weight of layer 0 from 2 to 3: fast 99, golden 11",
    "weight of layer 1": "at the end, weight of layer 1 from 3 to 1: fast 99, golden 7",
    "layer too many": r"shape of the weights of layer 2: fast \(3, 4\), golden None",
    "layer too few": r"shape of the weights of layer 1: fast None, golden \(4, 2\)",
    "larger layer": r"shape of the weights of layer 0: fast \(3, 5\), golden \(3, 4\)",
    "random": "at the end, random generators: fast RandomState",
}


@pytest.mark.parametrize("name", CHANGES)
def test_engines_that_differ_in_anything_disagree(name: str) -> None:
    compare_observed(observed(), observed(), "fast")
    with pytest.raises(Mismatch, match=CHANGES[name]):
        compare_observed(change_observed(name), observed(), "fast")


SPIKES = [(0, 0, 1), (1, 0, 2), (0, 3, 0)]


@pytest.mark.parametrize("spikes", [SPIKES[:2], SPIKES[1:], [*SPIKES, (1, 3, 0)], SPIKES[::-1]])
@pytest.mark.parametrize("field", ["spikes", "output_spikes", "words", "synaptic_operations"])
def test_a_compiled_circuit_is_compared_in_all_that_it_shows(field: str, spikes: list) -> None:
    def shown(**changes: object) -> Observed:
        values = {"spikes": np.array(SPIKES), "output_spikes": [0, 0, 1], "words": 7,
                  "synaptic_operations": 20} | changes  # fmt: skip
        seen = observed()
        seen.results = [dataclasses.replace(one, **values) for one in seen.results]
        return seen

    compare_observed(shown(), shown(), "verilator")
    value = {"spikes": np.array(spikes), "output_spikes": [0, 0, 2], "words": 6,
             "synaptic_operations": 21}[field]  # fmt: skip
    with pytest.raises(Mismatch, match=f"sample 0, {field.replace('_', ' ').rstrip('s')}"):
        compare_observed(shown(**{field: value}), shown(), "verilator")


def test_engines_that_showed_nothing_have_not_agreed() -> None:
    nothing = Observed(random=RandomState(7, 8, 9))
    with pytest.raises(Mismatch, match="nothing was compared of weights"):
        compare_observed(nothing, nothing, "fast")


class OneCycle:
    """A script that states two outputs in its second cycle."""

    outputs = ({}, {"a": 5, "unit.trace": 0})


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        ({"a": 4, "unit.trace": 0}, "cycle 1, a: icarus 0x4, golden 0x5"),
        ({"a": 5, "unit.trace": 16}, "cycle 1, unit.trace: icarus 0x10, golden 0x0"),
        ({"a": None, "unit.trace": 0}, "cycle 1, a: icarus unknown, golden 0x5"),
        ({"a": 5, "unit.trace": None}, "cycle 1, unit.trace: icarus unknown, golden 0x0"),
        ({"a": 5}, "cycle 1, unit.trace: icarus nothing, golden 0x0"),
        ({"unit.trace": 0}, "cycle 1, a: icarus nothing, golden 0x5"),
    ],
)
def test_any_output_of_a_cycle_is_compared(seen: dict, message: str) -> None:
    comparer = Comparer("ports", found="icarus")
    compare_cycle(comparer, OneCycle, 0, seen)
    with pytest.raises(Mismatch, match="nothing was compared of ports"):
        comparer.check()
    compare_cycle(comparer, OneCycle, 1, {"a": 5, "unit.trace": 0, "beside": 3})
    compare_cycle(comparer, OneCycle, 1, {"a": 5}, {"unit.trace"})
    comparer.check()
    assert comparer.compared["ports"] == 3
    with pytest.raises(Mismatch, match=message):
        compare_cycle(comparer, OneCycle, 1, seen)
