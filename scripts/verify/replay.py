"""Section of the report: the core bench, replayed."""

from __future__ import annotations

from typing import Any

TITLE = "Every cycle, replayed"


def summary(figures: dict[str, Any]) -> str:
    """Return one line of plain text."""
    found = "every one as recorded" if figures["mismatch"] is None else figures["mismatch"]
    return (
        f"{figures['bits']:,} bits of all ports and units of `{figures['preset']}` in "
        f"{figures['cycles']:,} clock cycles of the core bench: {found}; "
        f"{figures['cycles_per_second'] / 1e3:,.0f} thousand cycles per second of one core"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    return (
        "The scenarios of the core bench (samples, rates, stalls, resets in every phase, a host "
        "that reads and writes), recorded from the golden model's cycle view: what every port is "
        "driven with, and what every port and every unit inside must show, in each cycle. The "
        "emitted Verilog, flattened by Yosys and compiled by Verilator, replays that. The "
        "recording is kept until the golden model or the bench changes: building the circuit took "
        f"{figures['build_seconds']:.0f} s, the replay {figures['seconds']:.1f} s, the recording "
        f"{figures['recording_seconds']:.0f} s.\n\n{summary(figures)}."
    )
