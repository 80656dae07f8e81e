"""What is told about proofs: which ones, and the figures and the table of their outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rich.table import Table

from erbium.scripts.verify.hashes import hashes
from erbium.sim.formal.catalogue import PROOFS, find
from erbium.sim.formal.proof import Proof
from erbium.sim.formal.run import Outcome
from erbium.sim.formal.tools import versions


def chosen(full: bool, names: Sequence[str]) -> list[Proof]:
    """Return the proofs with these names; without names the short ones, or all if `full`."""
    if names:
        return [find(name) for name in names]
    return [proof for proof in PROOFS if full or not proof.full]


def twins(outcomes: Iterable[Outcome]) -> int:
    """Return how many planted faults were found."""
    return sum(len(outcome.twins) for outcome in outcomes)


def figures(
    outcomes: Sequence[Outcome], failures: Sequence[str], full: bool, names: Sequence[str]
) -> dict[str, Any]:
    """Return everything that a report needs, and what makes it reproducible."""
    options = [*(["--full"] if full else []), *(f"--only {name}" for name in names)]
    return {
        "command": " ".join(["erbium formal", *options]),
        "versions": versions(),
        **hashes(),
        "proofs": [outcome.as_dict() for outcome in outcomes],
        "failures": list(failures),
    }


def table(outcomes: Iterable[Outcome]) -> Table:
    """Return one row for each statement that was proved."""
    found = Table("proof", "method", "holds", "covers", "fault, found in cycle", "s")
    for outcome in outcomes:
        faults = "\n".join(f"{twin.fault} ({twin.cycle})" for twin in outcome.twins)
        covers = str(len(outcome.covers))
        row = (outcome.name, outcome.method, outcome.bound, covers, faults)
        found.add_row(*row, f"{outcome.seconds:.0f}")
    return found
