"""Data sets: how they are split, and what is odd about them."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import source as data
from erbium.scripts.data import standard
from erbium.scripts.data.idx import IMAGES_MAGIC, LABELS_MAGIC, name
from erbium.scripts.data.source import Source

from .conftest import idx_bytes, write_idx

TINY = preset("tiny")
IMAGES, LABELS = name("train", "images"), name("train", "labels")


def _kept(folder: Path) -> data.Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return data.load(Source(str(folder), keep_order=True), TINY)


def _images(folder: Path, change, part: str = "train") -> None:
    """Change the images of a part."""
    path = folder / name(part, "images")
    content = path.read_bytes()
    pixels = np.frombuffer(content, dtype=np.uint8, offset=16).reshape(-1, 3, 4)
    path.write_bytes(idx_bytes(IMAGES_MAGIC, change(pixels.astype(int))))


def test_digits_are_split_without_overlap_in_a_fixed_order() -> None:
    digits = data.load("digits", preset("digits"))
    assert [len(s) for s in (digits.train, digits.validation, digits.test)] == [1200, 200, 397]
    assert digits.sha256 == "159c1c6f21f0898ac9ae5197121a06cb3c7ffa70074189c37db10daf5378ec71"
    assert digits.train.samples.min() == 0
    assert digits.train.samples.max() == 255


def test_a_folder_is_shuffled_in_a_fixed_order(tiny_data: Path) -> None:
    found = data.load(str(tiny_data), TINY)
    assert [len(s) for s in (found.train, found.validation, found.test)] == [30, 6, 9]
    assert found.train.samples.shape == (30, 12)
    for part in found.parts.values():
        brightest = part.samples.reshape(-1, 3, 4).sum(axis=2).argmax(axis=1)
        assert brightest.tolist() == part.labels.tolist()
    labels = np.concatenate([found.train.labels, found.validation.labels])
    assert sorted(labels.tolist()) == [0] * 12 + [1] * 12 + [2] * 12
    assert labels.tolist() != [0, 1, 2] * 12
    # For ever: whoever has a checkpoint depends on it.
    assert labels[:12].tolist() == [1, 1, 0, 2, 0, 0, 2, 2, 2, 1, 0, 0]
    assert data.load(str(tiny_data), TINY).sha256 == found.sha256


def test_a_folder_can_keep_its_order(tiny_data: Path) -> None:
    kept = _kept(tiny_data)
    assert kept.train.labels.tolist() == [0, 1, 2] * 10
    assert kept.test.labels.tolist() == [0, 1, 2] * 3
    # What was trained before folders were shuffled goes on as it began.
    assert data.load(str(tiny_data), TINY, sha256=kept.sha256).sha256 == kept.sha256
    shuffled = data.load(str(tiny_data), TINY).sha256
    for sha256 in (None, shuffled, "of something else"):
        assert data.load(str(tiny_data), TINY, sha256=sha256).sha256 == shuffled
    limits = (7, 3, 3)
    some = data.load(str(tiny_data), TINY, limits=limits, sha256=kept.limited(*limits).sha256)
    assert some.train.labels.tolist() == [0, 1, 2, 0, 1, 2, 0]


def test_mnist_is_split_as_published_in_any_folder(
    tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = _kept(tiny_data)
    monkeypatch.setattr(standard, "MNIST", kept.sha256)
    assert data.load(str(tiny_data), TINY).sha256 == kept.sha256


def test_sorted_samples_leave_no_class_out(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "sorted", counts=(90, 30), in_order=True)
    found = data.load(str(folder), TINY)
    for part in found.parts.values():
        assert set(part.labels.tolist()) == {0, 1, 2}
    # The first samples of each part are of all classes, too.
    few = found.limited(6, 6, 6)
    assert all(len(set(part.labels.tolist())) > 1 for part in few.parts.values())


def test_missing_classes_are_named(tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "sorted", in_order=True)
    with pytest.warns(DataWarning) as told:
        data.load(Source(str(folder), keep_order=True), TINY)
    (warning,) = told
    assert str(warning.message).startswith(
        f"'{folder}' has no sample of classes 0, 1 for validation (not judged by it); unless"
    )
    with pytest.warns(DataWarning, match=r"no sample of class 2 for training \(never taught\), of"):
        data.load(Source(str(folder), keep_order=True), TINY, limits=(20, None, None))
    with pytest.warns(DataWarning, match=r"of classes 1, 2 for test \(not judged by it"):
        data.load(Source(str(folder), keep_order=True), TINY, limits=(None, None, 3))


def test_a_class_that_is_nowhere_is_named(tiny_data: Path) -> None:
    config = TINY.replace(layers=(12, 6, 16))
    classes = "classes 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 3 more"
    with pytest.warns(DataWarning, match=f"of {classes} for training .*, of {classes} for valid"):
        data.load(str(tiny_data), config)


@pytest.mark.parametrize(("top", "factor"), [(1, "255"), (16, "15.9375"), (127, "2.00787")])
def test_dim_samples_get_a_hint(tiny_data: Path, top: int, factor: str) -> None:
    for part in ("train", "test"):
        _images(tiny_data, lambda pixels: np.where(pixels > 180, top, 0), part)
    text = rf"largest intensity of '.*' is {top}, but 255 .* --full-scale {top} \(or .* {factor}\)"
    with pytest.warns(DataWarning, match=text) as told:
        data.load(str(tiny_data), TINY)
    assert len(told) == 1
    # Without a machine, too.
    with pytest.warns(DataWarning, match=text):
        data.read(str(tiny_data))
    bright = data.load(Source(str(tiny_data), full_scale=top), TINY)
    assert {0, 255} == set(np.unique(bright.test.samples).tolist())


def test_full_scale_keeps_proportions(tiny_data: Path) -> None:
    for part in ("train", "test"):
        _images(tiny_data, lambda pixels: pixels * 16 // 255, part)
    found = data.load(Source(str(tiny_data), full_scale=16, keep_order=True), TINY)
    with pytest.warns(DataWarning):
        plain = data.load(Source(str(tiny_data), keep_order=True), TINY)
    expected = np.rint(plain.train.samples * (255 / 16)).astype(np.uint8)
    np.testing.assert_array_equal(found.train.samples, expected)
    assert found.sha256 != plain.sha256
    top = int(plain.train.samples.max())
    with pytest.raises(DataError, match=rf"largest intensity of '.*', {top}, or more, .*, not 5"):
        data.load(Source(str(tiny_data), full_scale=5), TINY)


def test_a_part_of_another_scale_is_named(tiny_data: Path) -> None:
    _images(tiny_data, lambda pixels: pixels // 16, "test")
    with pytest.warns(DataWarning, match=r"is 239 in training and 14 in the test; scale the test "):
        data.load(str(tiny_data), TINY)
    _images(tiny_data, lambda pixels: 0 * pixels, "test")
    _images(tiny_data, lambda pixels: 0 * pixels, "train")
    with pytest.warns(DataWarning, match="all intensities of '.*' are 0; no input will ever fire"):
        data.load(str(tiny_data), TINY)


def test_fingerprint_sees_every_label(tiny_data: Path) -> None:
    before = data.load(str(tiny_data), TINY).sha256
    path = tiny_data / LABELS
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert data.load(str(tiny_data), TINY).sha256 != before


def test_first_takes_what_there_is(tiny_data: Path) -> None:
    found = data.load(str(tiny_data), TINY).limited(5, None, 2)
    assert [len(s) for s in (found.train, found.validation, found.test)] == [5, 6, 2]
    for count in (0, -1, 31):
        with pytest.raises(DataError, match=f"cannot take {count} of 30 training samples; choose"):
            data.load(str(tiny_data), TINY, limits=(count, None, None))


def _labels(folder: Path, change) -> None:
    for part in ("train", "test"):
        path = folder / name(part, "labels")
        labels = np.frombuffer(path.read_bytes(), dtype=np.uint8, offset=8).astype(int)
        path.write_bytes(idx_bytes(LABELS_MAGIC, change(labels)))


#: (change of the labels, message)
LABELLED = [
    (lambda n: n + 1, "labels .* are 1 to 3; label 3 is no class of preset 'tiny', which are 0 to "
     "2; choose another preset, or give --set layers=12,6,4, or write labels from 0 to 2"),
    (lambda n: n + 24, r"are 24 to 26; .* --set layers=12,6,27, or write labels from 0 to 2; for a "
     "machine at a port, give that to 'erbium new'$"),
    (lambda n: 100 * n, r"are 0 to 200; label 200 .* --set layers=12,6,201; for a machine at a "
     "port, give that to 'erbium new'$"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), LABELLED, ids=range(len(LABELLED)))
def test_labels_that_do_not_fit_say_what_would(tiny_data: Path, change, message: str) -> None:
    _labels(tiny_data, change)
    with pytest.raises(DataError, match=message):
        data.load(str(tiny_data), TINY)


def test_what_a_message_advises_works(tiny_data: Path) -> None:
    _labels(tiny_data, lambda n: n + 1)
    with pytest.warns(DataWarning, match=r"no sample of class 0 for training \(never taught\), of"):
        found = data.load(str(tiny_data), TINY.replace(layers=(12, 6, 4)))
    assert set(found.train.labels.tolist()) == {1, 2, 3}


def test_images_of_another_size_say_what_would_fit(tiny_data: Path) -> None:
    _images(tiny_data, lambda pixels: np.repeat(pixels, 2, axis=1))
    with pytest.raises(DataError, match="24 intensities in the training part, but 12 in the test"):
        data.load(str(tiny_data), TINY)
    _images(tiny_data, lambda pixels: np.repeat(pixels, 2, axis=1), "test")
    _labels(tiny_data, lambda n: n + 1)
    message = r"have 24 intensities, but preset 'tiny' takes 12 .* give --set layers=24,6,4; for a"
    with pytest.raises(DataError, match=message):
        data.load(str(tiny_data), TINY)


@pytest.mark.parametrize("counts", [(0, 9), (5, 9), (36, 0)])
def test_sets_too_small_to_split_are_refused(tmp_path: Path, counts: tuple[int, int]) -> None:
    folder = write_idx(tmp_path / "small", counts=counts)
    with pytest.raises(DataError, match="too few samples for a train, validation and test set"):
        data.load(str(folder), TINY)


def test_events_are_not_intensities(tiny_data: Path) -> None:
    with pytest.raises(DataError, match="takes events, not intensities; choose encoder 'phase'"):
        data.load(str(tiny_data), TINY.replace(encoder="events"))
