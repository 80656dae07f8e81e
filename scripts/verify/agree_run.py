"""Many random scenarios on several processes: which engines run which, and what came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import as_completed
from pathlib import Path

from erbium.golden.config import LANES
from erbium.scripts.common.workers import workers
from erbium.sim.compare.agreement import CIRCUITS, MODELS, Disagreement, agree, explore
from erbium.sim.host.draws import Scenario

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


def campaign(
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
