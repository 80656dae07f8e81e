"""Coverage of Python: sums are right, and modules that tests miss are named."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from erbium.scripts.verify import python_coverage

COMPARES = """
import numpy as np
from erbium.golden.core import Core
from erbium.golden.fast import FastCore, kernel
from erbium.golden.presets import preset
import numba
assert not hasattr(kernel.run_sample, "py_func"), "it is compiled after all"
tiny = preset("tiny")
variants = [
    tiny,
    tiny.replace(rounding="nearest", transmit=9, error_threshold=2),
    tiny.replace(encoder="bernoulli"),
    tiny.replace(encoder="events"),
    tiny.replace(learning=False),
]
for config in variants:
    fast, golden = FastCore(config), Core(config)
    draw = np.random.default_rng(1)
    samples = draw.integers(0, 256, (3, 12))
    samples[1] = 0
    if config.encoder == "events":
        fires = draw.random((3, config.ticks, 12)) < 0.4
        samples = [[np.flatnonzero(t).tolist() for t in s] for s in fires]
    for rate in (256, 100, 0) if config.learning else (0,):
        for label, sample in enumerate(samples):
            a, b = fast.run(sample, label, rate), golden.run(sample, label, rate)
            assert a.counts.tolist() == b.counts.tolist() and a.winner == b.winner
        if config.encoder != "events":
            fast.run_many(samples, np.arange(3), rate), golden.run_many(samples, np.arange(3), rate)
    assert fast.random == golden.random
    for a, b in zip(fast.weights, golden.weights, strict=True):
        np.testing.assert_array_equal(a, b)
"""


def counts(statements: int, lines: int, branches: int, taken: int) -> dict[str, dict[str, int]]:
    values = (statements, lines, branches, taken)
    return {"summary": dict(zip(python_coverage.COUNTS, values, strict=True))}


def test_sums_and_modules_below() -> None:
    report = {
        "files": {
            "golden/a.py": counts(80, 80, 20, 20),
            "hw/b.py": counts(50, 40, 10, 8),
            "hw/__init__.py": counts(0, 0, 0, 0),
        }
    }
    found = python_coverage.summed(report) | {"tests": ["tests/golden"]}
    assert found["packages"]["hw"] == counts(50, 40, 10, 8)["summary"]
    assert found["total"] == counts(130, 120, 30, 28)["summary"]
    assert list(found["below"]) == ["hw/b.py"]
    assert found["below"]["hw/b.py"]["percent"] == 80.0
    assert "92.5 %" in python_coverage.summary(found)
    assert "| hw/b.py | 80.0 % |" in python_coverage.text(found)


@pytest.mark.parametrize(("word", "what"), [("-m", "tests"), (python_coverage._ERBIUM, "proofs")])
def test_failed_tests_give_no_figures(
    word: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(python_coverage, "_coverage", lambda *arguments: int(word in arguments))
    with pytest.raises(python_coverage.TestsFailed, match=f"{what} failed"):
        python_coverage.run_tests([__file__], 1)


def test_missing_tests_are_named() -> None:
    with pytest.raises(python_coverage.TestsFailed, match="there is no 'tests/none::test'; call"):
        python_coverage.run_tests(["tests/none::test"], 1)


def test_compiled_model_is_equal_when_it_is_interpreted() -> None:
    # Only so can its lines be counted; machine code has none.
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", COMPARES], env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
