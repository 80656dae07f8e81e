"""Section of the report: random machines and traffic for long."""

from __future__ import annotations

from typing import Any

from erbium.scripts.common.markdown import rows as table

TITLE = "Soak"


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    cycles = figures["cycles"]
    return (
        f"{cycles['verilator']:,} clock cycles of random traffic on {figures['configurations']:,} "
        f"random machines in Verilator and {cycles['icarus']:,} in Icarus: {_outcome(figures)}"
    )


def _outcome(figures: dict[str, Any]) -> str:
    count = len(figures["failures"])
    return f"**{count:,} mismatches**" if count else "no mismatch"


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    cycles = figures["cycles"]
    memory = "; ".join(f"{a / 1024:.0f} to {b / 1024:.0f} MiB" for a, b in figures["memory"])
    facts = [
        ["machines", f"{figures['configurations']:,}"],
        ["samples", f"{figures['samples']:,}"],
        ["spikes", f"{figures['spikes']:,}"],
        ["clock cycles, Verilator", f"{cycles['verilator']:,}"],
        ["of them with a host that stalls", f"{figures['stalled_cycles']:,}"],
        ["clock cycles, Icarus, every unit compared in each", f"{cycles['icarus']:,}"],
        ["weights compared", f"{figures['weights']:,}"],
        ["mismatches", f"{len(figures['failures']):,}"],
        ["hours, in so many runs", f"{figures['seconds'] / 3600:.2f}, {figures['runs']}"],
        ["memory of the command, begin to end of each run", memory],
        ["largest growth within a machine's run", f"{figures['memory_growth'] / 1024:.1f} MiB"],
    ]
    intro = (
        "Each machine is drawn, built, and shown random samples with random labels and rates, "
        "while the host stalls, rewrites weights, replaces random states and resets; the compiled "
        "golden model does the same. Winners, counts and random states are compared after every "
        f"sample, all weights after every 64: {_outcome(figures)}."
    )
    parts = [intro, table(["what", "figure"], facts)]
    if figures["failures"]:
        parts.append("\n".join(f"* `{failure}`" for failure in figures["failures"]))
    return "\n\n".join(parts)
