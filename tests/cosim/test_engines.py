"""Engines and simulators: whatever one makes visible must be as expected."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from erbium.golden.rng import RandomState
from erbium.sim.compare.agreement import _same as same_observed
from erbium.sim.engines.stepping import Mismatch
from erbium.sim.engines.stepping import compare as compare_cycle
from erbium.sim.host.script import Observed

MATRICES = tuple(np.arange(a * b).reshape(a, b) for a, b in ((3, 4), (4, 2)))


def observed() -> Observed:
    state = RandomState(1, 2, 3)
    results = [(1, [0, 2, 1], state), (0, [5, 0, 0], RandomState(4, 5, 6))]
    return Observed(results, [[1, 2], [3, 4]], [m.copy() for m in MATRICES], RandomState(7, 8, 9))


def change_observed(name: str) -> Observed:
    """Return what was observed with one thing changed."""
    seen = observed()
    winner, counts, state = seen.results[1]
    changes: dict[str, Callable[[], object]] = {
        "winner": lambda: seen.results.__setitem__(1, (1, counts, state)),
        "counts": lambda: seen.results.__setitem__(1, (winner, [5, 0, 1], state)),
        "state": lambda: seen.results.__setitem__(1, (winner, counts, RandomState(4, 5, 7))),
        "first result": lambda: seen.results.__setitem__(0, (0, counts, state)),
        "result too many": lambda: seen.results.append(seen.results[0]),
        "result too few": lambda: seen.results.pop(),
        "word": lambda: seen.words.__setitem__(1, [3, 5]),
        "word too many": lambda: seen.words.append([0, 0]),
        "word too few": lambda: seen.words.clear(),
        "weight of layer 0": lambda: seen.weights[0].__setitem__((2, 3), 99),
        "weight of layer 1": lambda: seen.weights[1].__setitem__((3, 1), 99),
        "random": lambda: setattr(seen, "random", RandomState(7, 8, 0)),
    }
    changes[name]()
    return seen


CHANGES = {
    "winner": "result 1 is", "counts": "result 1 is", "state": "result 1 is",
    "first result": "result 0 is", "result too many": "3 results, expected 2",
    "result too few": "1 results, expected 2", "word": r"word 1 is \[3, 5\], expected \[3, 4\]",
    "word too many": "3 words, expected 2", "word too few": "0 words, expected 2",
    "weight of layer 0": "1 weights of layer 0 differ", "random": "random states are",
    "weight of layer 1": "1 weights of layer 1 differ",
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_engines_that_differ_in_anything_disagree(name: str) -> None:
    same_observed(observed(), observed())
    with pytest.raises(Mismatch, match=CHANGES[name]):
        same_observed(change_observed(name), observed())


class OneCycle:
    """A script that states two outputs in its second cycle."""

    outputs = ({}, {"a": 5, "unit.trace": 0})


@pytest.mark.parametrize(
    ("seen", "message"),
    [
        ({"a": 4, "unit.trace": 0}, "cycle 1: a is 0x4, expected 0x5"),
        ({"a": 5, "unit.trace": 16}, "cycle 1: unit.trace is 0x10, expected 0x0"),
        ({"a": None, "unit.trace": 0}, "cycle 1: a is unknown, expected 0x5"),
        ({"a": 5, "unit.trace": None}, "cycle 1: unit.trace is unknown, expected 0x0"),
    ],
)
def test_any_output_of_a_cycle_is_compared(seen: dict, message: str) -> None:
    compare_cycle(OneCycle, 1, {"a": 5, "unit.trace": 0, "beside": 3})
    compare_cycle(OneCycle, 0, seen)
    with pytest.raises(Mismatch, match=message):
        compare_cycle(OneCycle, 1, seen)
