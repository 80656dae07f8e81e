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


@pytest.mark.parametrize("jobs", list(itertools.permutations([BASELINE, *WEIGHTS])))
def test_a_baseline_hides_nothing(tmp_path: Path, jobs: tuple[Job, ...]) -> None:
    settings = summary.summarize(Sweep("few", "digits", jobs), Store(tmp_path))
    expected = {
        BASELINE.key: {"preset": "tiny", "rule": "bp"},
        WEIGHTS[0].key: {"preset": "tiny", "rule": "erbp", "weight_bits": 7},
        WEIGHTS[1].key: {"preset": "tiny", "rule": "erbp", "weight_bits": 9},
    }
    assert [entry["setting"] for entry in settings] == [expected[job.key] for job in jobs]
