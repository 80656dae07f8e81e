"""Section of the report: one epoch in circuit and model."""

from __future__ import annotations

from typing import Any

from erbium.scripts.common.markdown import rows as table

TITLE = "One epoch, bit by bit"


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    return (
        f"{figures['samples']:,} samples of {figures['data']} learned by `{figures['preset']}` in "
        f"{figures['cycles']:,} clock cycles of the emitted Verilog: {_outcome(figures)}, at "
        f"{figures['cycles_per_cpu_second'] / 1e6:.1f} million cycles per second of one core"
    )


def _outcome(figures: dict[str, Any]) -> str:
    if not figures["equal"]:
        return f"**not equal** to the golden model ({figures['mismatch']})"
    return "every prediction, count, random state and weight equals the golden model's"


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    cycles = figures["cycles"]
    facts = [
        ["samples", f"{figures['samples']:,}"],
        ["predictions and counts equal", f"{figures['predictions_equal']:,}"],
        ["of them right, while learning", f"{figures['right'] / figures['samples']:.2%}"],
        ["synaptic operations, equal", f"{figures['operations']:,}"],
        ["weights compared, after all batches together", f"{figures['weights_compared']:,}"],
        ["weights that differ from their start at the end", f"{figures['weights_changed']:,}"],
        ["clock cycles", f"{cycles:,}"],
        ["clock cycles of a sample", f"{cycles / figures['samples']:,.0f}"],
        ["minutes in the circuit", f"{figures['seconds'] / 60:.1f}"],
        ["cycles per second of processor time", f"{figures['cycles_per_cpu_second']:,.0f}"],
    ]
    phases = [
        [name, f"{count:,}", f"{count / cycles:.2%}"]
        for name, count in figures["phase_cycles"].items()
        if count
    ]
    intro = (
        f"`{figures['preset']}` with {figures['lanes']} lanes learns {figures['samples']:,} "
        f"samples of {figures['data']} one after another, in the emitted Verilog compiled by "
        f"Verilator and in the compiled golden model: {_outcome(figures)}. Weights and random "
        "states are compared after every batch, everything else after every sample."
    )
    tables = [table(["what", "figure"], facts), table(["phase", "cycles", "share"], phases)]
    return "\n\n".join([intro, *tables])
