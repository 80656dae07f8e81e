"""Classes are called by their names wherever they have some; other labels are refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import from_arrays
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.diagnosis.examination import examine
from erbium.scripts.diagnosis.explanation import explained
from erbium.scripts.train import plots
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.learned import Learned
from erbium.scripts.view import page

TINY = preset("tiny")
NAMES = ("lark", "$owl$", "wren {x}")


@pytest.fixture(scope="module")
def birds() -> Dataset:
    """Bytes for preset tiny, in three classes with names."""
    random = np.random.default_rng(5)
    kinds = np.arange(60) % 3
    x = random.integers(0, 60, (60, 12)).astype(np.uint8)
    x[np.arange(60), kinds * 4] += 180
    return from_arrays(x, np.array(NAMES)[kinds])


def begun(birds: Dataset, **changes: object) -> Checkpoint:
    return Checkpoint.start(TINY.replace(**changes), Plan.of(birds, [256], 0))


def test_what_is_wrong_names_classes(birds: Dataset) -> None:
    state = begun(birds)
    state.weights[1][:] = 60
    state.weights[1][:, 2] = -127
    said = {one.rule: str(one) for one in examine(state, birds).findings}
    # The third by the alphabet.
    assert "no spike for class wren {x}: train longer" in said["mute-classes"]
    found = examine(begun(birds, threshold=(96, 20000)), birds).findings
    (said_of_all,) = (str(one) for one in found if one.rule == "silent-output")
    assert "every sample is taken for class $owl$: lower" in said_of_all


def test_a_page_names_classes(birds: Dataset) -> None:
    found = explained(begun(birds), Learned(birds.sha256, birds, birds))
    text = page.text(found)
    label = birds.validation.labels[0]
    name = birds.classes[label]
    assert f"Validation sample 0, class {name}: output " in text
    assert f"class {label}" not in text
    (words,) = (line for line in found.confused[:1])
    assert any(f"class {name} is taken for" in words for name in NAMES)


def test_a_picture_names_classes(
    birds: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    titles = []
    real = plots.spikes

    def kept(*args: object) -> object:
        figure = real(*args)
        titles.append(figure.get_suptitle())
        return figure

    monkeypatch.setattr(plots, "spikes", kept)
    plots.draw_all(begun(birds), birds.test, tmp_path)
    name = birds.classes[birds.test.labels[0]]
    assert titles[0].startswith(f"tiny: a sample of class {name}, recognised as ")


def test_words_are_no_classes_of_a_run_with_numbers(erbium, tiny_data: Path) -> None:
    assert (
        erbium("train", "tiny", "--data", tiny_data, "--epochs", 1, "--out", "run").exit_code == 0
    )
    rows = np.random.default_rng(1).integers(0, 256, (30, 12))
    port = ("--port", "model:tiny", "--checkpoint", "run/run-0/checkpoint.npz")
    for labels, wrong in ((("cat", "dog", "eel"), "cat"), ((1, 2, 3), "3"), ((-1, 0, 1), "-1")):
        np.savez("own.npz", x=rows, y=np.array(labels)[np.arange(30) % 3])
        for command in (("device", "classify", *port), ("diagnose", "run")):
            result = erbium(*command, "--data", "own.npz")
            assert result.exit_code == 2
            told = (
                f"have the label {wrong!r}, but the classes learned from have no names, only numb"
            )
            assert told in result.stderr
    # Numbers of some of its classes are what they say.
    np.savez("own.npz", x=rows, y=1 + np.arange(30) % 2)
    result = erbium("device", "classify", *port, "--data", "own.npz", "--json", "a.json")
    assert result.exit_code == 0, result.output
    found = json.loads(Path("a.json").read_text())
    assert found["classes"] == []
    assert f"{found['error']:.2%} not recognised" in result.output
    assert {int(line.split()[0]) for line in result.output.splitlines()
            if line.strip()[:1].isdigit() and "recognised" not in line} == {1, 2}  # fmt: skip


def test_other_words_are_refused_with_both_sides(erbium) -> None:
    x = np.random.default_rng(1).normal(size=(30, 3))
    np.savez("own.npz", x=x, y=np.array(["ash", "elm"])[np.arange(30) % 2])
    np.savez("other.npz", x=x, y=np.array(["ash", "oak"])[np.arange(30) % 2])
    erbium("train", "--data", "own.npz", "--hidden", 4, "--epochs", 1, "--out", "run")
    result = erbium("diagnose", "run", "--data", "other.npz")
    assert result.exit_code == 2
    assert "have the label 'oak', which is none of the classes learned from: ash, elm" in (
        result.stderr
    )


def test_unnamed_classes_have_numbers() -> None:
    unnamed = Preparation(3)
    assert unnamed.numbers_of([2, 0]).tolist() == [2, 0]
    for labels, wrong in ((["a", "b"], "a"), ([0, -2], "-2")):
        with pytest.raises(DataError, match=f"label '{wrong}', but the classes learned from have"):
            unnamed.numbers_of(labels)
