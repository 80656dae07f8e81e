"""Labels of any kind, in a program, in a checkpoint and in the files that commands read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_wine

from erbium import Classifier, DataError
from erbium.scripts.train import checkpoint

X, Y = load_wine(return_X_y=True)
QUICK = {"hidden_layer_sizes": (4,), "epochs": 1}

LABELS = [
    np.array(["10", "2", "33"]),
    np.array(["1.0", "2.0", "1e1"]),
    np.array(["007", "2", "33"]),
    np.array([" a", "b ", "c"]),
    np.array(["red", "pink", "white"]),
    np.array(["10", "2", "33"], dtype=object),
    np.array(["NA", "", "?"]),
    np.array([0.0, 7.0, -3.0]),
    np.array([0, 7, 300], dtype=np.float32),
    np.array([3, 10, 2]),
    np.array([3, 10, 2], dtype=np.uint8),
    np.array([2**60, 2**60 + 1, 7]),
    np.array([False, True, True]),
]


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: f"{labels.dtype} {labels}")
def test_labels_are_what_they_were(labels: np.ndarray, tmp_path: Path) -> None:
    x, y = X[::4], labels[Y[::4]]
    made = Classifier(**QUICK).fit(x, y)
    path = made.save(tmp_path / "first")
    again = Classifier.load(path)
    # Written once more, as after another pass.
    last = Classifier.load(again.partial_fit(x, y).save(tmp_path / "second"))
    for loaded in (Classifier.load(path), last):
        assert loaded.classes_.tolist() == made.classes_.tolist()
        assert list(map(type, loaded.classes_.tolist())) == list(map(type, made.classes_.tolist()))
        # How many letters there is room for says nothing.
        assert loaded.classes_.dtype.kind == made.classes_.dtype.kind
        assert loaded.classes_.dtype.kind == "U" or loaded.classes_.dtype == made.classes_.dtype
    same = Classifier.load(path)
    np.testing.assert_array_equal(same.predict(x), made.predict(x))
    assert same.score(x, y) == made.score(x, y)


@pytest.mark.parametrize(("labels", "kept"), [
    (np.array(["red", "pink", "white"]), False), (np.array([3, 1, 2]), False),
    (np.array(["10", "2", "33"]), True),
])  # fmt: skip
def test_a_checkpoint_says_no_more_than_it_has_to(
    labels: np.ndarray, kept: bool, tmp_path: Path
) -> None:
    path = Classifier(**QUICK).fit(X[::4], labels[Y[::4]]).save(tmp_path)
    assert ("labels" in checkpoint.load(path).plan.as_dict()["estimator"]) == kept


@pytest.mark.parametrize("labels", [
    [" a", "b ", "c"], ["1.0", "2.0", "10"], ["10", "2", "33"], ["01", "2.0", "b "],
    [True, False, True], [0.0, 2.0, 11.0],
])  # fmt: skip
def test_commands_find_the_labels_of_the_same_data(
    labels: list, erbium: Callable, tmp_path: Path
) -> None:
    x, y = X[::3], np.array(labels)[Y[::3]]
    made = Classifier(**QUICK).fit(x, y)
    path = made.save(tmp_path / "run")
    np.savez(tmp_path / "wine.npz", x=x, y=y, x_test=x, y_test=y)
    result = erbium("diagnose", path.parent, "--data", tmp_path / "wine.npz", "--samples", "9")
    assert result.exit_code == 0, result.output
    data = checkpoint.load(path).plan.preparation.numbers_of(y)
    np.testing.assert_array_equal(made.classes_[data], y)


@pytest.mark.parametrize(("one", "other"), [("a", " a"), ("1", "1.0"), ("?", "? ")])
def test_labels_that_are_one_in_a_file_are_refused(one: str, other: str) -> None:
    labels = np.array([one, other, "5"])[Y[::4]]
    first, second = sorted((one, other))
    with pytest.raises(DataError, match="are one class in a file") as refused:
        Classifier(**QUICK).fit(X[::4], labels)
    assert f"labels {first!r} and {second!r}" in str(refused.value)
