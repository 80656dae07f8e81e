"""A classifier says what is wrong with what it has come to, as a training in a folder does."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_wine

from erbium import Classifier
from erbium.scripts.common.hints import TrainingWarning

X, Y = load_wine(return_X_y=True)
DEAD = {"hidden_layer_sizes": (8,), "epochs": 1, "changes": {"threshold": 20000}}


def told(learn: object) -> list[str]:
    """Return what is said of a training."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        learn()
    return [str(one.message) for one in found if one.category is TrainingWarning]


def test_a_dead_machine_is_told_with_a_remedy() -> None:
    words = ["low", "mid", "top"]
    found = told(lambda: Classifier(**DEAD).fit(X, np.array(words)[Y]))
    assert any("8 of 8 neurons never spike: lower threshold (20000)" in each for each in found)


def test_a_few_samples_that_were_shown_often_suffice() -> None:
    assert told(lambda: Classifier(**DEAD).fit(X[::3], Y[::3])) == []
    assert told(lambda: Classifier(**DEAD | {"epochs": 3}).fit(X[::3], Y[::3]))


@pytest.mark.parametrize("fraction", [0.0, 0.2])
def test_a_good_machine_has_nothing_to_tell(fraction: float) -> None:
    made = Classifier((32,), validation_fraction=fraction)
    assert told(lambda: made.fit(X, Y)) == []
    assert made.score(X, Y) > 0.9


def test_machines_that_are_taught_step_by_step_tell_only_of_silence() -> None:
    made = Classifier(**DEAD | {"epochs": None})
    # So few samples may well be silent at first.
    assert told(lambda: made.partial_fit(X[::9], Y[::9], classes=[0, 1, 2])) == []
    assert any("threshold (20000)" in each for each in told(lambda: made.partial_fit(X, Y)))
    alive = Classifier((32,))
    assert told(lambda: alive.partial_fit(X, Y, classes=[0, 1, 2])) == []


def test_a_warning_made_an_error_leaves_no_half_learned_machine() -> None:
    made = Classifier(**DEAD)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        with pytest.raises(TrainingWarning):
            made.fit(X, Y)
    assert not hasattr(made, "state_")
