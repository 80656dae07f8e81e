"""Campaign: random machines with random traffic for long, counted over all runs of the command."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from pathlib import Path
from typing import Any

from erbium.golden.validate import DataError
from erbium.scripts.common.files import write_json
from erbium.scripts.common.markdown import rows as table
from erbium.scripts.common.workers import workers
from erbium.sim.compare.agreement import Disagreement, agree, explore
from erbium.sim.compare.stretch import Stretch, resident, run_stretch
from erbium.sim.host.draws import Scenario
from erbium.sim.sources import digest

TITLE = "Soak"

#: Lanes of the scenarios that run on Icarus: Verilog of wider cores takes long to emit.
ICARUS_LANES = (1, 2, 4, 8)


class Count:
    """What all runs of the command have compared, kept in a file.

    Parameters
    ----------
    folder : Path
        Of the file; its name says seed and sources, so that runs of other sources do not mix.
    seed : int
    """

    def __init__(self, folder: Path, seed: int) -> None:
        self._path = folder / f"{seed}-{digest()[:12]}.json"
        self.figures: dict[str, object] = {
            "next": 0, "runs": 0, "seconds": 0.0, "configurations": 0, "samples": 0, "spikes": 0,
            "cycles": {"verilator": 0, "icarus": 0}, "weights": 0, "stalled_cycles": 0,
            "memory_growth": 0, "memory": [], "failures": [],
        }  # fmt: skip
        if self._path.exists():
            self.figures = json.loads(self._path.read_text(encoding="utf-8"))

    def save(self) -> None:
        """Write the file, whole or not at all."""
        write_json(self._path, self.figures)

    def add(self, stretch: Stretch, icarus: int, failures: list[str]) -> None:
        """Count a stretch, the cycles that Icarus compared beside it, and what failed."""
        f = self.figures
        f["configurations"] += 1
        for name in ("samples", "spikes", "weights"):
            f[name] += getattr(stretch, name)
        f["cycles"]["verilator"] += stretch.cycles
        f["cycles"]["icarus"] += icarus
        f["stalled_cycles"] += stretch.cycles * stretch.stalled
        growth = stretch.memory_end - stretch.memory_begin
        f["memory_growth"] = max(f["memory_growth"], growth)
        f["failures"] += failures


def stretch(
    seed: int, number: int, cycles: int, seconds: float, build_dir: Path
) -> tuple[Stretch, int, list[str]]:
    """Run stretch `number`, and a scenario of the same number on Icarus."""
    failures, compared = [], []

    def check(scenario: Scenario) -> None:
        compared.append(agree(scenario, ("icarus",), build_dir=build_dir)["icarus"])

    found = run_stretch(seed, number, cycles=cycles, seconds=seconds, build_dir=build_dir)
    if found.mismatch is not None:
        failures.append(f"{found.mismatch}; again: erbium soak --seed {seed} --only {number}")
    try:
        list(explore(seed * 1_000_003 + number, check, lanes=ICARUS_LANES))
    except Disagreement as error:
        failures.append(str(error))
    return found, sum(compared), failures


def run(
    count: Count,
    seed: int,
    *,
    minutes: float,
    cycles: int,
    jobs: int,
    build_dir: Path,
    progress: Callable[[dict[str, object]], None],
) -> dict[str, object]:
    """Run stretches for so many minutes; return the figures of all runs.

    Parameters
    ----------
    count : Count
        Goes on, and is saved after every stretch.
    seed : int
    minutes : float
        No stretch begins after them, and those under way end.
    cycles : int
        Cycles of a stretch.
    jobs : int
        Processes.
    build_dir : Path
    progress : callable
        Called with the figures after every stretch.

    Raises
    ------
    DataError
        If there was no time for a single stretch.
    """
    figures, begin = count.figures, time.monotonic()
    before, end = figures["seconds"], begin + 60 * minutes
    figures["runs"] += 1
    memory = [resident()]
    waiting: set[Future] = set()
    # A fresh process for each stretch: a loaded circuit cannot be unloaded.
    with workers(jobs, tasks=1) as pool:
        while waiting or time.monotonic() < end:
            left = end - time.monotonic()
            while left > 0 and len(waiting) < jobs:
                waiting.add(pool.submit(stretch, seed, figures["next"], cycles, left, build_dir))
                figures["next"] += 1
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in done:
                count.add(*future.result())
            memory.append(resident())
            figures["seconds"] = before + time.monotonic() - begin
            count.save()
            progress(figures)
    if len(memory) == 1:
        raise DataError(f"no machine was run in {minutes:g} minutes; give it more")
    # Of this process, in KiB: after the first stretch, and at the end.
    figures["memory"].append([memory[1], memory[-1]])
    count.save()
    return figures


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return figures["failures"][0] if figures["failures"] else None


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
