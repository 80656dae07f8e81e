"""Scoreboard: compare, count, and stop at the first mismatch with everything named."""

from __future__ import annotations

import json
import os
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.words import Fields, pack, unpack

#: File of the situations that a bench has been in; see `sim.coverage.functional`.
COVERAGE = "functional.json"


def job() -> dict[str, object]:
    """Return the job of this bench's process."""
    return json.loads((Path(os.environ["ERBIUM_BENCH"]) / "job.json").read_text())


def job_config() -> Config:
    """Return the configuration of the design under test."""
    return Config.from_dict(job()["config"])


def is_guarded() -> bool:
    """Whether this is a bench's process, and its design has a guard."""
    return "ERBIUM_BENCH" in os.environ and job_config().guard


def coverage_file() -> Path:
    """Return where this bench keeps the situations that it has been in."""
    return Path(os.environ["ERBIUM_BENCH"]) / COVERAGE


class Scoreboard:
    """Counts of what a bench has compared, kept in ``counts.json`` over all of its tests."""

    def __init__(self) -> None:
        self._file = Path(os.environ["ERBIUM_BENCH"]) / "counts.json"
        counts = {"tests": 0, "cycles": 0, "values": 0, "mismatches": 0}
        if self._file.exists():
            counts = json.loads(self._file.read_text())
        self._counts = counts
        self._before = counts["values"]
        self._cycle = 0

    def cycle(self) -> None:
        """Count a clock cycle (or input pattern) that is compared."""
        self._cycle += 1
        self._counts["cycles"] += 1

    def add(self, cycles: int, values: int) -> None:
        """Count what was compared elsewhere, without a mismatch."""
        self._cycle += cycles
        self._counts["cycles"] += cycles
        self._counts["values"] += values

    def read(self, name: str, handle: object) -> int:
        """Return a wire's bits as an unsigned number; an unknown bit is a mismatch."""
        bits = str(handle.value)
        if not set(bits) <= {"0", "1"}:
            self._fail(f"{name} has unknown bits: {bits}")
        return int(bits, 2)

    def compare(self, name: str, actual: int, expected: int) -> None:
        """Compare one value; raise `AssertionError` if the circuit's differs."""
        self._counts["values"] += 1
        if actual != expected:
            self._fail(f"{name} is {actual}, expected {expected}")

    def compare_record(
        self, unit: str, fields: Fields, actual: int, expected: dict[str, int]
    ) -> None:
        """Compare a unit's word with its record, field by field if they differ."""
        self._counts["values"] += len(fields)
        if actual != pack(fields, expected):
            found = unpack(fields, actual)
            wrong = [
                f"{name} is {found[name]:#x}, expected {expected[name]:#x}"
                for name in fields
                if found[name] != expected[name]
            ]
            self._fail(f"{unit}: " + "; ".join(wrong))

    def passed(self) -> None:
        """End a test without mismatch; refuse if it has compared nothing."""
        if self._counts["values"] == self._before:
            self._fail("nothing was compared")
        self._counts["tests"] += 1
        self._save()

    def _fail(self, what: str) -> None:
        self._counts["mismatches"] += 1
        self._save()
        raise AssertionError(f"cycle {self._cycle}: {what}")

    def _save(self) -> None:
        self._file.write_text(json.dumps(self._counts))
