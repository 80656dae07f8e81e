"""Situations that the benches of the core bring about, collected over circuits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from erbium.scripts.common.progress import Report, silent
from erbium.scripts.common.workers import workers
from erbium.sim.benches.scoreboard import COVERAGE
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.coverage.crosses import Bin
from erbium.sim.coverage.dry_run import dry_run
from erbium.sim.coverage.functional import load_hits
from erbium.sim.engines.runner import bench_folder, run_bench
from erbium.sim.engines.toolchain import find

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
