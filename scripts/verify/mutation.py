"""Section of the report: single faults in the circuit."""

from __future__ import annotations

from typing import Any

TITLE = "Faults in the circuit"


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
        + (f": {one['reason']}" if one.get("reason") else "")
        for one in figures["survivors"]
    )
    return f"""Of {figures["possible"]:,} possible faults of single bits in the netlists of
{len(figures["configurations"])} configurations (stuck, inverted, or inverted by another bit),
{figures["mutants"]:,} were drawn, as many from each component. Each runs the scenarios of the core
bench, compared at every port in every cycle. What survives is tried with longer traffic, then
proven equal to the circuit if it is. The score is killed / (all - proven):
**{figures["score"]:.2%}**.

| component | mutants | killed | proven equal | survived |
| --- | --- | --- | --- | --- |
{rows}

Survivors, neither killed nor proven:

{survivors or "none"}
"""


def _fault(options: str) -> str:
    words = options.split()
    return " ".join(words[words.index("-port") :] + words[1:2])
