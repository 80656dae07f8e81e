"""Numbers drawn before the first sample: initial weights and fixed feedback."""

from __future__ import annotations

import numpy as np
import pytest

from golden.config import Config
from golden.feedback import feedback_weights, initial_weights

CONFIG = Config(
    name="any", layers=(40, 30, 20, 10), feedback=(64, 33, 50), weight_init=(16, 24, 100)
)


def test_weights_fill_their_range_layer_by_layer() -> None:
    weights = initial_weights(CONFIG)
    assert [w.shape for w in weights] == [(40, 30), (30, 20), (20, 10)]
    assert [int(w.max()) for w in weights[:2]] == [16, 24]
    assert [int(w.min()) for w in weights[:2]] == [-16, -24]
    assert 90 < np.abs(weights[2]).max() <= 100


def test_layers_are_drawn_one_after_another_from_one_stream() -> None:
    even = CONFIG.replace(weight_init=50)
    flat = np.concatenate([w.ravel() for w in initial_weights(even)])
    wide = Config(name="any", layers=(40, 50, 10), weight_init=50)
    assert (flat[:2000] == initial_weights(wide)[0].ravel()).all()


@pytest.mark.parametrize("draw", [initial_weights, feedback_weights])
def test_same_seed_draws_the_same_and_other_seeds_differ(draw: object) -> None:
    first, again = draw(CONFIG), draw(CONFIG.replace(lanes=1, name="other"))
    other = draw(CONFIG.replace(seed=2))
    for index, matrix in enumerate(first):
        assert (matrix == again[index]).all()
    for index in range(2):
        assert (first[index] != other[index]).mean() > 0.9


def test_weights_and_feedback_are_drawn_from_different_streams() -> None:
    config = Config(name="any", layers=(10, 30, 10), feedback=60, weight_init=60)
    weights, feedback = initial_weights(config)[0], feedback_weights(config)[0]
    assert abs(np.corrcoef(weights.ravel(), feedback.ravel())[0, 1]) < 0.25


@pytest.mark.parametrize("classes", [2, 3, 7, 10])
def test_hidden_feedback_has_zero_mean_but_for_rounding(classes: int) -> None:
    for seed in range(20):
        config = CONFIG.replace(layers=(40, 30, 20, classes), seed=seed)
        for matrix, targets in zip(feedback_weights(config)[:-1], (30, 20), strict=True):
            assert matrix.shape == (classes, targets)
            # The mean is rounded half up: it may be off by half, and never by more.
            total = 2 * matrix.sum(axis=0)
            assert (-classes <= total).all()
            assert (total < classes).all()


def test_hidden_feedback_stays_within_twice_its_limit() -> None:
    for matrix, limit in zip(feedback_weights(CONFIG)[:-1], CONFIG.feedback[:-1], strict=True):
        assert np.abs(matrix).max() <= 2 * limit
        assert np.abs(matrix).max() > limit // 2


def test_output_feedback_is_one_to_one() -> None:
    output = feedback_weights(CONFIG)[-1]
    assert (output == 50 * np.eye(10)).all()
