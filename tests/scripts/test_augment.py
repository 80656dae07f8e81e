"""Moved images: every pixel by arithmetic of its own, and no order of calls that matters."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.golden.rng import hash32, stream_seed
from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.augment import NONE, STREAM, Augment, shifts, shown
from erbium.scripts.data.source import Dataset, Source, Split, load
from erbium.scripts.demo import Sequence
from erbium.scripts.train import checkpoint, measures
from erbium.scripts.train.training import CHECKPOINT, metrics, train

TINY = preset("tiny")
ONE = Augment(shift=1)


@pytest.fixture
def dataset(tiny_data: Path) -> Dataset:
    """30 samples of 3 x 4 pixels to learn, 6 to validate, 9 to test."""
    return load(str(tiny_data), TINY)


def moved(image: np.ndarray, down: int, right: int) -> np.ndarray:
    """Move an image pixel by pixel."""
    result = np.zeros_like(image)
    for y, x in np.ndindex(image.shape):
        if 0 <= y + down < image.shape[0] and 0 <= x + right < image.shape[1]:
            result[y + down, x + right] = image[y, x]
    return result


@pytest.mark.parametrize("shift", [1, 2])
def test_images_move_and_zeros_come_in(shift: int) -> None:
    samples = np.random.default_rng(0).integers(1, 256, (400, 12), dtype=np.uint8)
    part = Split(samples, np.zeros(400, dtype=int), (3, 4))
    found = shown(Augment(shift), part, 5, 2)
    downs, rights = shifts(shift, 5, 2, np.arange(400))
    for sample, result, down, right in zip(samples, found, downs, rights, strict=True):
        expected = moved(sample.reshape(3, 4), down, right)
        np.testing.assert_array_equal(result.reshape(3, 4), expected)
    assert found.dtype == np.uint8
    places = range(-shift, shift + 1)
    assert {*zip(downs.tolist(), rights.tolist(), strict=True)} == {
        (down, right) for down in places for right in places
    }
    assert samples.min() > 0


def test_shifts_are_spread_evenly() -> None:
    count = 90_000
    downs, rights = shifts(1, 0, 0, np.arange(count))
    cells = np.bincount(3 * (downs + 1) + rights + 1, minlength=9)
    # Five deviations of a binomial distribution.
    assert np.abs(cells - count / 9).max() < 5 * np.sqrt(count / 9 * 8 / 9)


def test_shifts_are_a_hash_of_run_pass_and_sample() -> None:
    """By hand, one sample at a time; these numbers are part of every recorded training."""
    for run, epoch, sample in ((0, 0, 0), (3, 0, 7), (0, 5, 49_999)):
        start = int(hash32(int(hash32(run)) ^ STREAM)) + epoch
        draw = int(hash32(int(hash32(start)) + sample))
        down, right = shifts(2, run, epoch, np.array([sample]))
        assert int(down[0]) == (draw >> 16) * 5 // 65536 - 2
        assert int(right[0]) == (draw % 65536) * 5 // 65536 - 2
    assert stream_seed(3, STREAM) == int(hash32(int(hash32(3)) ^ STREAM))
    downs, rights = shifts(1, 0, 0, np.arange(8))
    assert downs.tolist() == DOWN
    assert rights.tolist() == RIGHT


#: Of the first samples in the first pass of run 0.
DOWN = [0, 0, 1, 0, 0, 1, -1, -1]
RIGHT = [-1, 1, 1, 1, -1, 0, 1, 0]


def test_every_run_and_pass_moves_in_its_own_way(dataset: Dataset) -> None:
    part = dataset.train
    one = shown(ONE, part, 0, 0)
    for other in (shown(ONE, part, 1, 0), shown(ONE, part, 0, 1), part.samples):
        assert (one != other).any(axis=1).sum() > len(part) // 3
    # Neither portions nor their order matter.
    order = np.random.default_rng(1).permutation(len(part))
    again = np.empty_like(one)
    for chosen in np.array_split(order, 7):
        again[chosen] = shown(ONE, part, 0, 0, chosen)
    np.testing.assert_array_equal(again, one)
    fewer = part.first(11, "samples")
    np.testing.assert_array_equal(shown(ONE, fewer, 0, 0), one[:11])
    np.testing.assert_array_equal(shown(NONE, part, 0, 0), part.samples)


def test_data_sets_know_the_shape_of_their_images(tiny_data: Path) -> None:
    found = load(str(tiny_data), TINY)
    assert {part.image for part in found.parts.values()} == {(3, 4)}
    assert found.limited(8, 2, 2).train.image == (3, 4)
    digits = load("digits", preset("digits"))
    assert {part.image for part in digits.parts.values()} == {(8, 8)}
    # What has another largest intensity is still an image.
    scaled = load(dataclasses.replace(Source(str(tiny_data)), full_scale=250), TINY)
    assert scaled.train.image == (3, 4)


def test_what_is_no_image_is_not_moved() -> None:
    row = Split(np.zeros((2, 12), dtype=np.uint8), np.zeros(2, dtype=int))
    with pytest.raises(DataError, match=r"samples of 'x' have the shape \(12,\), which is no squ"):
        ONE.image(row, "x")
    assert NONE.image(row, "x") is None
    square = Split(np.zeros((2, 16), dtype=np.uint8), np.zeros(2, dtype=int))
    with pytest.warns(DataWarning, match=r"taking the 16 columns of 'x' for images of 4 x 4 pix"):
        assert ONE.image(square, "x") == (4, 4)
    # Lengths and widths of iris are four columns, and no image of 2 x 2.
    with pytest.raises(DataError, match="columns of 'x' were scaled one by one, as if each meant"):
        ONE.image(dataclasses.replace(square, apart=True), "x")
    known = dataclasses.replace(row, image=(3, 4))
    assert Augment(2).image(known, "x") == (3, 4)
    with pytest.raises(DataError, match=r"'x', which are 3 x 4 pixels, out of sight; choose .* 2 "):
        Augment(3).image(known, "x")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("shift", "augment 'shift' is no NAME=VALUE, such as shift=1"),
        ("turn=1", "unknown augment 'turn'; choose from: shift"),
        ("shift=-1", "shift of augment must be a number of pixels from 0, not '-1'"),
        ("shift=1.5", "not '1.5'"),
        ("shift=", "not ''"),
        ("shift=²", "not '²'"),
    ],
)
def test_what_cannot_be_done_is_refused(refused, text: str, message: str) -> None:
    with pytest.raises(DataError) as error:
        Augment.parsed(text)
    assert message in str(error.value)
    for command in ("train", "cosim", "epoch-equal"):
        assert message in refused(command, "tiny", "--augment", text)


def test_only_training_samples_are_moved(dataset: Dataset, monkeypatch) -> None:
    """A training is the plain loop over what `shown` gives; everything else is seen as it is."""
    seen: dict[bool, list[np.ndarray]] = {True: [], False: []}
    whole = FastCore.run_many

    def run_many(self, samples, labels=None, rate=256):
        seen[rate > 0].append(np.array(samples))
        return whole(self, samples, labels, rate)

    monkeypatch.setattr(FastCore, "run_many", run_many)
    train(TINY, dataset, [256, 128], run=4, augment=ONE)
    learned = np.concatenate(seen[True])
    orders = [np.random.default_rng((4, epoch)).permutation(30) for epoch in range(2)]
    expected = [shown(ONE, dataset.train, 4, epoch)[order] for epoch, order in enumerate(orders)]
    np.testing.assert_array_equal(learned, np.concatenate(expected))
    plain = {sample.tobytes() for part in dataset.parts.values() for sample in part.samples}
    assert {sample.tobytes() for sample in np.concatenate(seen[False])} <= plain


def test_both_engines_learn_moved_images_alike(dataset: Dataset) -> None:
    fast, numpy = (train(TINY, dataset, [256], augment=ONE, engine=e) for e in ("fast", "numpy"))
    plain = train(TINY, dataset, [256])
    for a, b in zip(fast.weights, numpy.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert any((a != b).any() for a, b in zip(fast.weights, plain.weights, strict=True))


def test_what_drives_the_circuit_shows_the_same_stream(dataset: Dataset) -> None:
    """The sequence of a training, from which the demonstration takes what the circuit learns."""
    state = train(TINY, dataset, [256, 128], run=3, augment=ONE)
    sequence, core = Sequence.of(state, dataset), FastCore(TINY)
    for number in range(sequence.learned):
        core.run(sequence.samples[number], int(sequence.labels[number]), sequence.rates[number])
    for a, b in zip(core.weights, state.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    assert core.random == state.random
    np.testing.assert_array_equal(sequence.samples[sequence.held_out], dataset.test.samples)
    np.testing.assert_array_equal(sequence.samples[-30:], dataset.train.samples)


def test_what_a_sample_costs_is_that_of_moved_images(dataset: Dataset) -> None:
    state = train(TINY, dataset, [256], run=3, augment=ONE)
    found = measures.writes(state, dataset, {})
    begun, ended = Core(TINY), Core(TINY, state.weights)
    ended.random = state.random
    for core, epoch, name in ((begun, 0, "untrained"), (ended, 1, "trained")):
        outcomes = core.run_many(shown(ONE, dataset.train, 3, epoch), dataset.train.labels)
        assert found[name]["synaptic_operations"] == outcomes.synaptic_operations / 30


def test_a_plan_without_augment_is_written_as_ever(dataset: Dataset, tmp_path: Path) -> None:
    state = train(TINY, dataset, [256], out=tmp_path / "plain")
    assert set(written(tmp_path / "plain")["plan"]) == {"data", "data_sha256", "rates", "run"}
    assert "augment" not in metrics(state)
    # A shift of nothing is none.
    same = train(TINY, dataset, [256], augment=Augment(0))
    assert same.plan == state.plan
    augmented = train(TINY, dataset, [256], augment=ONE, out=tmp_path / "moved")
    assert metrics(augmented)["augment"] == {"shift": 1}
    plan = written(tmp_path / "moved")["plan"]
    assert (plan["augment"], plan["image"]) == ({"shift": 1}, [3, 4])
    assert checkpoint.load(tmp_path / "moved" / CHECKPOINT).plan == augmented.plan


def written(out: Path) -> dict:
    """Return the values in a checkpoint as they lie there."""
    with np.load(out / CHECKPOINT) as file:
        return json.loads(str(file["values"]))


def test_other_images_are_not_gone_on_with(dataset: Dataset, tmp_path: Path) -> None:
    train(TINY, dataset, [256], augment=ONE, out=tmp_path)
    parts = {
        name: dataclasses.replace(getattr(dataset, name), image=(4, 3))
        for name in ("train", "validation", "test")
    }
    turned = dataclasses.replace(dataset, **parts)
    # The same bytes have the same fingerprint.
    assert turned.sha256 == dataset.sha256
    with pytest.raises(DataError, match=r"made with image \(3, 4\), not \(4, 3\); use the same"):
        train(TINY, turned, [256], augment=ONE, out=tmp_path, resume=True)
    with pytest.raises(DataError, match="made with augment shift=1, not none; use the same val"):
        train(TINY, dataset, [256], out=tmp_path, resume=True)
    with pytest.raises(DataError, match="made with augment shift=1, not shift=2; use the same"):
        train(TINY, dataset, [256], augment=Augment(2), out=tmp_path, resume=True)


def test_tables_are_not_taken_for_images(refused) -> None:
    asked = ("train", "--data", "iris", "--hidden", "4", "--augment", "shift=1", "--out", "run")
    message = "columns of 'iris' were scaled one by one, as if each meant something else"
    assert message in refused(*asked)
    assert "other inputs beside them" in refused(*asked, "--inputs", "pairs", "--scaling", "common")
