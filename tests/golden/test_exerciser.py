"""Exerciser's stream: weights in range, samples that differ, patterns that can be learned."""

from itertools import islice

import numpy as np
import pytest

from erbium.golden.config import FULL_RATE
from erbium.golden.exerciser import PASSES, Exerciser, pattern_seed
from erbium.golden.fast import FastCore
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.validate import check_weights


@pytest.mark.parametrize("name", ["tiny", "digits"])
def test_weights_are_small_and_spread_around_zero(name):
    config = preset(name)
    weights = Exerciser(config).weights
    check_weights(Layout(config), weights)
    for matrix, limit in zip(weights, config.weight_init, strict=True):
        assert -limit <= matrix.min() < 0 < matrix.max() <= limit
        assert len(np.unique(matrix)) > 8


def test_weights_of_a_layer_that_starts_at_zero_are_zero():
    first, second = Exerciser(preset("tiny").replace(weight_init=(0, 1))).weights
    assert not first.any()
    assert set(np.unique(second)) == {-1, 0}


def test_every_class_has_a_pattern_of_its_own():
    seeds = {pattern_seed(label) for label in range(256)}
    assert len(seeds) == 256
    assert 0 not in seeds


def test_each_pass_shows_every_class_and_the_last_one_without_learning():
    config = preset("tiny")
    shown = list(islice(Exerciser(config, passes=2).samples(), 12))
    assert [s.label for s in shown] == [0, 1, 2] * 4
    assert [s.rate for s in shown] == [FULL_RATE] * 6 + [0] * 3 + [FULL_RATE] * 3


def test_samples_of_a_class_resemble_each_other_but_differ():
    config = preset("digits")
    shown = list(islice(Exerciser(config).samples(), 20))
    lit = np.array([s.sample > 0 for s in shown])
    within = (lit[:10] != lit[10:]).mean()
    between = (lit[:9] != lit[1:10]).mean()
    assert 0 < within < between
    assert all((s.sample[s.sample > 0] >= 128).all() for s in shown)


@pytest.mark.parametrize("name", ["tiny", "digits"])
def test_patterns_are_learned(name):
    config = preset(name)
    exerciser = Exerciser(config)
    core, classes = FastCore(config, exerciser.weights), config.layers[-1]
    right = []
    for shown in islice(exerciser.samples(), 2 * (PASSES + 1) * classes):
        winner = core.run(shown.sample, shown.label, shown.rate).winner
        if shown.rate == 0:
            right.append(winner == shown.label)
    assert len(right) == 2 * classes
    assert np.mean(right) > 0.9
