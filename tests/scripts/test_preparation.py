"""Preparation: rows of any numbers become intensities, by constants of training samples."""

from __future__ import annotations

import json

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import Making, from_arrays
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.scaling import RARE, suggested
from erbium.scripts.data.splitting import parts


def _table(count: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Return columns of several ranges, one of them constant, and labels that are words."""
    random = np.random.default_rng(4)
    x = random.normal((-3, 0.5, 1000), (1, 0.01, 300), (count, 3))
    x = np.hstack([x, np.full((count, 1), 7.5)])
    return x, np.array(["sad", "glad", "mad"])[np.arange(count) % 3]


def test_each_column_is_scaled_by_its_own_constants() -> None:
    x, y = _table()
    made = Preparation.fit(x, y)
    assert made.classes == ("glad", "mad", "sad")
    rare = int(RARE * 59)
    ordered = np.sort(x, axis=0)
    assert rare == 2
    np.testing.assert_array_equal(made.offset[:3], ordered[rare, :3])
    np.testing.assert_array_equal(made.scale, ordered[-1 - rare] - ordered[rare])
    found = made.apply(x)
    assert found.dtype == np.uint8
    for column in range(3):
        low, scale = made.offset[column], made.scale[column]
        expected = [min(max(round(255 * (v - low) / scale), 0), 255) for v in x[:, column]]
        assert found[:, column].tolist() == expected
        assert {0, 255} <= set(expected)
    # What says nothing stays dark, whatever it does later.
    assert not found[:, 3].any()
    assert not made.apply(x + 1)[:, 3].any()


def test_a_column_that_seldom_differs_is_kept() -> None:
    x, _ = _table()
    x[5, 3], x[6, 3] = 8.5, 8.0
    found = Preparation.fit(x).apply(x)[:, 3]
    assert (found[5], found[6], found[7]) == (255, 128, 0)


def test_constants_come_from_training_samples_alone() -> None:
    x, y = _table()
    before = from_arrays(x, y).preparation
    train, validation, test = parts(y, (1 / 5, 1 / 6), 0, False)
    for other in (validation, test):
        changed = x.copy()
        changed[other] *= 1000
        assert from_arrays(changed, y).preparation == before
    changed = x.copy()
    changed[train] *= 1000
    assert from_arrays(changed, y).preparation != before


def test_pairs_and_bias_come_after_the_columns() -> None:
    x, y = _table()
    plain = Preparation.fit(x, y).apply(x)
    made = Preparation.fit(x, y, pairs=True, bias=True)
    found = made.apply(x)
    assert (made.inputs, found.shape) == (9, (60, 9))
    np.testing.assert_array_equal(found[:, :4], plain)
    np.testing.assert_array_equal(found[:, 4:8], 255 - plain)
    assert (found[:, 8] == 255).all()
    assert Preparation.fit(x, y, bias=True).apply(x).shape == (60, 5)


@pytest.mark.parametrize(
    ("x", "scaling"),
    [
        (np.array([[0, 9], [3, 1]], np.uint8), "none"),
        (np.array([[0, 255], [200, 0], [0, 3]]), "none"),
        (np.array([[0, 255], [200, 0], [0, 3]], float), "none"),
        # Whole numbers of 0 to 255 that mean different things: years of age, a truth, centimetres.
        (np.array([[61, 0, 180], [20, 1, 160], [33, 1, 171]]), "columns"),
        (np.array([[0, 16], [16, 0], [3, 5]]), "common"),
        (np.array([[0, 1.0], [0.9, 0], [0.5, 0.5]]), "common"),
        (np.array([[0, 255.5], [200, 0], [0, 3]]), "common"),
        (np.array([[0, 256], [200, 0], [0, 3]]), "common"),
        (np.array([[-1.0, 300], [0.5, 400], [1, 250]]), "columns"),
        (np.array([[True, False], [False, True]]), "common"),
    ],
)
def test_samples_suggest_a_scaling(x: np.ndarray, scaling: str) -> None:
    assert suggested(x) == scaling
    low, high = (0, 255) if scaling != "columns" else (None, None)
    found = Preparation.fit(x).apply(x)
    if scaling == "none":
        np.testing.assert_array_equal(found, x)
    if scaling == "common":
        np.testing.assert_array_equal(found, np.rint(255.0 * x / x.max()))
        assert (found.min(), found.max()) == (low, high)


def test_pixels_keep_their_proportions() -> None:
    x = np.array([[0.0, 0.8], [0.2, 0.8], [0.1, 0.8]])
    assert suggested(x) == "columns"
    assert Preparation.fit(x, image=True).apply(x).tolist() == [[0, 255], [64, 255], [32, 255]]


def test_what_was_intensities_is_never_clipped_in_silence() -> None:
    made = Preparation.fit(np.array([[0, 255], [255, 0]]))
    assert made.offset == ()
    for bad in (256, -1, 0.5):
        with pytest.raises(DataError, match=rf"row 1, column 0 is {bad}.*; choose --scaling col"):
            made.apply(np.array([[0, 1], [bad, 2]]))


def test_other_columns_are_refused() -> None:
    made = Preparation.fit(_table()[0])
    with pytest.raises(DataError, match="rows have 3 columns, but 4 were learned from; give the s"):
        made.apply(np.zeros((2, 3)))
    with pytest.raises(DataError, match=r"row 0, column 2 is nan; remove the row, or put a numb"):
        made.apply(np.array([[0, 1, np.nan, 2]]))
    with pytest.raises(DataError, match=r"must have the shape \(count, columns\), not \(4,\)"):
        made.apply(np.zeros(4))
    with pytest.raises(DataError, match="rows must be numbers, not <U1"):
        made.apply(np.array([["a"] * 4]))


def test_it_is_read_back_as_it_was() -> None:
    for made in (
        Preparation.fit(*_table(), pairs=True, bias=True),
        Preparation.fit(np.eye(3, dtype=np.uint8)),
    ):
        assert Preparation.from_dict(json.loads(json.dumps(made.as_dict()))) == made


def test_classes_have_names_and_numbers() -> None:
    made = Preparation.fit(*_table())
    assert made.numbers_of(["mad", "sad", "glad"]).tolist() == [1, 2, 0]
    assert made.names_of([2, 0]) == ["sad", "glad"]
    # A machine may have more classes than the data.
    assert made.name(3) == "3"
    with pytest.raises(DataError, match="label 'bad', which is none of the classes learned from: "):
        made.numbers_of(["bad"])
    numbers = Preparation.fit(np.eye(3), [3, 10, -1])
    assert numbers.classes == ("-1", "3", "10")
    assert numbers.numbers_of([10, 10.0, -1]).tolist() == [2, 2, 0]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"scaling": "log"}, "scaling must be one of auto, none, common, columns, not 'log'"),
        ({"inputs": ("pairs", "squares")}, "inputs may be pairs and bias, not 'squares'"),
        ({"split": -1}, "split must be an integer from 0, not -1"),
    ],
)
def test_unknown_ways_are_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        Making(**values)


def test_every_class_is_in_every_part() -> None:
    y = np.repeat([0, 1, 2], [50, 10, 3])
    seen = set()
    for split in range(5):
        chosen = list(parts(y, (1 / 5, 1 / 6), split, False))
        assert sorted(np.concatenate(chosen).tolist()) == list(range(63))
        assert [np.bincount(y[which]).tolist() for which in chosen] == [
            [33, 7, 1], [7, 1, 1], [10, 2, 1],
        ]  # fmt: skip
        seen.add(tuple(chosen[2].tolist()))
    assert len(seen) == 5
    # For ever: whoever has a checkpoint depends on it.
    _, _, test = parts(np.arange(20) % 2, (1 / 5, 1 / 6), 0, False)
    assert test.tolist() == [8, 12, 5, 19]


def test_order_is_kept_if_asked() -> None:
    train, validation, test = parts(np.arange(12) % 2, (1 / 5, 1 / 6), 0, True)
    assert (train.tolist(), validation.tolist(), test.tolist()) == (
        list(range(9)), [9], [10, 11],
    )  # fmt: skip
