"""Campaign: the situations in which the benches of the core compared circuit and model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from erbium.scripts.common.markdown import rows as table
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.common.workers import workers
from erbium.sim.benches.scoreboard import COVERAGE
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.coverage.crosses import CROSSES, Bin
from erbium.sim.coverage.dry_run import dry_run
from erbium.sim.coverage.functional import load_hits
from erbium.sim.engines.runner import bench_folder, run_bench
from erbium.sim.engines.toolchain import find

TITLE = "Functional coverage"

BUILD_DIR = Path("build", "sim")

Hits = Counter[tuple[str, Bin]]


def _run(simulator: str, job: tuple[str, int]) -> tuple[Hits, int]:
    name, seed = job
    config = VARIANTS[name]
    result = run_bench("core", config, simulator, build_dir=BUILD_DIR, seed=seed)
    folder = bench_folder("core", config, simulator, BUILD_DIR)
    return load_hits(folder / COVERAGE), result.cycles


def _dry(job: tuple[str, int]) -> tuple[Hits, int]:
    name, seed = job
    return dry_run(VARIANTS[name], seed)


def collect(
    names: Sequence[str], simulator: str, seeds: Sequence[int], jobs: int, told: Report = silent
) -> tuple[Hits, int]:
    """Return how often each situation occurred, and the cycles.

    Parameters
    ----------
    names : sequence of str
        Circuits of `sim.benches.suite.VARIANTS`.
    simulator : str
        "icarus" or "verilator"; "none" drives the golden model alone.
    seeds : sequence of int
        Of data and stalls; each circuit is run with all of them.
    jobs : int
        Processes.

    Raises
    ------
    BenchError
        If a bench fails.
    ToolError
        If the simulator is missing.
    """
    if simulator == "none":
        pool, work = workers(jobs), _dry
    else:
        find(simulator)
        # Threads only wait for the processes in which the benches run.
        pool, work = ThreadPoolExecutor(jobs), partial(_run, simulator)
    hits: Hits = Counter()
    cycles = 0
    with pool:
        # One seed after another: the runs of a circuit share a folder.
        for number, seed in enumerate(seeds):
            plan = [(name, seed) for name in names]
            for done, (found, more) in enumerate(pool.map(work, plan), 1):
                hits.update(found)
                cycles += more
                told("benches", number * len(names) + done, len(seeds) * len(names), None)
    return hits, cycles


def run(
    names: Sequence[str], simulator: str, seeds: Sequence[int], jobs: int, told: Report = silent
) -> dict[str, Any]:
    """Collect as `collect` does; return the figures."""
    hits, cycles = collect(names, simulator, seeds, jobs, told)
    return {
        "simulator": simulator, "seeds": len(seeds), "circuits": list(names), "cycles": cycles,
        "crosses": counted(hits),
    }  # fmt: skip


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does; what differs has stopped the bench."""
    return None if figures["cycles"] else "no cycle was seen"


def counted(hits: Mapping[tuple[str, Bin], int]) -> list[dict[str, Any]]:
    """Return what was hit of every cross; see `sim.coverage.crosses`.

    Raises
    ------
    ValueError
        If a bin was hit that does not exist, or that a rule calls impossible.
    """
    for cross, values in hits:
        known = cross in CROSSES and values in CROSSES[cross].bins
        why = CROSSES[cross].impossible(values) if known else "there is no such bin"
        if why is not None:
            raise ValueError(f"{cross} {values} was hit, but the rule says: {why}")
    rows = []
    for name, cross in CROSSES.items():
        reasons = Counter(filter(None, map(cross.impossible, cross.bins)))
        possible = [one for one in cross.bins if cross.impossible(one) is None]
        missing = [one for one in possible if not hits.get((name, one))]
        rows.append(
            {
                "cross": name,
                "axes": list(cross.axes),
                "bins": len(possible),
                "hit": len(possible) - len(missing),
                "impossible": dict(reasons),
                "missing": [list(one) for one in missing],
            }
        )
    return rows


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    bins, hit = (sum(row[key] for row in figures["crosses"]) for key in ("bins", "hit"))
    compared = figures["simulator"] != "none"
    where = "circuits that were compared in every cycle" if compared else "golden models alone"
    return (
        f"{hit} of {bins} possible situations ({hit / bins:.1%}) occurred in "
        f"{len(figures['circuits'])} {where}"
    )


def _what(figures: dict[str, Any]) -> str:
    if figures["simulator"] == "none":
        return (
            "Situations of the golden cycle view alone, under the traffic of the benches of the "
            "core (no circuit was compared in this run)"
        )
    return (
        "The benches of the core count the situations in which circuit and golden model were "
        f"compared, in {figures['simulator']}"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    crosses = figures["crosses"]
    counts = [
        [
            row["cross"], " x ".join(row["axes"]), row["bins"], row["hit"],
            "; ".join(f"{n}: {why}" for why, n in row["impossible"].items()) or "-",
        ]
        for row in crosses
    ]  # fmt: skip
    missing = [f"* {row['cross']}: {', '.join(one)}" for row in crosses for one in row["missing"]]
    parts = [
        f"{_what(figures)}: {figures['cycles']:,} cycles of {', '.join(figures['circuits'])}. "
        "Bins that cannot be are found by rules; a rule is wrong, and "
        "stops the count, if its bin is hit.",
        table(["cross", "of", "possible", "hit", "impossible, and why"], counts),
    ]
    if missing:
        parts.append("Possible, but not seen:\n\n" + "\n".join(missing))
    return "\n\n".join(parts)
