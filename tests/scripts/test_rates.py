"""Schedules of learning rates: what is written, and what is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.golden.validate import DataError
from erbium.scripts.sweep import Job, SweepError
from erbium.scripts.train import checkpoint
from erbium.scripts.train.rates import parsed


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("256", [256]),
        ("256,256,128", [256, 256, 128]),
        ("256x3,128x3,64x3,32x2,16", [256] * 3 + [128] * 3 + [64] * 3 + [32] * 2 + [16]),
        ("0x2, 1", [0, 0, 1]),
    ],
)
def test_rates_are_repeated(text: str, rates: list[int]) -> None:
    assert parsed(text) == rates
    job = Job(name="a", preset="tiny", rates=text)
    assert job.rates == tuple(rates)
    same = Job(name="a", preset="tiny", rates=rates)
    assert (job, job.key, job.as_dict()) == (same, same.key, same.as_dict())


@pytest.mark.parametrize("text", ["", "256,", "x3", "256x", "256x0", "256x-1", "1e2", "256 128"])
def test_anything_else_is_refused(refused, text: str) -> None:
    for error, call in (
        (DataError, lambda: parsed(text)),
        (SweepError, lambda: Job(name="a", preset="tiny", rates=text)),
    ):
        with pytest.raises(error, match="is no list of integers from 0 to 256, such as 256,256,1"):
            call()
    assert f"{text!r} is no list of integers" in refused("train", "tiny", "--rates", text)


def test_a_schedule_is_recorded_and_resumed(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--augment", "shift=1")
    result = erbium(*common, "--rates", "256x2,64x2,16")
    assert result.exit_code == 0, result.output
    path = Path("runs", "tiny", "run-0", "checkpoint.npz")
    assert checkpoint.load(path).plan.rates == (256, 256, 64, 64, 16)
    # However it is written.
    result = erbium(*common, "--rates", "256,256x1,64x2,16", "--resume")
    assert result.exit_code == 0, result.output
    result = erbium(*common, "--rates", "256x2,64,16", "--resume")
    assert result.exit_code == 2
    assert "made with rates (256, 256, 64, 64, 16), not (256, 256, 64, 16)" in result.stderr
    result = erbium(*common[:-2], "--rates", "256x2,64x2,16", "--resume")
    assert result.exit_code == 2
    assert "made with augment shift=1, not none; use the same values to resume" in result.stderr


def test_rates_out_of_range_are_named(refused, tiny_data: Path) -> None:
    message = refused("train", "tiny", "--data", tiny_data, "--rates", "256x2,257")
    assert "rate must be 0" in message
    assert "not 257" in message
    message = refused("train", "tiny", "--data", tiny_data, "--augment", "shift=3")
    assert "samples of" in message
    assert "which are 3 x 4 pixels, out of sight; choose a shift of 2 or less" in message
