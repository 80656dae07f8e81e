"""What a classifier is after a training that failed, and after it was written and read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris, load_wine

import erbium
from erbium import Classifier, DataError
from erbium.scripts.data.arrays import Making, from_arrays
from erbium.scripts.data.source import Source, load
from erbium.scripts.data.splitting import VALIDATION
from erbium.scripts.estimator import learning
from erbium.scripts.train.training import seeded, train

X, Y = load_wine(return_X_y=True)
QUICK = {"hidden_layer_sizes": (4,), "epochs": 1}
WORDS = np.array(["red", "pink"])


@pytest.mark.parametrize("changed", [
    {"engine": "gpu"}, {"epochs": 0}, {"rates": [300], "epochs": None}, {"scaling": "log"},
    {"validation_fraction": 2}, {"inputs": 3}, {"hidden_layer_sizes": 0},
])  # fmt: skip
def test_a_failed_training_leaves_the_old_machine(changed: dict[str, object]) -> None:
    made = Classifier(**QUICK).fit(X, Y)
    before, answers = dict(vars(made)), made.predict(X)
    # Other labels, fewer of them, other columns.
    other, words = X[::2, :5], WORDS[Y[::2] % 2]
    with pytest.raises((DataError, erbium.ConfigError)):
        made.set_params(**changed).fit(other, words)
    after = made.set_params(**{name: before[name] for name in changed})
    assert vars(after).keys() == before.keys()
    assert all(vars(after)[name] is before[name] for name in before)
    np.testing.assert_array_equal(made.predict(X), answers)


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
def test_an_interrupted_training_leaves_the_old_machine(
    error: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Classifier(**QUICK).fit(X, Y)
    answers, weights = made.predict(X), [matrix.copy() for matrix in made.state_.weights]
    fresh, learn = Classifier(**QUICK), learning.learn

    def stopped(*given: object) -> None:
        learn(*given)
        raise error

    monkeypatch.setattr(learning, "learn", stopped)
    for attempt in (
        lambda: made.fit(X[::2, :5], WORDS[Y[::2] % 2]), lambda: made.partial_fit(X, Y),
        lambda: fresh.partial_fit(X, Y, classes=[0, 1, 2]), lambda: fresh.fit(X, Y),
    ):  # fmt: skip
        with pytest.raises(error):
            attempt()
    np.testing.assert_array_equal(made.predict(X), answers)
    for mine, old in zip(made.state_.weights, weights, strict=True):
        np.testing.assert_array_equal(mine, old)
    assert vars(fresh).keys() == fresh.get_params().keys()


def test_a_failed_training_forgets_names_of_columns() -> None:
    names = [f"column {number}" for number in range(X.shape[1])]
    made = Classifier(**QUICK).fit(pd.DataFrame(X, columns=names), Y)
    with pytest.raises(DataError):
        made.set_params(engine="gpu").fit(X[:, :5], Y)
    made.set_params(engine="fast")
    assert made.feature_names_in_.tolist() == names
    assert made.predict(pd.DataFrame(X, columns=names)).shape == Y.shape
    plain = Classifier(**QUICK).fit(X, Y)
    with pytest.raises(DataError):
        plain.set_params(engine="gpu").fit(pd.DataFrame(X, columns=names), Y)
    assert not hasattr(plain, "feature_names_in_")


def test_names_of_columns_come_back(tmp_path: Path) -> None:
    names = [f"column {number}" for number in range(X.shape[1])]
    made = Classifier(**QUICK).fit(pd.DataFrame(X, columns=names), Y)
    first = Classifier.load(made.save(tmp_path / "first"))
    first.partial_fit(pd.DataFrame(X, columns=names), Y)
    again = Classifier.load(first.save(tmp_path / "second"))
    for loaded in (made, first, again):
        assert loaded.feature_names_in_.tolist() == names
        assert loaded.feature_names_in_.dtype == object
        with pytest.raises(ValueError, match="in the same order"):
            loaded.predict(pd.DataFrame(X, columns=names[::-1]))
        assert loaded.predict(pd.DataFrame(X, columns=names)).shape == Y.shape
    assert not hasattr(
        Classifier.load(Classifier(**QUICK).fit(X, Y).save(tmp_path / "third")),
        "feature_names_in_",
    )


@pytest.mark.parametrize("asked", [
    {}, {"scaling": "common"}, {"scaling": "columns", "validation_fraction": np.float32(0.25)},
    {"scaling": "none", "validation_fraction": 0.5},
])  # fmt: skip
def test_how_rows_are_taken_comes_back(asked: dict[str, object], tmp_path: Path) -> None:
    rows = np.rint(X / X.max() * 255)
    made = Classifier(**QUICK, **asked).fit(rows, Y)
    first = Classifier.load(made.save(tmp_path / "first"))
    again = Classifier.load(first.save(tmp_path / "second"))
    for loaded in (first, again):
        for name in ("scaling", "validation_fraction"):
            assert loaded.get_params()[name] == made.get_params()[name]
        fitted = loaded.fit(rows, Y).state_
        assert fitted.plan.preparation == made.state_.plan.preparation
        assert fitted.random == made.state_.random


@pytest.mark.parametrize("course", [
    {"epochs": np.int64(3)}, {"epochs": None}, {"epochs": None, "rates": (256, 64)},
    {"epochs": None, "rates": "128x2"},
])  # fmt: skip
def test_passes_after_a_course_are_made_at_the_same_rate(
    course: dict[str, object], tmp_path: Path
) -> None:
    made = Classifier(**QUICK | course).fit(X, Y)
    first = Classifier.load(made.save(tmp_path / "first"))
    again = Classifier.load(first.save(tmp_path / "second"))
    for loaded in (first, again):
        assert loaded.epochs == made.epochs
        assert clone(loaded).fit(X, Y).state_.plan.rates == made.state_.plan.rates
    states = [one.partial_fit(X, Y).state_ for one in (made, first, again)]
    assert len({state.plan.rates for state in states}) == 1
    for state in states[1:]:
        for mine, other in zip(state.weights, states[0].weights, strict=True):
            np.testing.assert_array_equal(mine, other)


def test_how_a_command_took_rows_comes_back(tmp_path: Path) -> None:
    np.savez(tmp_path / "wine.npz", x=X, y=Y)
    source = Source(str(tmp_path / "wine.npz"), scaling="common", inputs=("bias",))
    config = erbium.preset("digits").replace(name="wine", layers=(14, 4, 3))
    train(seeded(config, 0), load(source, config), [256], out=tmp_path / "wine")
    assert Classifier.load(tmp_path / "wine").scaling == "common"
    digits = erbium.preset("tiny").replace(name="bytes", layers=(13, 4, 3))
    rows = np.arange(180 * 13).reshape(180, 13) % 256
    bare = from_arrays(rows.astype(np.uint8), np.arange(180) % 3)
    state = train(seeded(digits, 0), bare, [256], out=tmp_path / "bytes")
    loaded = Classifier.load(tmp_path / "bytes")
    assert state.plan.preparation.offset == ()
    assert loaded.scaling == "auto"


def test_all_rows_choose_the_scaling() -> None:
    # One sample of all is no intensity, and it is not among those that are learned.
    rng = np.random.default_rng(0)
    rows = rng.integers(0, 256, (90, 6)).astype(float)
    labels = np.arange(90) % 3
    learned, aside = learning.divided(labels, VALIDATION)
    rows[aside[0], 2] = 100.5
    made = Classifier(**QUICK, validation_fraction=VALIDATION).fit(rows, labels)
    file = from_arrays(rows, labels, rows, labels, making=Making(inputs=("pairs", "bias")))
    assert made.state_.plan.preparation.offset == file.preparation.offset != ()
    assert made.state_.plan.preparation.scale == file.preparation.scale
    with pytest.raises(DataError, match=f"row {aside[0]}, column 2 is 100.5"):
        Classifier(**QUICK, validation_fraction=VALIDATION, scaling="none").fit(rows, labels)
    rows[aside[0], 2], rows[learned[7], 3] = 1, -1
    with pytest.raises(DataError, match=f"row {learned[7]}, column 3 is -1"):
        Classifier(**QUICK, validation_fraction=VALIDATION, scaling="none").fit(rows, labels)


def test_a_part_that_leaves_nothing_to_learn_from_is_refused() -> None:
    x, y = load_iris(return_X_y=True)
    with pytest.raises(DataError, match=r"validation_fraction 0\.99 leaves no sample of class 0"):
        Classifier(**QUICK, validation_fraction=0.99).fit(x, y)
    # Of the others, there are enough.
    few = np.concatenate([np.arange(100), [100, 101, 102]])
    words = np.array(["one", "two", "three"], dtype=object)[y]
    with pytest.raises(DataError, match=r"validation_fraction 0\.9 leaves no sample of class 'thr"):
        Classifier(**QUICK, validation_fraction=0.9).fit(x[few], words[few])
    with pytest.raises(DataError, match="1 sample of class 'three'"):
        Classifier(**QUICK, validation_fraction=0.5).fit(x[:101], words[:101])


@pytest.mark.parametrize(("inputs", "same"), [
    (None, ()), ("", ()), (" ", ()), ("pairs, bias", ("pairs", "bias")), (" bias ", ("bias",)),
    ((" pairs",), ("pairs",)), (np.array(["bias"]), ("bias",)), ("bias,", ("bias",)),
])  # fmt: skip
def test_inputs_are_written_in_any_way(inputs: object, same: tuple[str, ...]) -> None:
    found = Classifier(**QUICK, inputs=inputs).fit(X, Y).state_.plan.preparation
    assert found == Classifier(**QUICK, inputs=same).fit(X, Y).state_.plan.preparation


@pytest.mark.parametrize("inputs", [3, True, "pairs bias", (1,), ("bias", "bais")])
def test_other_inputs_are_refused(inputs: object) -> None:
    with pytest.raises(DataError, match="inputs may be pairs and bias, not"):
        Classifier(**QUICK, inputs=inputs).fit(X, Y)
