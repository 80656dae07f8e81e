"""Small mistakes in the golden model: which count, and who notices them."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from erbium.scripts.verify import mutation_python
from erbium.scripts.verify.mutation_python import mutants as campaign
from erbium.scripts.verify.mutation_python.choose import ROOT, Mutant, choose, modules, mutants
from erbium.scripts.verify.mutation_python.judge import Copy, Verdict, every_test, stages
from erbium.scripts.verify.mutation_python.target import GOLDEN


def test_every_file_of_the_golden_model_can_have_some() -> None:
    assert {"golden/fixed.py", "golden/cycle/control.py", "golden/fast/kernel.py"} <= set(modules())
    for module in modules():
        assert all((ROOT / path).exists() for stage in stages(module) for path in stage), module
    assert {path for path in every_test() if not (ROOT / path).exists()} == set()


def test_only_code_that_runs_is_changed() -> None:
    found, skipped = mutants("golden/config.py")
    text = (ROOT / "golden/config.py").read_text().splitlines()
    assert skipped > 0
    # `int | None` stands in an annotation, "ticks - 1 =" in the text of an error.
    assert not any("def _per_layer" in text[mutant.line - 1] for mutant in found)
    assert not any("from 0 to ticks - 1" in text[mutant.line - 1] for mutant in found)
    assert not any(mutant.operator.endswith(("_Is", "_IsNot")) for mutant in found)
    for mutant in found[:40]:
        assert mutant.mutated() != (ROOT / mutant.module).read_text(), mutant
        assert mutant.change()


def test_changes_are_drawn_evenly_and_reproducibly() -> None:
    pool = tuple(mutants("golden/fixed.py")[0] + mutants("golden/neuron.py")[0])
    drawn = choose(pool, 20, 1)
    assert drawn == choose(pool, 20, 1) != choose(pool, 20, 2)
    assert choose(pool, 10, 1) == drawn[:10]
    assert sum(mutant.module == "golden/fixed.py" for mutant in drawn) == 10


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    return Copy(tmp_path_factory.mktemp("mutants") / "copy")


@pytest.fixture(scope="module")
def wrong() -> Mutant:
    """A saturation whose limit is another one."""
    found, _ = mutants("golden/fixed.py")
    return next(m for m in found if "Sub_Add" in m.operator)


def test_a_mistake_is_noticed_by_the_tests_of_its_file(
    copy: Copy, wrong: Mutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # There, pytest would spend hours on how two long lists differ.
    monkeypatch.setenv("CI", "true")
    verdict = copy.judge(wrong, stages(wrong.module)[:1])
    assert verdict.killed
    assert verdict.by.startswith("tests/golden/test_fixed.py::")


def test_without_a_mistake_nothing_is_noticed(copy: Copy) -> None:
    assert copy.judge(None, [["tests/golden/test_fixed.py"]]) == Verdict(False, "")


def test_tests_that_do_not_concern_it_notice_nothing(copy: Copy, wrong: Mutant) -> None:
    assert copy.judge(wrong, [["tests/golden/test_readout.py"]]) == Verdict(False, "")


def test_score_leaves_out_what_changes_nothing(
    tmp_path: Path,
) -> None:
    found = mutants("golden/fixed.py")[0][:5]
    results = [
        (mutant, Verdict(n < 3, "a test" if n < 3 else "")) for n, mutant in enumerate(found)
    ]
    known = tmp_path / "equivalent.json"
    target = dataclasses.replace(GOLDEN, equivalent=known)
    assert campaign.figures(results, target)["score"] == 3 / 5
    known.write_text(json.dumps({"golden/fixed.py": {found[3].change(): "a reason"}}))
    values = campaign.figures(results, target)
    assert values["score"] == 3 / 4
    assert values["survivors"][0]["reason"] == "a reason"
    assert not values["survivors"][1]["equivalent"]
    assert "score 75.0%" in mutation_python.summary(values)
    section = mutation_python.text(values)
    assert "| golden/fixed.py | 5 | 3 | 1 |" in section
    assert found[3].change() in section
    assert "a reason" in section
