"""What is measured on known sets: splits, what is left to do, means."""

from __future__ import annotations

import json
from pathlib import Path

import click.testing
import numpy as np
import pytest

from erbium.scripts.fit import acceptance


@pytest.mark.parametrize("name", acceptance.SETS)
def test_splits_are_stratified(tmp_path: Path, name: str) -> None:
    x, y = acceptance.SETS[name]()
    tests = []
    for split in (0, 1):
        acceptance.write_split(tmp_path / "one.npz", name, split)
        made = np.load(tmp_path / "one.npz")
        assert len(made["x"]) + len(made["x_test"]) == len(x)
        share = np.bincount(made["y_test"]) / np.bincount(y)
        assert share == pytest.approx(np.full(len(share), 0.2), abs=0.02)
        whole = np.vstack([made["x"], made["x_test"]])
        assert np.array_equal(np.sort(whole, axis=0), np.sort(x, axis=0))
        tests.append(made["x_test"])
    assert not np.array_equal(*tests)


def test_enlarged_digits_are_the_middle_of_enlarged_pixels() -> None:
    x, _ = acceptance.SETS["digits"]()
    large, _ = acceptance.SETS["digits-20x20"]()
    image, digit = large[0].reshape(20, 20), x[0].reshape(8, 8)
    # Two of 24 lines are cut off at each side, so that one of the first pixel's three is left.
    assert np.array_equal(image[0], [digit[0, (column + 2) // 3] for column in range(20)])
    assert np.array_equal(image[:, 19], [digit[(row + 2) // 3, 7] for row in range(20)])


def test_only_what_is_left_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out, calls = tmp_path / "found.json", []

    def measure(name: str, split: int, minutes: float) -> dict[str, object]:
        calls.append((name, split))
        if len(calls) == 6:
            raise KeyboardInterrupt
        return {"data": name, "split": split, "minutes": minutes, "test_error": 0.01 * split,
                "baseline_errors": {"mlp": 0.02, "logistic_regression": 0.04},
                "trials": split + 3}  # fmt: skip

    monkeypatch.setattr(acceptance, "measure", measure)
    runner = click.testing.CliRunner()
    args = ["--minutes", "2", "--splits", "2", "--out", str(out)]
    assert runner.invoke(acceptance.main, args).exit_code != 0
    # What was begun before the sixth was stopped is kept, too.
    assert 5 <= len(json.loads(out.read_text())) < 8
    result = runner.invoke(acceptance.main, args)
    assert result.exit_code == 0, result.output
    # Nothing twice, but for what was stopped.
    assert len(set(calls)) == 2 * len(acceptance.SETS) == len(calls) - 1
    assert "| wine | 2 | 0.50 | 2.00 | 4.00 |" in result.output
    assert "Time of each fit: 2 min, 1 at once; trials: 3 to 4." in result.output
    result = runner.invoke(acceptance.main, [*args[2:], "--minutes", "3"])
    assert "--minutes 2.0 --at-once 1, not 3.0 and 1" in str(result.exception)
