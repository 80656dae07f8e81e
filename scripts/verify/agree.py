"""Campaign: many random configurations and hosts, each run on several engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import as_completed
from pathlib import Path
from typing import Any

from erbium.golden.config import LANES
from erbium.scripts.common.markdown import rows as table
from erbium.scripts.common.workers import workers
from erbium.sim.compare.agreement import CIRCUITS, MODELS, Disagreement, agree, explore
from erbium.sim.host.draws import Scenario

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

#: Of so many scenarios, one runs on the simulator, with these lanes at most: Verilog of wide
#: cores takes long to emit, and Verilator long to build. All of them run on the models.
SHARES = {"amaranth": (10, 8), "icarus": (14, 8), "verilator": (50, 32)}


def plan(number: int) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Return the engines and the lanes of scenario `number`."""
    place = {name: index + 3 for index, name in enumerate(SHARES)}
    chosen = [name for name, (share, _) in SHARES.items() if number % share == place[name]]
    most = min((SHARES[name][1] for name in chosen), default=max(LANES))
    return (*MODELS, *chosen), tuple(lanes for lanes in LANES if lanes <= most)


def one(number: int, build_dir: Path) -> tuple[Counter[str], list[str], str | None]:
    """Draw and run scenario `number`.

    Returns
    -------
    Counter
        Scenarios and cycles of every engine.
    list of str
        JSON of the scenario: none if Hypothesis found nothing new.
    str or None
        How it failed.
    """
    engines, lanes = plan(number)
    counts: Counter[str] = Counter()

    def check(scenario: Scenario) -> None:
        found = agree(scenario, engines, build_dir=build_dir)
        counts.update({f"{engine} scenarios": 1 for engine in engines})
        counts.update({f"{engine} cycles": found[engine] for engine in CIRCUITS})
        counts["samples"] += found["samples"]

    try:
        drawn = [scenario.json() for scenario in explore(number, check, lanes=lanes)]
    except Disagreement as error:
        return counts, [error.scenario.json()], str(error)
    return counts, drawn, None


def run(
    count: int, first: int, jobs: int, build_dir: Path, progress: Callable[[int], None]
) -> dict[str, object]:
    """Run `count` scenarios from number `first` on, and return the figures.

    Parameters
    ----------
    count, first : int
    jobs : int
        Processes.
    build_dir : Path
    progress : callable
        Called with the number of scenarios that are through.
    """
    counts: Counter[str] = Counter()
    configurations, failures = set(), []
    with workers(jobs) as pool:
        numbers = range(first, first + count)
        futures = [pool.submit(one, number, build_dir) for number in numbers]
        for done, future in enumerate(as_completed(futures), 1):
            found, drawn, failure = future.result()
            counts.update(found)
            configurations.update(Scenario.from_json(text).config for text in drawn)
            failures += [failure] if failure else []
            progress(done)
    engines = (*MODELS, *CIRCUITS)
    return {
        "scenarios": {engine: counts[f"{engine} scenarios"] for engine in engines},
        "cycles": {engine: counts[f"{engine} cycles"] for engine in CIRCUITS},
        "samples": counts["samples"],
        "configurations": len(configurations),
        "failures": sorted(failures),
    }


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return figures["failures"][0] if figures["failures"] else None


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
