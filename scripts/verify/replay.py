"""Campaign: every cycle of the core bench, replayed at the speed of compiled code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.sim.tape.replay import replay

TITLE = "Every cycle, replayed"

BUILD_DIR = Path("build", "tape")


def run(config: Config, seed: int, samples: int, told: Callable[[str], None]) -> dict[str, Any]:
    """Record the golden model unless it is on tape, replay the Verilog, return the figures."""
    found = replay(config, build_dir=BUILD_DIR, seed=seed, samples=samples, told=told)
    return found.as_dict()


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    wrong = figures["mismatch"]
    return f"circuit and golden model differ in {wrong}" if wrong else None


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
