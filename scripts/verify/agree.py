"""Section of the report: random configurations on every engine."""

from __future__ import annotations

from typing import Any

from erbium.scripts.common.markdown import rows as table

TITLE = "Random configurations"

#: What each engine is, and what is compared on it.
ENGINES = {
    "numpy": ("golden model, NumPy, tick view", "the reference"),
    "fast": ("golden model, compiled", "results, words, random states, weights"),
    "cycle": ("golden model, cycle view", "the same"),
    "amaranth": ("Amaranth's simulator", "every port in every cycle"),
    "icarus": ("emitted Verilog, Icarus", "every port and unit in every cycle"),
    "verilator": ("emitted Verilog, Verilator", "results, words, random states, weights"),
}


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    circuits = ", ".join(
        f"{figures['scenarios'][name]:,} on {name}" for name in ENGINES if name in figures["cycles"]
    )
    return (
        f"{figures['configurations']:,} random configurations with random hosts on the golden "
        f"model's three engines ({circuits}): {_outcome(figures)}"
    )


def _outcome(figures: dict[str, Any]) -> str:
    failures = figures["failures"]
    return f"**{len(failures):,} disagree**" if failures else "all agree"


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    lines = []
    for name, (what, compared) in ENGINES.items():
        cycles = figures["cycles"].get(name)
        number = "" if cycles is None else f"{cycles:,}"
        lines.append([what, f"{figures['scenarios'][name]:,}", number, compared])
    intro = (
        "Every value of the configuration is drawn, and a host that shows samples, stalls, resets "
        "in a sample, writes and reads weights and replaces random states: "
        f"{figures['configurations']:,} configurations, {figures['samples']:,} samples, "
        f"{_outcome(figures)}."
    )
    parts = [intro, table(["engine", "scenarios", "cycles compared", "compared"], lines)]
    if figures["failures"]:
        parts.append("\n".join(f"* `{failure}`" for failure in figures["failures"]))
    return "\n\n".join(parts)
