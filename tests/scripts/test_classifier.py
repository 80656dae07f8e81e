"""The classifier as scikit-learn's own checks see it, and beside `erbium train`."""

from __future__ import annotations

import dataclasses
import functools
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_digits, load_wine
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import erbium
from erbium import Classifier, DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.arrays import Making, from_arrays
from erbium.scripts.data.augment import Augment
from erbium.scripts.data.fitted import fitted
from erbium.scripts.data.source import Source, load
from erbium.scripts.data.splitting import TEST, VALIDATION, parts
from erbium.scripts.diagnosis.explanation import explain
from erbium.scripts.estimator.learning import shares
from erbium.scripts.train import checkpoint
from erbium.scripts.train.training import seeded, train
from erbium.scripts.view import pictures

#: What of scikit-learn's checks may fail, and why: nothing.
EXPECTED_FAILED: dict[str, str] = {}

X, Y = load_wine(return_X_y=True)
QUICK = {"hidden_layer_sizes": (8,), "epochs": 2}


def same(one: Classifier, other: Classifier) -> bool:
    """Return whether two have learned the same, down to the random states."""
    mine, others = one.state_, other.state_
    return mine.random == others.random and all(
        np.array_equal(a, b) for a, b in zip(mine.weights, others.weights, strict=True)
    )


#: What scikit-learn checks only where this was set before anything was imported.
ARRAYS = """
from sklearn.utils.estimator_checks import check_array_api_input
from erbium import Classifier
check_array_api_input("Classifier", Classifier(), "numpy", expect_only_array_outputs=False)
print("checked")
"""


# Some checks of scikit-learn are skipped with a warning where an array library is not installed.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.SkipTestWarning")
@parametrize_with_checks([Classifier()], expected_failed_checks=lambda _: EXPECTED_FAILED)
def test_scikit_learn_is_content(estimator: Classifier, check: functools.partial) -> None:
    if (
        check.func.__name__ == "check_array_api_input"
        and check.keywords["array_namespace"] == "numpy"
    ):
        done = subprocess.run(
            [sys.executable, "-c", ARRAYS], env=os.environ | {"SCIPY_ARRAY_API": "1"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout == "checked\n", done.stderr
        return
    check(estimator)


def test_it_learns_what_the_command_learns(erbium: Callable, tmp_path: Path) -> None:
    y = np.array(["red", "white", "pink"])[Y]
    np.savez(tmp_path / "wine.npz", x=X[::2], y=y[::2], x_test=X[1::2], y_test=y[1::2])
    result = erbium(
        "train", "--data", tmp_path / "wine.npz", "--hidden", "8", "--inputs", "pairs,bias",
        "--epochs", "3", "--run", "2", "--out", "run",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    state = checkpoint.load(checkpoint.find(Path("run")))
    made = Classifier((8,), epochs=3, validation_fraction=VALIDATION, random_state=2)
    made.fit(X[::2], y[::2])
    mine = made.state_
    assert mine.random == state.random
    assert mine.plan.preparation == state.plan.preparation
    assert mine.config == state.config.replace(name=mine.config.name)
    for one, other in zip(mine.weights, state.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    for one, other in zip(mine.history, state.history, strict=True):
        assert one == {key: other[key] for key in one}
    # ... and what the command has learned can be asked like one's own.
    loaded = Classifier.load("run")
    assert same(loaded, made)
    np.testing.assert_array_equal(loaded.classes_, made.classes_)
    np.testing.assert_array_equal(loaded.predict(X), made.predict(X))
    assert same(clone(loaded).set_params(validation_fraction=VALIDATION).fit(X[::2], y[::2]), made)


def test_it_learns_what_a_training_of_arrays_learns() -> None:
    dataset = from_arrays(X, Y, making=Making(inputs=("bias",)))
    config = fitted(None, {"threshold": (400, 300)}, "arrays", (14, 3), (8,))
    state = train(seeded(config, 5), dataset, [256, 64], run=5)
    # Rows that `from_arrays` learns from, in its order.
    rows = next(parts(Y, (TEST, VALIDATION), 0, False))
    made = Classifier(
        (8,), inputs="bias", changes={"threshold": (400, 300)}, rates="256,64", random_state=5
    ).fit(X[rows], Y[rows])
    assert made.state_.random == state.random
    for one, other in zip(made.state_.weights, state.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_it_learns_moved_images_like_a_training(tmp_path: Path) -> None:
    """... and goes on like it, in one's own program, after any stop."""
    x, y = (array[:80] for array in load_digits(return_X_y=True))
    rows = next(parts(y, (TEST, VALIDATION), 0, False))
    dataset = from_arrays(x.reshape(-1, 8, 8), y, making=Making("common"))
    config = seeded(fitted(None, {}, "arrays", (64, 10), (8,)), 5)
    whole = train(config, dataset, [256, 64, 16], run=5, augment=Augment(1), out=tmp_path / "run")
    made = Classifier(
        (8,), inputs=(), scaling="common", rates="256,64", random_state=5, augment="shift=1"
    )
    with pytest.warns(DataWarning, match="taking the 64 columns of 'arrays' for images of 8 x 8"):
        made.fit(x[rows], y[rows])
    assert made.state_.plan.image == (8, 8)
    plain = clone(made).set_params(augment=None).fit(x[rows], y[rows])
    assert not same(plain, made)
    path = made.save(tmp_path / "made")
    loaded = Classifier.load(path).set_params(rates="256,64,16")
    assert loaded.augment == "shift=1"
    loaded.partial_fit(x[rows], y[rows])
    assert loaded.state_.random == whole.random
    for one, other in zip(loaded.state_.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert Classifier.load(tmp_path / "run").augment == "shift=1"


def test_what_was_never_validated_is_explained(tmp_path: Path) -> None:
    path = Classifier(**QUICK).fit(X, Y).save(tmp_path / "run")
    np.savez(tmp_path / "wine.npz", x=X, y=Y)
    found = explain(checkpoint.load(path), path, Source(str(tmp_path / "wine.npz")), 20)
    assert found.curve[0].startswith("no validation error was told after the passes")
    assert "rising" not in {finding.rule for finding in found.examination.findings}
    assert "Validation error of each pass: none yet" in str(pictures.learning(found.state))
    with pytest.raises(DataError, match="exists; choose another folder"):
        Classifier(**QUICK).fit(X, Y).save(tmp_path / "run")


def test_any_training_can_be_loaded(tmp_path: Path) -> None:
    digits = load("digits", erbium.preset("digits"))
    state = train(erbium.preset("digits"), digits, [256], out=tmp_path)
    loaded = Classifier.load(tmp_path)
    assert loaded.score(digits.test.samples, digits.test.labels) > 0.8
    assert loaded.classes_.tolist() == list(range(10))
    assert loaded.get_params()["inputs"] == ()
    # As if it had been stopped in its first pass.
    planned = dataclasses.replace(loaded.state_.plan, rates=(256, 8, 4))
    loaded.state_ = dataclasses.replace(loaded.state_, plan=planned, position=7, test_error=0.5)
    went_on = loaded.partial_fit(digits.train.samples[:9], digits.train.labels[:9]).state_
    assert (went_on.epoch, went_on.position, went_on.test_error) == (2, 0, None)
    assert went_on.plan.rates == (256, 256)
    assert state.epoch == 1


@pytest.mark.parametrize(
    "labels",
    [np.array([False, True]), np.array([0.0, 7.0]), np.array([-3, 10]), np.array(["9", "10"]),
     np.array(["01", "a b"]), np.array(["x", "y"], dtype=object)],
)  # fmt: skip
def test_labels_come_back_from_a_file(labels: np.ndarray, tmp_path: Path) -> None:
    made = Classifier(**QUICK).fit(X[:120], labels[Y[:120] % 2])
    answers = Classifier.load(made.save(tmp_path)).predict(X)
    # Numbers may be of another kind than they were.
    assert answers.tolist() == made.predict(X).astype(answers.dtype).tolist()


def test_engines_learn_and_answer_the_same() -> None:
    fast, slow = (Classifier((4,), epochs=1, engine=name).fit(X[::9], Y[::9])
                  for name in ("fast", "numpy"))  # fmt: skip
    assert same(fast, slow)
    np.testing.assert_array_equal(fast.spike_counts(X[:5]), slow.spike_counts(X[:5]))


def test_partial_fit_is_one_pass_of_fit() -> None:
    part = Classifier(**QUICK).partial_fit(X, Y, classes=[0, 1, 2])
    assert same(part, Classifier((8,), rates=[256]).fit(X, Y))
    assert same(part.partial_fit(X, Y), Classifier((8,), rates=[256, 256]).fit(X, Y))
    rated = Classifier((8,), rates=[128, 32])
    for _ in range(3):
        rated.partial_fit(X, Y, classes=[0, 1, 2])
    assert same(rated, Classifier((8,), rates=[128, 32, 32]).fit(X, Y))
    assert [entry["rate"] for entry in rated.state_.history] == [128, 32, 32]


def test_partial_fit_does_not_change_what_was_there() -> None:
    made = Classifier(**QUICK).fit(X, Y)
    before = pickle.loads(pickle.dumps(made))
    state = made.state_
    made.partial_fit(X, Y)
    assert made.state_ is not state
    assert state.epoch == 2
    assert not same(made, before)
    with pytest.raises(DataError, match="label 7, which is none of the classes"):
        made.partial_fit(X, np.full(len(Y), 7))
    with pytest.raises(DataError, match="not those of the first call"):
        made.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(DataError, match="classes must be passed on the first call"):
        Classifier().partial_fit(X, Y)


def test_answers_depend_on_nothing_else_that_is_asked() -> None:
    made = Classifier(**QUICK).fit(X, Y)
    together = made.spike_counts(X)
    np.testing.assert_array_equal(np.vstack([made.spike_counts(x[None]) for x in X]), together)
    np.testing.assert_array_equal(made.predict_proba(X).argmax(axis=1), made.predict(X))


def test_shares_are_those_of_the_spikes() -> None:
    seen = erbium.golden.core.Outcomes(
        np.array([1, 2, 0, 1]), np.array([[1, 3, 0], [0, 2, 2], [0, 0, 0], [0, 5, 0]]), 0
    )
    found = shares(seen)
    np.testing.assert_allclose(found[0], [0.25, 0.75, 0])
    # Who came first wins a tie; who is silent knows nothing.
    np.testing.assert_allclose(found[1], [0, 2 / 4.5, 2.5 / 4.5])
    np.testing.assert_allclose(found[2], [1 / 3] * 3)
    np.testing.assert_allclose(found[3], [0, 1, 0])


def test_pickles_and_clones() -> None:
    made = Classifier(**QUICK, config="digits", random_state=3).fit(X, Y)
    again = pickle.loads(pickle.dumps(made))
    assert same(made, again)
    np.testing.assert_array_equal(made.predict_proba(X), again.predict_proba(X))
    fresh = clone(made)
    assert fresh.get_params() == made.get_params()
    with pytest.raises(NotFittedError):
        fresh.predict(X)
    assert same(fresh.fit(X, Y), made)


def test_it_works_where_scikit_learn_puts_estimators() -> None:
    scores = cross_val_score(Classifier((16,), epochs=8), X, Y, cv=3)
    assert scores.mean() > 0.9
    line = make_pipeline(StandardScaler(), Classifier((16,), epochs=8))
    assert cross_val_score(line, X, Y, cv=3).mean() > 0.9
    search = GridSearchCV(Classifier(epochs=3), {"hidden_layer_sizes": [(1,), (16,)]}, cv=2)
    assert search.fit(X, Y).best_params_ == {"hidden_layer_sizes": (16,)}


def test_random_states_are_those_of_scikit_learn() -> None:
    one, two = (Classifier(**QUICK, random_state=np.random.RandomState(4)).fit(X, Y)
                for _ in range(2))  # fmt: skip
    assert same(one, two)
    assert not same(one, Classifier(**QUICK).fit(X, Y))
    # As many as there are seeds would be the same.
    assert not same(*(Classifier(**QUICK, random_state=None).fit(X, Y) for _ in range(2)))
