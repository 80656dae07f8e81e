"""Error neurons and the label neuron."""

from __future__ import annotations

import pytest

from erbium.golden.config import Config
from erbium.golden.error import ErrorNeurons, label_fires

LABEL, PREDICTION, BOTH = (True, False), (False, True), (True, True)


def neurons(threshold: int) -> ErrorNeurons:
    return ErrorNeurons(Config(name="any", layers=(2, 2, 3), error_threshold=threshold))


def run(errors: ErrorNeurons, k: int, spikes: list[tuple[bool, bool]]) -> list[int]:
    return [errors.step(k, *spike) for spike in spikes]


def test_threshold_of_one_answers_every_difference() -> None:
    errors = neurons(1)
    assert run(errors, 1, [LABEL, PREDICTION, BOTH, LABEL, LABEL]) == [1, -1, 0, 1, 1]
    assert not errors.plus.any()
    assert not errors.minus.any()


def test_fires_at_the_threshold_and_starts_over() -> None:
    assert run(neurons(3), 0, [LABEL] * 7) == [0, 0, 1, 0, 0, 1, 0]
    assert run(neurons(3), 0, [PREDICTION] * 7) == [0, 0, -1, 0, 0, -1, 0]


def test_stops_at_zero_so_that_credit_is_not_stored() -> None:
    errors = neurons(2)
    # Predictions of a long time fill E- (and fire), but leave E+ at 0 and not below.
    assert run(errors, 0, [PREDICTION] * 4) == [0, -1, 0, -1]
    assert run(errors, 0, [LABEL, LABEL]) == [0, 1]


def test_opposite_spikes_cancel() -> None:
    assert run(neurons(2), 2, [LABEL, PREDICTION, LABEL, PREDICTION]) == [0, 0, 0, 0]
    assert run(neurons(2), 2, [LABEL, BOTH, LABEL]) == [0, 0, 1]


def test_classes_are_independent() -> None:
    errors = neurons(2)
    assert errors.step(0, *LABEL) == 0
    assert errors.step(1, *LABEL) == 0
    assert errors.plus.tolist() == [1, 1, 0]
    assert errors.step(0, *LABEL) == 1
    assert errors.plus.tolist() == [0, 1, 0]


def test_clear_forgets() -> None:
    errors = neurons(2)
    errors.step(0, *LABEL)
    errors.step(1, *PREDICTION)
    errors.clear()
    assert errors.step(0, *LABEL) == 0
    assert errors.step(1, *PREDICTION) == 0


@pytest.mark.parametrize("threshold", [1, 2, 5])
def test_accumulators_stay_below_the_threshold(threshold: int) -> None:
    errors = neurons(threshold)
    for spikes in [LABEL] * 20 + [PREDICTION] * 20 + [LABEL] * 3:
        errors.step(1, *spikes)
        assert 0 <= errors.plus[1] < threshold
        assert 0 <= errors.minus[1] < threshold


def test_label_fires_periodically_from_the_end_of_the_burn_in() -> None:
    config = Config(name="any", layers=(2, 2, 3), ticks=14, burn_in=4, label_period=3)
    assert [tick for tick in range(14) if label_fires(config, tick)] == [4, 7, 10, 13]
    every = config.replace(label_period=1, burn_in=0)
    assert all(label_fires(every, tick) for tick in range(14))
