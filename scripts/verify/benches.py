"""Situations that the benches of the core bring about, collected over circuits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from scripts.progress import Report, silent
from sim.dry_run import dry_run
from sim.functional import Bin, load_hits
from sim.runner import bench_folder, run_bench
from sim.scoreboard import COVERAGE
from sim.suite import VARIANTS
from sim.toolchain import find

BUILD_DIR = Path("build", "sim")

Hits = Counter[tuple[str, Bin]]


def _run(simulator: str, seed: int, name: str) -> tuple[Hits, int]:
    config = VARIANTS[name]
    result = run_bench("core", config, simulator, build_dir=BUILD_DIR, seed=seed)
    folder = bench_folder("core", config, simulator, BUILD_DIR)
    return load_hits(folder / COVERAGE), result.cycles


def _dry(seed: int, name: str) -> tuple[Hits, int]:
    return dry_run(VARIANTS[name], seed)


def collect(
    names: Sequence[str], simulator: str, seed: int, jobs: int, told: Report = silent
) -> tuple[Hits, int]:
    """Return how often each situation occurred, and the cycles.

    Parameters
    ----------
    names : sequence of str
        Circuits of `sim.suite.VARIANTS`.
    simulator : str
        "icarus" or "verilator"; "none" drives the golden model alone.
    seed, jobs : int

    Raises
    ------
    BenchError
        If a bench fails.
    ToolError
        If the simulator is missing.
    """
    if simulator == "none":
        pool, work = ProcessPoolExecutor(jobs), partial(_dry, seed)
    else:
        find(simulator)
        # Threads only wait for the processes in which the benches run.
        pool, work = ThreadPoolExecutor(jobs), partial(_run, simulator, seed)
    hits: Hits = Counter()
    cycles = 0
    with pool:
        for done, (found, more) in enumerate(pool.map(work, names), 1):
            hits.update(found)
            cycles += more
            told("benches", done, len(names), None)
    return hits, cycles
