"""Campaign: formal proofs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from erbium.golden.config import Config
from erbium.golden.config_file import label
from erbium.scripts.common.markdown import rows
from erbium.scripts.verify.hashes import hashes
from erbium.sim.formal.catalogue import PROOFS, find
from erbium.sim.formal.machines import proofs_of
from erbium.sim.formal.proof import FormalError, Proof
from erbium.sim.formal.run import run_proofs
from erbium.sim.formal.tools import versions

TITLE = "Formal proofs"

BUILD_DIR = Path("build", "formal")


def chosen(full: bool, names: Sequence[str]) -> list[Proof]:
    """Return the proofs with these names; without names the short ones, or all if `full`."""
    if names:
        return [find(name) for name in names]
    return [proof for proof in PROOFS if full or not proof.full]


def of_machine(config: Config, names: Sequence[str]) -> list[Proof]:
    """Return the proofs with these names, or all, that can be made of any machine.

    Raises
    ------
    FormalError
        If there is no proof of a name among them; the message lists the names.
    """
    found = proofs_of(config)
    for name in names:
        if name not in found:
            raise FormalError(
                f"{name!r} cannot be proved of {label(config)}; choose from: {', '.join(found)}"
            )
    return [proof for name, proof in found.items() if not names or name in names]


def run(
    proofs: Sequence[Proof], command: str, processes: int | None, seconds: float,
    told: Callable[[int, int], None],
) -> dict[str, Any]:  # fmt: skip
    """Prove statements; return everything that a report needs, and makes it reproducible.

    Parameters
    ----------
    proofs : sequence of Proof
    command : str
        What does it again.
    processes : int, optional
        As many as there are cores, if not given.
    seconds : float
        Longest time for one question to a solver.
    told : callable
        Called with the number of proofs that are through, and of all.
    """
    start = {
        "command": command,
        "versions": versions(),
        **hashes(),
    }
    outcomes, failures = run_proofs(
        list(proofs), BUILD_DIR, processes=processes, seconds=seconds, report=told
    )
    return start | {"proofs": [one.as_dict() for one in outcomes], "failures": failures}


def table(figures: dict[str, Any]) -> Table:
    """Return one row for each statement that was proved."""
    found = Table("proof", "method", "holds", "covers", "fault, found in cycle", "s")
    for proof in figures["proofs"]:
        faults = "\n".join(f"{twin['fault']} ({twin['cycle']})" for twin in proof["twins"])
        row = (proof["name"], proof["method"], proof["bound"], str(len(proof["covers"])), faults)
        found.add_row(*row, f"{proof['seconds']:.0f}")
    return found


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    failures = figures["failures"]
    count = len(figures["proofs"]) + len(failures)
    return f"{len(failures)} of {count} proofs failed: " + "; ".join(failures) if failures else None


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    proofs = figures["proofs"]
    methods = Counter(proof["method"] for proof in proofs)
    bounded = methods.pop("bounded", 0)
    faults = sum(len(proof["twins"]) for proof in proofs)
    return (
        f"{len(proofs)} statements proved, {len(proofs) - bounded} of them for all inputs and for "
        f"ever, {bounded} for a bounded time from reset; each fails on a planted fault ({faults})"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    proofs = figures["proofs"]
    statements = [(p["name"], p["statement"], p["method"], p["bound"], len(p["checks"]),
                   f"{p['seconds']:.0f}") for p in proofs]  # fmt: skip
    faults = [(p["name"], twin["fault"], twin["check"], twin["cycle"])
              for p in proofs for twin in p["twins"]]  # fmt: skip
    covers = sum(len(proof["covers"]) for proof in proofs)
    later = "".join(f" Proved again later: `{one['command']}`." for one in figures.get("later", ()))
    tools = ", ".join(f"{name} {version}" for name, version in figures["versions"].items())
    return "\n\n".join(
        (
            f"`{figures['command']}` with {tools}. A statement holds in every cycle. "
            '"complete": combinational, for all inputs. "induction" and "reachability": for ever. '
            '"bounded": for that many cycles after reset, and nothing is said about later ones.'
            + later,
            rows(("proof", "statement", "method", "holds", "checks", "s"), statements),
            f"None of it holds for want of traffic: {covers} situations in which something can go "
            "wrong (a full queue, a saturated weight, a closed gate) are shown to be reached. "
            "With a fault in the circuit, the same checks fail:",
            rows(("proof", "planted fault", "check that fails", "in cycle"), faults),
        )
    )
