"""Small mistakes in the tools around the core: each file has tests of its own, and time an end."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from erbium.scripts.verify.mutation_python import mutants as campaign
from erbium.scripts.verify.mutation_python.choose import ROOT, Mutant, choose, mutants
from erbium.scripts.verify.mutation_python.judge import Verdict
from erbium.scripts.verify.mutation_python.target import TARGETS, Target


@pytest.fixture(scope="module")
def target() -> Target:
    return TARGETS["tools"]()


def test_every_tool_has_tests_that_exist(target: Target) -> None:
    assert len(target.modules()) > 60
    for module in target.modules():
        tests, rest = target.stages(module)
        assert (ROOT / module).is_file()
        assert tests
        assert rest == []
        assert set(tests) <= set(target.tests())
        for test in tests:
            path, _, name = test.partition("::")
            assert f"def {name.partition('[')[0]}" in (ROOT / path).read_text(), test


def test_no_tool_between_data_and_machine_is_left_out(target: Target) -> None:
    rooms = ("data", "diagnosis", "estimator", "fit", "train", "view")
    # The figures of a training are but a table.
    others = {"scripts/train/figures.py"}
    there = {
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / "scripts" / room).glob("*.py")
        if path.name != "__init__.py"
    }
    assert there - others <= set(target.modules())


def test_none_of_the_golden_model_is_among_them(target: Target) -> None:
    assert not set(target.modules()) & set(TARGETS["golden"]().modules())


def test_looks_of_a_picture_are_no_mistakes(target: Target) -> None:
    (module,) = (one for one in target.modules() if one.endswith("scripts/train/plots.py"))
    lines = (ROOT / module).read_text().splitlines()
    found, _ = mutants(module)
    drawn = [lines[mutant.line - 1] for mutant in found]
    assert sum("Figure(figsize=" in line for line in lines) > 2
    assert not any("Figure(figsize=" in line for line in drawn)
    # Where a number stands is no matter of taste.
    assert any(
        "np.ndenumerate" in line or "divmod" in line or "1 + index" in line for line in drawn
    )


def test_a_change_that_is_no_python_is_passed_over(target: Target) -> None:
    (module,) = (one for one in target.modules() if one.endswith("fpga/bitstream.py"))
    pool = tuple(mutants(module)[0])
    stars = [m for m in pool if (ROOT / module).read_text().splitlines()[m.line - 1] == "    *,"]
    assert stars
    drawn = choose(pool, len(pool), 1)
    # A slash in its place is Python, and means something else.
    assert {m.operator for m in set(drawn) & set(stars)} <= {"core/ReplaceBinaryOperator_Mul_Div"}
    assert len(drawn) > len(pool) / 2
    for mutant in drawn[:10]:
        ast.parse(mutant.mutated())


class Copy:
    """Finds every mistake, after a while."""

    judged: list[Mutant]

    def __init__(self, *_: object) -> None:
        pass

    def judge(self, mutant: Mutant | None, stages: object, seconds: int | None = None) -> Verdict:
        """Note the mutant."""
        if mutant is None:
            return Verdict(False, "")
        self.judged.append(mutant)
        return Verdict(True, "timeout")


def test_what_is_left_when_time_is_over_is_done_next_time(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign, "FOLDER", tmp_path)
    monkeypatch.setattr(campaign, "Copy", Copy)
    monkeypatch.setattr(Copy, "judged", [], raising=False)
    clock = iter([0.0, *[1.0] * 5, *[100.0] * 1000])
    monkeypatch.setattr(campaign.time, "monotonic", lambda: next(clock))
    one = Target(**vars(target) | {"modules": lambda: [target.modules()[0]]})

    def run(minutes: float | None) -> list[tuple[Mutant, Verdict]]:
        return campaign.run(12, 1, 1, lambda done, total: None, one, minutes)

    with pytest.raises(campaign.OutOfTime, match=r"\d+ of 12 changes are left after 1 minutes; "):
        run(1)
    first = len(Copy.judged)
    assert 0 < first < 12
    assert [verdict.killed for _, verdict in run(None)] == [True] * 12
    # None was judged twice.
    assert len(Copy.judged) == len(set(Copy.judged)) == 12
