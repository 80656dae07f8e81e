"""Checkpoints: what is written is read back; anything else is refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from golden.presets import preset
from golden.validate import DataError
from scripts import checkpoint
from scripts.checkpoint import Checkpoint, Plan

TINY = preset("tiny")
PLAN = Plan(data="somewhere", data_sha256="0123", rates=(256, 64), run=4)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A checkpoint file in the middle of an epoch."""
    state = Checkpoint.start(TINY, PLAN)
    state.epoch, state.position, state.correct = 1, 7, 3
    state.history.append({"epoch": 1, "taught_error": 0.1})
    state.save(tmp_path / "run" / "checkpoint.npz")
    return tmp_path / "run" / "checkpoint.npz"


def test_everything_is_read_back(path: Path) -> None:
    state, start = checkpoint.load(path), Checkpoint.start(TINY, PLAN)
    assert (state.config, state.plan, state.random) == (TINY, PLAN, start.random)
    assert (state.epoch, state.position, state.correct) == (1, 7, 3)
    assert state.history == [{"epoch": 1, "taught_error": 0.1}]
    assert state.test_error is None
    for read, written in zip(state.weights, start.weights, strict=True):
        np.testing.assert_array_equal(read, written)
    assert [file.name for file in path.parent.iterdir()] == ["checkpoint.npz"]


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_truncated_files_are_refused(path: Path, kept: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    with pytest.raises(DataError, match="is no checkpoint or damaged; start anew with another"):
        checkpoint.load(path)


def test_changed_bits_are_refused_or_harmless(path: Path) -> None:
    content, good = path.read_bytes(), checkpoint.load(path)
    refused = 0
    for position in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[position] ^= 0x55
        path.write_bytes(damaged)
        try:
            state = checkpoint.load(path)
        except DataError:
            refused += 1
        else:  # dates and flags of the container, which carry no values
            assert state.random == good.random
            for read, written in zip(state.weights, good.weights, strict=True):
                np.testing.assert_array_equal(read, written)
    assert refused > len(content) // 7 // 2


def test_weights_out_of_range_are_refused(path: Path) -> None:
    state = checkpoint.load(path)
    state.weights[0][2, 3] = 128
    state.save(path)
    with pytest.raises(DataError, match="is no checkpoint or damaged"):
        checkpoint.load(path)


def test_other_formats_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoint, "FORMAT", 99)
    with pytest.raises(DataError, match="has format 3, not 99; start anew with another --out"):
        checkpoint.load(path)


def test_missing_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"there is no checkpoint .*; make one with: erbium train"):
        checkpoint.load(tmp_path / "none.npz")


def test_only_the_same_training_may_be_continued(path: Path) -> None:
    state = checkpoint.load(path)
    state.check_same(TINY.replace(name="other", lanes=4), PLAN)
    for config, plan, message in (
        (TINY.replace(ticks=13), PLAN, "with ticks 12, not 13"),
        (TINY, Plan("somewhere", "0123", (256,), 4), r"with rates \(256, 64\), not \(256,\)"),
        (TINY, Plan("somewhere", "0124", (256, 64), 4), "with data_sha256 0123, not 0124"),
        (TINY, Plan("somewhere", "0123", (256, 64), 5), "with run 4, not 5"),
    ):
        with pytest.raises(DataError, match=f"{message}; use the same values to resume"):
            state.check_same(config, plan)
