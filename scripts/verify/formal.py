"""Section of the verification report: formal proofs."""

from __future__ import annotations

from collections import Counter
from typing import Any

from erbium.scripts.common.markdown import rows

TITLE = "Formal proofs"


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
