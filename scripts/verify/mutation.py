"""Section of the report: single faults in the circuit."""

from __future__ import annotations

from typing import Any

TITLE = "Faults in the circuit"

#: Why single faults are neither found nor proven to change nothing, each understood by itself: by
#: configuration and line. A test checks the numbers that these reasons rest on.
SATURATED = (
    "it matters only to a membrane beyond 16 bits, and all weights that a sample adds come to "
    "less; memories are no part of the proof"
)
REASONS = {
    ("tiny", r"assign \$117  = steps & \$116 ;"): SATURATED,
    ("tiny", r"assign \$111  = \$104  | \$110 ;"): SATURATED,
    ("tiny-bernoulli", r"assign \$119  = \$117  & \$118 ;"): SATURATED,
    ("tiny-deep", r"assign \$369  = \$364  ? 17'h19000 : \$368 ;"): SATURATED,
    ("tiny-bernoulli", "assign w_rdy = inner_level != 3'h4;"):
        "the queue is never full: it holds every group of a layer",
    ("tiny-deep", "assign inner_r_rdy = | inner_level;"):
        "behind its output register the queue never holds two: a layer has few groups",
}  # fmt: skip


def reason(survivor: dict[str, str]) -> str:
    """Return why a fault survives, as far as it is understood."""
    return REASONS.get((survivor["config"], survivor["source"]), "not understood yet")


def summary(figures: dict[str, Any]) -> str:
    """Return one line of plain text."""
    return (
        f"{figures['killed']:,} of {figures['mutants']:,} single faults in the circuit are found, "
        f"{figures['equivalent']} are proven to change nothing: score {figures['score']:.1%}"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section's Markdown."""
    rows = "\n".join(
        f"| {name} | {row['mutants']} | {row['killed']} | {row['equivalent']} | {row['survived']} |"
        for name, row in figures["components"].items()
    )
    survivors = "\n".join(
        f"* {one['config']}, {one['component']}: `{_fault(one['fault'])}` in `{one['source']}`"
        + f": {reason(one)}"
        for one in figures["survivors"]
    )
    return f"""Of {figures["possible"]:,} possible faults of single bits in the netlists of
{len(figures["configurations"])} configurations (stuck, inverted, or inverted by another bit),
{figures["mutants"]:,} were drawn, as many from each component. Each runs the scenarios of the core
bench, compared at every port and in every unit in every cycle; what survives, scenarios of rare
situations, more samples, and long random traffic beside the golden model. What is left is proven
equal to the circuit if it is. The score is killed / (all - proven): **{figures["score"]:.2%}**.
Guards are left out, which act after a bit has flipped by itself only: upsets try them, see below.

Killed by the scenarios of the bench, by rare ones, by more samples, and by random traffic:
{", ".join(str(count) for count in figures["killed_by_tape"].values())}.

| component | mutants | killed | proven equal | survived |
| --- | --- | --- | --- | --- |
{rows}

Survivors, neither killed nor proven:

{survivors or "none"}
"""


def _fault(options: str) -> str:
    words = options.split()
    return " ".join(words[words.index("-port") :] + words[1:2])
