"""The benches' scoreboard: each test compares something, and the first mismatch ends it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from erbium.golden.words import pack
from erbium.sim.benches.scoreboard import Scoreboard


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ERBIUM_BENCH", str(tmp_path))
    return tmp_path


def counts(bench: Path) -> dict[str, int]:
    """Return what a bench keeps."""
    return json.loads((bench / "counts.json").read_text())


def compared(values: int) -> Scoreboard:
    """Return a scoreboard that has compared so many equal values."""
    board = Scoreboard()
    for _ in range(values):
        board.cycle()
        board.compare("a", 3, 3)
    return board


def test_every_test_must_compare_something_of_its_own(bench: Path) -> None:
    compared(2).passed()
    with pytest.raises(AssertionError, match="nothing was compared"):
        compared(0).passed()
    assert counts(bench) == {"tests": 1, "cycles": 2, "values": 2, "mismatches": 1}
    compared(1).passed()
    assert counts(bench) == {"tests": 2, "cycles": 3, "values": 3, "mismatches": 1}


def test_a_test_that_only_lets_time_pass_has_compared_nothing(bench: Path) -> None:
    board = Scoreboard()
    board.cycle()
    with pytest.raises(AssertionError, match="cycle 1: nothing was compared"):
        board.passed()


class Handle:
    """A wire with bits."""

    def __init__(self, bits: str) -> None:
        self.value = bits


def test_values_and_unknown_bits_are_mismatches(bench: Path) -> None:
    board = compared(1)
    assert board.read("a", Handle("0101")) == 5
    for bits in ("01x1", "Z", "x"):
        with pytest.raises(AssertionError, match=f"cycle 1: a has unknown bits: {bits}"):
            board.read("a", Handle(bits))
    for actual, expected in ((4, 5), (5, 4), (0, 1)):
        with pytest.raises(AssertionError, match=f"a is {actual}, expected {expected}"):
            board.compare("a", actual, expected)
    assert counts(bench)["mismatches"] == 6


FIELDS = {"first": 3, "second": 1, "third": 4}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.usefixtures("bench")
def test_any_field_of_a_unit_is_compared(name: str) -> None:
    board, record = Scoreboard(), {"first": 5, "second": 0, "third": 9}
    board.compare_record("unit", FIELDS, pack(FIELDS, record), record)
    board.passed()
    wrong = record | {name: record[name] ^ 1}
    message = f"unit: {name} is {wrong[name]:#x}, expected {record[name]:#x}$"
    with pytest.raises(AssertionError, match=message):
        board.compare_record("unit", FIELDS, pack(FIELDS, wrong), record)
