"""Campaign: toggle coverage of the emitted Verilog."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.scripts.common.markdown import rows as table
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.common.workers import workers
from erbium.scripts.verify.toggle.constants import netlist
from erbium.scripts.verify.toggle.counted import counted
from erbium.scripts.verify.upsets.injections import circuit
from erbium.sim.coverage.toggles import ToggleCore, Toggles, exercise

TITLE = "Toggle coverage of the Verilog"

#: Share of bits that can change which have to go up and down.
LEAST = 0.98


#: Circuits that together have every feature.
CIRCUITS = (
    "tiny", "tiny-1-lane", "tiny-16-lanes", "tiny-32-bernoulli", "tiny-bernoulli", "tiny-events",
    "tiny-spram", "tiny-2-bit", "tiny-16-bit", "tiny-deep", "digits",
)  # fmt: skip

#: Of circuits of the benches, what is changed so that every lane has a neuron.
CHANGES = {"tiny-16-lanes": {"layers": (12, 16, 4)}}

#: What figures left out before every circuit had a neuron in each lane.
IDLE = "lanes that have no neuron"

#: Rounds of training, without and with a host that stalls.
ROUNDS = 120
STALLS = (None, 5)

BUILD_DIR = Path("build", "native")


def _circuit(name: str) -> Config:
    return circuit(name).replace(**CHANGES.get(name, {}))


def _exercised(config: Config, rounds: int, stalls: int | None, seed: int) -> tuple[Toggles, int]:
    core = ToggleCore(config, BUILD_DIR, stalls=stalls)
    shown = exercise(core, rounds, seed)
    return core.toggles(), shown


def run(
    names: Sequence[str], rounds: int, seed: int, jobs: int, told: Report = silent
) -> dict[str, Any]:
    """Exercise circuits on several processes, and count their toggles; return the figures."""
    plan = [(name, stalls) for name in names for stalls in STALLS]
    found: dict[str, Toggles] = {name: Toggles() for name in names}
    shown: Counter[str] = Counter()
    with workers(jobs) as pool:
        futures = {
            pool.submit(_exercised, _circuit(name), rounds, stalls, seed + i): name
            for i, (name, stalls) in enumerate(plan)
        }
        for done, future in enumerate(as_completed(futures), 1):
            toggles, samples = future.result()
            found[futures[future]].add(toggles)
            shown[futures[future]] += samples
            told("toggles", done, len(plan), None)
    rows = []
    for name in names:
        config = _circuit(name)
        constant = netlist(config, Path("build", "constants", name))
        rows.append(
            {"name": name, "config_sha256": config.sha256, "samples": shown[name]}
            | counted(config, found[name], constant)
        )
    return {"rounds": rounds, "circuits": rows}


def share(circuits: list[dict[str, Any]]) -> float:
    """Return the share of nets and memory bits that have toggled."""
    bits = sum(c["nets"] + c["memory_bits"] for c in circuits)
    return sum(c["nets_toggled"] + c["memory_bits_toggled"] for c in circuits) / bits


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return (
        None
        if (reached := share(figures["circuits"])) >= LEAST
        else (f"{reached:.2%} of the bits toggle; at least {LEAST:.0%} must")
    )


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    circuits = figures["circuits"]
    bits = sum(c["nets"] + c["memory_bits"] for c in circuits)
    without = "the constant ones" + (f" and {IDLE}" if _leaves_idle(circuits) else "")
    return (
        f"{share(circuits):.2%} of {bits:,} bits of {len(circuits)} emitted circuits, without "
        f"{without}, go up and down while they learn"
    )


def _leaves_idle(circuits: list[dict[str, Any]]) -> bool:
    return any("lanes without a neuron" in c["left_out"] for c in circuits)


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
    rest: Counter[str] = Counter()
    for c in circuits:
        left_out.update(c["left_out"])
        rest.update(_unit(name) for name in c["rest"])
    return "\n\n".join(
        [
            "Counted by Verilator in the emitted circuits, bit by bit and word by word of all "
            "memories, while they learn random samples from random weights, with and without "
            "stalls. A bit counts if it has gone both up and down; names of one net count once.",
            table(["circuit", "samples", "nets toggled", "memory bits toggled", "share"], counts),
            "Left out are bits that cannot change, found by rules: what Yosys proves to be "
            "constant or to drive nothing but the observation of the benches, read-only memory, "
            "and memory words and bits that rounding up to powers of two adds. A rule is wrong, "
            "and stops the count, if the layout rules a bit of memory out that has moved."
            + (
                f" These figures leave out {IDLE} as a whole, too."
                if _leaves_idle(circuits)
                else ""
            ),
            table(["left out", "bits"], left_out.most_common()),
            "Nothing else is excused. What has not toggled, by unit (every bit is in "
            "`verification/toggle.json`):",
            table(["unit", "bits"], sorted(rest.items(), key=lambda item: (-item[1], item[0]))),
        ]
    )


def _unit(name: str) -> str:
    """Return the unit of a bit; all lanes are one, as are all parts of a number."""
    path, _, _ = name.rpartition(".")
    return re.sub(r"(_\d+)+\b|\$\d+", "", path) or "core"
