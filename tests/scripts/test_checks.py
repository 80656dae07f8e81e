"""Commands that check the checks, made short: mutations, and what the tests reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from erbium.scripts.verify import functional as functional_section
from erbium.scripts.verify import mutation as mutation_section
from erbium.scripts.verify import python_coverage
from erbium.scripts.verify.mutation_python import mutants as python_campaign
from erbium.scripts.verify.mutation_python.judge import Verdict
from erbium.sim.mutation import campaign as circuit_campaign

from .conftest import figures

Erbium = Callable[..., Result]


def test_functional_coverage_without_a_circuit(erbium: Erbium) -> None:
    args = ("--simulator", "none", "--preset", "tiny", "--jobs", 1, "--out", "functional.json")
    result = erbium("coverage", "functional", *args)
    assert result.exit_code == 0, result.output
    found = figures("functional")
    assert found["circuits"] == ["tiny"]
    assert found["cycles"] > 1000
    hit = sum(row["hit"] for row in found["crosses"])
    assert 60 < hit < sum(row["bins"] for row in found["crosses"])
    assert f"{hit} of" in functional_section.summary(found)


@pytest.mark.slow
def test_functional_coverage_of_a_circuit(erbium: Erbium) -> None:
    args = ("--preset", "tiny", "--jobs", 1, "--out", "functional.json")
    result = erbium("coverage", "functional", *args)
    assert result.exit_code == 0, result.output
    assert figures("functional")["simulator"] == "icarus"
    assert figures("functional")["cycles"] > 1000


@pytest.mark.slow
def test_toggles_of_one_circuit_are_too_few(erbium: Erbium) -> None:
    args = ("--preset", "tiny", "--rounds", 1, "--jobs", 2, "--out", "toggle.json")
    result = erbium("coverage", "toggle", *args)
    # Six samples do not move every bit. The figures are there nevertheless.
    assert result.exit_code == 1
    assert "of the bits toggle; at least 98% must" in result.stderr
    (row,) = figures("toggle")["circuits"]
    assert row["nets"] > row["nets_toggled"] > 1000


@pytest.mark.slow
def test_python_coverage_of_one_test(
    erbium: Erbium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    test = tmp_path / "test_one.py"
    test.write_text(
        "from erbium.golden.fixed import saturate\ndef test(): assert saturate(9, 4) == 7\n"
    )
    monkeypatch.setattr(python_coverage, "REPORT", tmp_path / "coverage" / "coverage.json")
    monkeypatch.chdir(Path(__file__).parents[2])
    out = tmp_path / "python.json"
    args = ("--tests", test, "--no-proofs", "--jobs", 1, "--out", out)
    result = erbium("coverage", "python", *args)
    assert result.exit_code == 1
    assert "at least 95.0 % must" in result.stderr
    packages = json.loads(out.read_text())["packages"]
    golden = packages["golden"]
    assert 10 < golden["covered_lines"] < golden["num_statements"] / 4
    assert packages["hw"]["covered_lines"] == 0 < packages["hw"]["num_statements"]


@pytest.mark.slow
def test_mutation_campaign_goes_on(erbium: Erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    small = {"tiny-spram": circuit_campaign.CONFIGS["tiny-spram"]}
    monkeypatch.setattr(circuit_campaign, "CONFIGS", small)
    monkeypatch.setattr(circuit_campaign, "CYCLES", 100_000)
    args = ("--mutants", 12, "--jobs", 1, "--out", "mutation.json")
    result = erbium("mutation", *args)
    found = figures("mutation")
    assert result.exit_code == int(found["score"] < mutation_section.LEAST), result.output
    assert found["mutants"] == 12
    assert found["killed"] + found["equivalent"] + len(found["survivors"]) == 12
    assert found["killed"] > 6
    assert "single faults in the circuit" in mutation_section.summary(found)
    # Everything is kept: nothing is built or replayed again.
    monkeypatch.setattr(circuit_campaign, "build", None)
    assert erbium("mutation", *args).exit_code == result.exit_code
    again = figures("mutation")
    assert again["survivors"] == found["survivors"]
    assert again["killed"] == found["killed"]


def test_python_mutation_campaign_goes_on(
    erbium: Erbium, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[object] = []

    class Copy:
        """Finds a third of the mistakes with the tests of their file, the others with all."""

        def __init__(self, folder: Path, *options: object) -> None:
            pass

        def judge(
            self, mutant: object, stages: list[list[str]], seconds: int | None = None
        ) -> Verdict:
            if mutant is None:
                return Verdict(False, "")
            judged.append(mutant)
            first = "tests/docs" not in stages[0]
            place = len({*judged}) % 3
            killed = place == 0 if first else True
            return Verdict(killed, "tests/golden/test_fixed.py::test" if killed else "")

    monkeypatch.setattr(python_campaign, "Copy", Copy)
    args = ("--mutants", 6, "--jobs", 1, "--out", "mutation-python.json")
    result = erbium("mutation-python", *args)
    assert result.exit_code == 0, result.output
    found = figures("mutation-python")
    assert (found["mutants"], found["killed"], found["score"]) == (6, 6, 1.0)
    assert len(judged) > 6
    before = len(judged)
    assert erbium("mutation-python", *args).exit_code == 0
    assert len(judged) == before


def test_python_mutation_needs_tests_that_pass(
    erbium: Erbium, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Copy:
        """Fails without any mistake."""

        def __init__(self, folder: Path, *options: object) -> None:
            pass

        def judge(self, mutant: object, stages: object, seconds: int | None = None) -> Verdict:
            return Verdict(True, "tests/golden/test_rng.py::test_period")

    monkeypatch.setattr(python_campaign, "Copy", Copy)
    result = erbium("mutation-python", "--mutants", 1, "--jobs", 1, "--out", "out.json")
    assert result.exit_code == 2
    assert "test_rng.py::test_period fails; repair it first" in result.stderr


def test_score_below_the_threshold_fails(erbium: Erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(python_campaign, "run", lambda *args: [])
    result = erbium("mutation-python", "--out", "out.json")
    assert result.exit_code == 1
    assert "score 0.00%, less than 95%" in result.stderr
    assert figures("out")["mutants"] == 0
