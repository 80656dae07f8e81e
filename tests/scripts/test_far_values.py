"""Rows in another unit than those learned from are told, for they are clipped."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits, load_iris

from erbium import Classifier
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import unlabelled
from erbium.scripts.data.arrays import Making, from_arrays
from erbium.scripts.data.source import Source

X, Y = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": (4,), "epochs": 1}


def one_column(x: np.ndarray) -> np.ndarray:
    return x * [1, 1, 100, 1]


@pytest.mark.parametrize(("change", "place"), [
    (lambda x: x * 10, "x_test[0, 0] is 51"), (one_column, "x_test[0, 2] is 140"),
    (lambda x: -x * 10, "x_test[0, 0] is -51"),
])  # fmt: skip
@pytest.mark.parametrize("scaling", ["auto", "columns", "common"])
def test_a_test_part_in_another_unit_is_told(change: object, place: str, scaling: str) -> None:
    with pytest.warns(DataWarning) as told:
        from_arrays(X, Y, change(X), Y, making=Making(scaling))
    words = str(told[0].message)
    assert words.startswith(f"'arrays': {place.partition('[')[0]}[")
    assert "in the unit" in words
    if scaling != "common":
        assert place in words


def test_images_that_were_scaled_in_one_part_only_are_told() -> None:
    images, labels = load_digits(return_X_y=True)
    images = images.reshape(-1, 8, 8)
    with pytest.warns(DataWarning, match=r"x_test\[\d+, \d, \d\] is .* in the unit"):
        from_arrays(images / 16, labels, images[:50], labels[:50])


def test_other_samples_of_the_same_kind_are_not_told() -> None:
    random = np.random.default_rng(1)
    for draw in (random.standard_cauchy, random.standard_normal, random.standard_exponential):
        rows, others = draw((200, 20)), draw((60, 20))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            made = from_arrays(rows, np.arange(200) % 2, others, np.arange(60) % 2)
            from_arrays(rows, np.arange(200) % 2, preparation=made.preparation)
            # Of a few rows, any may be an outlier.
            from_arrays(others[:8] * 9, np.arange(8) % 2, preparation=made.preparation)


def test_rows_for_a_machine_in_another_unit_are_told(tmp_path: Path) -> None:
    learned = from_arrays(X, Y).preparation
    path = tmp_path / "new.csv"
    np.savetxt(path, X * 10, delimiter=",")
    found = unlabelled.read(Source(str(path)), learned, 4)
    with pytest.warns(DataWarning, match=r"new.csv' row 1, column 1 is 51, .* in the unit"):
        unlabelled.prepared(found, learned)
    with pytest.warns(DataWarning, match=r"x\[0, 0\] is 51"):
        from_arrays(X * 10, Y, preparation=learned)


def test_a_classifier_tells_of_rows_in_another_unit() -> None:
    made = Classifier(**QUICK | {"epochs": 10}).fit(X, Y)
    for ask in (made.predict, made.predict_proba, lambda rows: made.partial_fit(rows, Y)):
        with pytest.warns(DataWarning, match=r"row 0, column 0 is 51, .* in the unit"):
            ask(X * 10)
        with warnings.catch_warnings():
            warnings.simplefilter("error", DataWarning)
            ask(X)
    made.fit(X * 1e304, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made.predict(X * 1e304)
