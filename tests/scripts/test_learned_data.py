"""Data of a run are found again as they were taken, without a word; other data are told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.scripts.data.source import Source
from erbium.scripts.train.checkpoint import load

from .conftest import figures

#: Options of a table that decide which samples there are and how they are prepared.
TAKEN = ("--label", "first", "--header", "--split", 2, "--scaling", "common", "--inputs", "bias")


@pytest.fixture
def run(erbium) -> Path:
    """Train on a table that is taken in an unusual way."""
    random = np.random.default_rng(3)
    rows = (f"{'xyz'[k % 3]},{random.normal(k % 3 * 4, 1):.3f},{-k % 7}" for k in range(60))
    Path("own.csv").write_text("\n".join(["0,1,2", *rows]) + "\n")
    result = erbium("train", "--data", "own.csv", *TAKEN, "--hidden", 4, "--epochs", 1,
                    "--out", "run", "--json", "t.json")  # fmt: skip
    assert result.exit_code == 0, result.output
    return Path("run", "run-0", "checkpoint.npz")


def test_every_command_takes_them_as_the_training_did(run: Path, erbium) -> None:
    state = load(run)
    assert state.plan.source == Source("own.csv", label="first", header=True, split=2,
                                       scaling="common", inputs=("bias",))  # fmt: skip
    for command in (("diagnose", "run"), ("view", "run")):
        result = erbium(*command, "--json", "a.json")
        assert (result.exit_code, "not the data" in result.stderr) == (0, False), result.output
        assert figures("a")["same_data"]
    erbium("export", "run", "--out", "out")
    (config,) = Path("out").glob("*.toml")
    port = ("--port", f"model:{config}", "--checkpoint", run)
    result = erbium("device", "classify", *port, "--json", "a.json")
    assert (result.exit_code, "not the data" in result.stderr) == (0, False), result.output
    assert figures("a")["error"] == state.test_error
    result = erbium("plan", "--checkpoint", run, "--device", "up5k", "--json", "a.json")
    assert (result.exit_code, figures("a")["data"]) == (0, "2 of own.csv")


def test_a_repeated_option_is_no_other_option(run: Path, erbium) -> None:
    result = erbium("diagnose", "run", "--data", "own.csv", *TAKEN, "--json", "a.json")
    assert (result.exit_code, "not the data" in result.stderr) == (0, False), result.output
    result = erbium("diagnose", "run", "--scaling", "columns")
    assert result.exit_code == 2
    assert "scaling 'columns' is not that of the training" in result.stderr


def test_moved_data_are_taken_as_before(run: Path, erbium) -> None:
    Path("own.csv").rename("moved.csv")
    result = erbium("diagnose", "run")
    assert result.exit_code == 2
    assert "the data of this run are 'own.csv', others can be named with --data" in result.stderr
    result = erbium("diagnose", "run", "--data", "moved.csv", "--json", "a.json")
    assert (result.exit_code, "not the data" in result.stderr) == (0, False), result.output


def test_options_that_other_data_do_not_take_are_left_out(run: Path, erbium) -> None:
    random = np.random.default_rng(1)
    np.savez("other.npz", x=random.normal(size=(30, 2)), y=np.array(list("xyz" * 10)))
    result = erbium("diagnose", "run", "--data", "other.npz", "--json", "a.json")
    assert result.exit_code == 0, result.output
    assert not figures("a")["same_data"]
    wanted = load(run).plan.data_sha256[:12]
    assert "'other.npz' are not the data that the run learned" in result.stderr
    assert f", not {wanted}" in result.stderr


def test_another_split_is_told(run: Path, erbium) -> None:
    result = erbium("diagnose", "run", "--split", 0)
    assert result.exit_code == 0, result.output
    assert "are not the data that the run learned" in result.stderr
