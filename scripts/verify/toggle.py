"""Section of the report: toggle coverage."""

from __future__ import annotations

from collections import Counter
from typing import Any

from erbium.scripts.common.markdown import rows as table

TITLE = "Toggle coverage of the Verilog"

#: Share of bits that can change which have to go up and down.
LEAST = 0.98


def share(circuits: list[dict[str, Any]]) -> float:
    """Return the share of nets and memory bits that have toggled."""
    bits = sum(c["nets"] + c["memory_bits"] for c in circuits)
    return sum(c["nets_toggled"] + c["memory_bits_toggled"] for c in circuits) / bits


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    circuits = figures["circuits"]
    bits = sum(c["nets"] + c["memory_bits"] for c in circuits)
    return (
        f"{share(circuits):.2%} of {bits:,} bits of {len(circuits)} emitted circuits, without the "
        "constant ones and lanes that have no neuron, go up and down while they learn"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    circuits = figures["circuits"]
    counts = [
        [
            c["name"], c["samples"], f"{c['nets_toggled']} of {c['nets']}",
            f"{c['memory_bits_toggled']} of {c['memory_bits']}", f"{share([c]):.2%}",
        ]
        for c in circuits
    ]  # fmt: skip
    left_out: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for c in circuits:
        left_out.update(c["left_out"])
        reasons.update(c["rest"].values())
    return "\n\n".join(
        [
            "Counted by Verilator in the emitted circuits, bit by bit and word by word of all "
            "memories, while they learn random samples from random weights, with and without "
            "stalls. A bit counts if it has gone both up and down; names of one net count once.",
            table(["circuit", "samples", "nets toggled", "memory bits toggled", "share"], counts),
            "Left out are bits that cannot change, found by rules: what Yosys proves to be "
            "constant or to drive nothing but the observation of the benches, read-only memory, "
            "and memory words and bits that rounding up to powers of two adds. Lanes without a "
            "neuron are left out as a whole, whether their bits move or not.",
            table(["left out", "bits"], left_out.most_common()),
            "What has not toggled, by the reason that the pattern of its name gives "
            "(every bit is in `verification/toggle.json`):",
            table(["reason", "bits"], reasons.most_common()),
        ]
    )
