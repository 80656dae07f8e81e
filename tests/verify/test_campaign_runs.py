"""Campaigns: every part of the work is given out once, and each result goes where it belongs."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.scripts.data.source import Dataset, Split
from erbium.scripts.verify import epoch, functional, mutation, python_coverage, soak, toggle
from erbium.sim.compare.long_training import begin

TINY = preset("tiny")


def test_faults_are_shared_out_over_all_configurations(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Campaign:
        def __init__(self, name: str, share: int, seed: int, folder: Path) -> None:
            asked.append((name, share, seed))
            self.all, self._name, self._share = range(100), name, share

        def run(self, jobs: int, told: object) -> list[str]:
            return [self._name] * self._share

    configs = {"a": TINY, "b": TINY, "c": TINY}
    fake = SimpleNamespace(
        Campaign=Campaign, CONFIGS=configs, figures=lambda judged, possible: (judged, possible)
    )
    monkeypatch.setattr(mutation, "campaign", fake)
    judged, possible = mutation.run(8, 5, 1, lambda *_: None)
    assert asked == [("a", 3, 5), ("b", 3, 5), ("c", 2, 5)]
    assert Counter(judged) == {"a": 3, "b": 3, "c": 2}
    assert possible == 300


def test_situations_are_collected_of_every_circuit_and_seed(
    here: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Pool(here):
        def map(self, work: object, plan: list) -> list:
            return [work(one) for one in plan]

    def dry(job: tuple[str, int]) -> tuple[Counter, int]:
        return Counter({("reset", job): 2}), 10 * job[1]

    told = []
    monkeypatch.setattr(functional, "workers", Pool)
    monkeypatch.setattr(functional, "_dry", dry)
    hits, cycles = functional.collect(
        ("a", "b", "c"), "none", (1, 2), 1, lambda *values: told.append(values)
    )
    assert hits == {("reset", (name, seed)): 2 for name in "abc" for seed in (1, 2)}
    assert cycles == 3 * 10 + 3 * 20
    assert told == [("benches", done, 6, None) for done in range(1, 7)]


def test_toggles_of_a_circuit_are_those_of_its_runs(
    here: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Seen(list):
        def add(self, other: list) -> None:
            self.extend(other)

    def exercised(config: object, rounds: int, stalls: int | None, seed: int) -> tuple[Seen, int]:
        return Seen([(config.name, rounds, stalls, seed)]), seed

    monkeypatch.setattr(toggle, "workers", here)
    # All are finished from the start, in an order that nothing decides.
    monkeypatch.setattr(toggle, "as_completed", list)
    monkeypatch.setattr(toggle, "Toggles", Seen)
    monkeypatch.setattr(toggle, "_exercised", exercised)
    monkeypatch.setattr(toggle, "netlist", lambda config, folder: (config.name, folder))
    monkeypatch.setattr(
        toggle, "counted", lambda config, found, constant: {"seen": found, "constant": constant}
    )
    told = []
    names = ("tiny", "digits")
    found = toggle.run(names, 7, 20, 1, lambda *values: told.append(values))
    assert found["rounds"] == 7
    tiny, digits = found["circuits"]
    assert tiny == {
        "name": "tiny", "config_sha256": TINY.sha256, "samples": 20 + 21,
        "seen": [("tiny", 7, None, 20), ("tiny", 7, 5, 21)],
        "constant": ("tiny", Path("build", "constants", "tiny")),
    }  # fmt: skip
    assert (digits["name"], digits["samples"]) == ("digits", 22 + 23)
    assert digits["seen"] == [("digits", 7, None, 22), ("digits", 7, 5, 23)]
    assert told == [("toggles", done, 4, None) for done in range(1, 5)]


def test_coverage_counts_the_proofs_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def tests(names: object, jobs: int, proofs: bool) -> dict:
        asked.append(proofs)
        return {"files": {}}

    monkeypatch.setattr(python_coverage, "run_tests", tests)
    monkeypatch.setattr(python_coverage, "summed", lambda report: {})
    assert python_coverage.run(["tests/a"], 1) == {"tests": ["tests/a", "erbium formal"]}
    assert python_coverage.run(["tests/a"], 1, proofs=False) == {"tests": ["tests/a"]}
    assert asked == [True, False]


def test_a_comparison_begins_with_nothing() -> None:
    figures = begin(TINY).figures()
    assert figures.pop("mismatch") is None
    assert figures.pop("cycles_per_cpu_second") is None
    assert figures.pop("equal") is False
    assert set(figures.pop("phase_cycles").values()) == {0}
    assert figures == dict.fromkeys(
        ("samples", "right", "predictions_equal", "cycles", "operations", "weights_compared",
         "weights_changed", "seconds", "cpu_seconds"), 0,
    )  # fmt: skip


def test_a_soak_begins_with_nothing(tmp_path: Path) -> None:
    count = soak.Count(tmp_path, 1).figures
    assert count.pop("cycles") == {"verilator": 0, "icarus": 0}
    assert (count.pop("memory"), count.pop("failures")) == ([], [])
    assert set(count.values()) == {0}
    assert count["memory_growth"] == 0


def test_an_epoch_is_of_its_samples_alone() -> None:
    part = Split(np.arange(12, dtype=np.uint8).reshape(3, 4), np.array([2, 0, 1]))
    nothing = Split(part.samples[:0], part.labels[:0])
    expected = Dataset("any", part, nothing, nothing).sha256
    assert epoch.origin(TINY, part)["data_sha256"] == expected
