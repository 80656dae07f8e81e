"""Settings of a sweep are told apart, whichever is named first."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from erbium.scripts.sweep import Job, Store, Sweep, summary

BASELINE = Job(name="few", preset="tiny", rule="bp", epochs=2)
WEIGHTS = [
    Job(name="few", preset="tiny", rates=(256,), config={"weight_bits": bits}) for bits in (7, 9)
]


def test_constants_of_baselines_tell_settings_apart(tmp_path: Path) -> None:
    slow = Job(name="few", preset="tiny", rule="bp", epochs=2, recipe={"rate": 0.01})
    settings = summary.summarize(Sweep("few", "digits", (BASELINE, slow)), Store(tmp_path))
    assert [entry["setting"]["recipe.rate"] for entry in settings] == ["usual", 0.01]
    table = summary.table("few", settings)
    assert list(table.columns[0].cells) == [
        "tiny, rate usual",
        "tiny, rate 0.01",
    ]


@pytest.mark.parametrize("jobs", list(itertools.permutations([BASELINE, *WEIGHTS])))
def test_a_baseline_hides_nothing(tmp_path: Path, jobs: tuple[Job, ...]) -> None:
    settings = summary.summarize(Sweep("few", "digits", jobs), Store(tmp_path))
    expected = {
        BASELINE.key: {"preset": "tiny", "rule": "bp"},
        WEIGHTS[0].key: {"preset": "tiny", "rule": "erbp", "weight_bits": 7},
        WEIGHTS[1].key: {"preset": "tiny", "rule": "erbp", "weight_bits": 9},
    }
    assert [entry["setting"] for entry in settings] == [expected[job.key] for job in jobs]
