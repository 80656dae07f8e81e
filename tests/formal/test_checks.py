"""Proofs: each still checks all that the published figures say it does."""

from __future__ import annotations

import dataclasses
import json
from collections import Counter
from pathlib import Path

import pytest

from erbium.sim.formal import problem as netlist
from erbium.sim.formal import solvers as engine
from erbium.sim.formal.catalogue import PROOFS
from erbium.sim.formal.proof import Proof

FILE = Path(__file__).parents[2] / "docs" / "verification" / "formal.json"

#: Longest time for a question that takes a second, on a busy machine.
SECONDS = 300


@pytest.fixture(scope="module")
def record() -> dict[str, dict]:
    """Return the proofs on record, by name."""
    return {proof["name"]: proof for proof in json.loads(FILE.read_text())["proofs"]}


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_no_check_has_gone(proof: Proof, record: dict[str, dict], tmp_path: Path) -> None:
    """One that is left out, of a lane or a class, leaves a proof that still holds."""
    found, known = netlist.emit(proof, None, tmp_path), record[proof.name]
    checks = Counter(found.checks.values())
    assert set(checks) == set(known["checks"]), "run make formal-full"
    assert set(found.covers.values()) == set(known["covers"]), "run make formal-full"
    # Two of one name would hide that one is gone.
    assert set(checks.values()) == {1}
    assert len(set(found.covers.values())) == len(found.covers)


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_method_and_bound_are_those_on_record(proof: Proof, record: dict[str, dict]) -> None:
    known = record[proof.name]
    assert (proof.statement, proof.method, proof.bound) == (
        known["statement"], known["method"], known["bound"],
    )  # fmt: skip
    assert set(known["checks"]) >= {twin["check"] for twin in known["twins"]}


#: Checks that hold whatever the circuit does, and why they are kept.
CANNOT_FAIL = {
    ("blank-out-2", "parts"): "a number has four parts for two lanes, and a counter of two bits",
    ("tick-2-lanes", "a random number for each event"): "both are one wire, which it states",
}


@pytest.mark.parametrize(
    "proof", [proof for proof in PROOFS if proof.name != "vocabulary"], ids=lambda proof: proof.name
)
def test_each_check_can_fail(proof: Proof, tmp_path: Path) -> None:
    """In the place of the circuit is one that does anything: what holds even then says nothing.

    The vocabulary is made of functions, which are no circuit of their own; their faults are
    planted.
    """
    anything = dataclasses.replace(proof, free=(*proof.free, r"\S+"))
    circuit = netlist.emit(anything, None, tmp_path)
    # From any state, and on with the others after each that has failed.
    output = engine._smtbmc(circuit, ["--noinit", "--keep-going", "-t", "2"], SECONDS)
    failed = {circuit.checks[cell] for cell in engine.FAILED.findall(output)}
    never = {name for proof_name, name in CANNOT_FAIL if proof_name == proof.name}
    assert set(circuit.checks.values()) - failed == never
