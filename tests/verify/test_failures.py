"""Campaigns: each fails where its figures are bad, at the very limit that is stated."""

from __future__ import annotations

from typing import Any

import pytest

from erbium.scripts.verify import mutation
from erbium.scripts.verify.registry import CAMPAIGNS
from erbium.sim.mutation.bounds import BOUNDS

#: How `python_coverage` and `toggle` count.
LINES = ("num_statements", "covered_lines", "num_branches", "covered_branches")
BITS = ("nets", "nets_toggled", "memory_bits", "memory_bits_toggled")


def counts(names: tuple[str, ...], *values: int) -> dict[str, int]:
    return dict(zip(names, values, strict=True))


def remedies(lost: int) -> dict[str, Any]:
    circuit = {"flips": 9, "outcomes": {}, "remedies": {"reset": 3, "load": 2, "lost": lost}}
    return {"circuits": [circuit, circuit | {"remedies": {"lost": 0}}]}


#: Figures that are just good enough, some that are not, and what is said of these.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "formal": (
        {"proofs": [1, 2], "failures": []},
        {"proofs": [1, 2], "failures": ["a: x", "b: y"]},
        "2 of 4 proofs failed: a: x; b: y",
    ),
    "agree": ({"failures": []}, {"failures": ["first", "second"]}, "first"),
    "replay": (
        {"mismatch": None},
        {"mismatch": "cycle 3, o_busy"},
        "circuit and golden model differ in cycle 3, o_busy",
    ),
    "epoch": (
        {"equal": True, "mismatch": None},
        {"equal": False, "mismatch": "sample 7"},
        "circuit and golden model differ: sample 7",
    ),
    "soak": ({"failures": []}, {"failures": ["first", "second"]}, "first"),
    "mutation": (
        {"score": 0.99},
        {"score": 0.9899},
        "score 98.99%, less than 99%; its survivors are in the file",
    ),
    "mutation-python": (
        {"score": 0.95},
        {"score": 0.9499},
        "score 94.99%, less than 95%; its survivors are in the file",
    ),
    "functional": ({"cycles": 1}, {"cycles": 0}, "no cycle was seen"),
    "toggle": (
        {"circuits": [counts(BITS, 60, 58, 40, 40)]},
        {"circuits": [counts(BITS, 600, 600, 400, 379)]},
        "97.90% of the bits toggle; at least 98% must",
    ),
    "python-coverage": (
        {"total": counts(LINES, 80, 77, 20, 18)},
        {"total": counts(LINES, 800, 770, 200, 179)},
        "94.9 % of lines and branches; at least 95.0 % must",
    ),
    "upsets": (remedies(0), remedies(2), "2 flips could not be healed, not even by a reset"),
}
CASES["mutation-tools"] = CASES["mutation-python"]


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_a_campaign_fails_where_it_should(name: str) -> None:
    good, bad, message = CASES[name]
    module = CAMPAIGNS[name].module()
    assert module.failure(good) is None
    assert module.failure(bad) == message


def test_a_known_survivor_is_known_wherever_its_cell_stands() -> None:
    survivor = {
        "config": "tiny",
        "component": "datapath.lane.neuron",
        "source": r"assign \$117  = steps & \$116 ;",
        "fault": r"-mode inv -module erbium.lane -cell \u$and$core.v:12$34 -port A -portbit 0",
    }
    assert mutation.reason(survivor) == BOUNDS["membranes"].words
    other = survivor | {"fault": survivor["fault"].replace("$and", "$or")}
    assert mutation.reason(other) == "not understood yet"
