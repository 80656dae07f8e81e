"""Tests of a mistake end by what they use of the processor, however long others keep it."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from erbium.scripts.verify.mutation_python import watch

Start = Callable[[str], subprocess.Popen]


@pytest.fixture
def start() -> Iterator[Start]:
    started = []

    def one(program: str) -> subprocess.Popen:
        started.append(subprocess.Popen([sys.executable, "-c", program]))
        return started[-1]

    yield one
    for child in started:
        child.kill()
        child.wait()


def test_what_ends_has_a_status(start: Start) -> None:
    assert watch.status(start("raise SystemExit(3)"), 60) == 3


def test_a_loop_comes_to_no_end(start: Start) -> None:
    child = start("while True: pass")
    assert watch.status(child, 1) is None
    assert child.poll() is None


def test_a_loop_in_a_program_that_it_starts_counts(start: Start) -> None:
    inner = "import time; begin = time.process_time()\\nwhile time.process_time() < begin + 3: pass"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{inner}'])"
    assert watch.status(start(program), 1) is None
    assert watch.status(start(program), 60) == 0


def test_waiting_uses_nothing(start: Start) -> None:
    # By the clock on the wall, this takes longer than it may.
    assert watch.status(start("import time; time.sleep(4)"), 1, still=60) == 0


def test_standing_still_comes_to_no_end(start: Start) -> None:
    child = start("import time; time.sleep(1000)")
    assert watch.status(child, 60, still=2) is None


def test_who_waits_for_a_processor_does_not_stand_still(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = itertools.count()
    monkeypatch.setattr(watch, "_work", lambda pid: (0.0, next(looks) < 8))
    monkeypatch.setattr(watch, "LOOK", 0.2)
    child = start("import time; time.sleep(1000)")
    assert watch.status(child, 60, still=0.8) is None
    assert next(looks) > 8 + 3
