"""Data sets: how they are split, and every way in which a file can be wrong."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from golden.presets import preset
from golden.validate import DataError
from scripts import data
from scripts.idx import IMAGES_MAGIC, LABELS_MAGIC, name

from .conftest import idx_bytes, write_idx

TINY = preset("tiny")
IMAGES, LABELS = name("train", "images"), name("train", "labels")


def test_digits_are_split_without_overlap_in_a_fixed_order() -> None:
    digits = data.load("digits", preset("digits"))
    assert [len(s) for s in (digits.train, digits.validation, digits.test)] == [1200, 200, 397]
    assert digits.sha256 == "159c1c6f21f0898ac9ae5197121a06cb3c7ffa70074189c37db10daf5378ec71"
    assert digits.train.samples.min() == 0
    assert digits.train.samples.max() == 255


def test_folder_keeps_the_end_of_training_for_validation(tiny_data: Path) -> None:
    found = data.load(str(tiny_data), TINY)
    assert [len(s) for s in (found.train, found.validation, found.test)] == [30, 6, 9]
    assert found.train.samples.shape == (30, 12)
    assert found.train.labels.tolist() == [0, 1, 2] * 10
    brightest = found.test.samples.reshape(9, 3, 4).sum(axis=2).argmax(axis=1)
    assert brightest.tolist() == found.test.labels.tolist()


def test_compressed_files_are_read_as_well(tiny_data: Path) -> None:
    plain = data.load(str(tiny_data), TINY)
    for path in list(tiny_data.iterdir()):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert data.load(str(tiny_data), TINY).sha256 == plain.sha256


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
            data.load(str(tiny_data), TINY).limited(count, None, None)


GOOD = idx_bytes(IMAGES_MAGIC, np.zeros((36, 3, 4)))

#: (file, content, message)
DAMAGED = [
    (IMAGES, b"", r"ends after 0 bytes, in its header; fetch it again"),
    (IMAGES, GOOD[:15], r"ends after 15 bytes, in its header; fetch it again"),
    (IMAGES, GOOD[:-1], r"has 447 bytes, but its header promises 448; fetch it again"),
    (IMAGES, GOOD + b"x", r"has 449 bytes, but its header promises 448; fetch it again"),
    (IMAGES, b"\xff" * 448, r"starts with 0xffffffff, not with 0x00000803; give an IDX file"),
    (LABELS, GOOD, r"starts with 0x00000803, not with 0x00000801; give an IDX file"),
    (IMAGES, idx_bytes(IMAGES_MAGIC, np.zeros((35, 3, 4))), r"has 35 images but 36 labels; take"),
    (IMAGES, GOOD[:4] + b"\xff" * 12, r"has 16 bytes, but its header promises \d+; fetch"),
    (f"{IMAGES}.gz", gzip.compress(GOOD)[:-9], r"is damaged \(EOFError\); fetch it again"),
    (f"{IMAGES}.gz", GOOD, r"is damaged \(BadGzipFile\); fetch it again"),
    (f"{IMAGES}.gz", gzip.compress(GOOD)[:10] + b"\xff" * 30, r"is damaged \(error\); fetch"),
    (
        LABELS,
        idx_bytes(LABELS_MAGIC, np.arange(36) % 4),
        r"label 3 .* is no class of preset 'tiny'",
    ),
    (
        IMAGES,
        idx_bytes(IMAGES_MAGIC, np.zeros((36, 4, 4))),
        r"have 16 intensities, but preset 'tiny' takes 12 \(layers\[0\]\); choose another preset",
    ),
]


@pytest.mark.parametrize(("file", "content", "message"), DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_or_unsuitable_files_are_refused(
    tiny_data: Path, file: str, content: bytes, message: str
) -> None:
    (tiny_data / file).write_bytes(content)
    with pytest.raises(DataError, match=message):
        data.load(str(tiny_data), TINY)


def test_missing_files_are_named(tiny_data: Path) -> None:
    (tiny_data / LABELS).unlink()
    with pytest.raises(DataError, match=f"has neither {LABELS}.gz nor {LABELS}; put one of them"):
        data.load(str(tiny_data), TINY)


@pytest.mark.parametrize("counts", [(0, 9), (5, 9), (36, 0)])
def test_sets_too_small_to_split_are_refused(tmp_path: Path, counts: tuple[int, int]) -> None:
    folder = write_idx(tmp_path / "small", counts=counts)
    with pytest.raises(DataError, match="too few samples for a train, validation and test set"):
        data.load(str(folder), TINY)


def test_events_are_not_intensities(tiny_data: Path) -> None:
    with pytest.raises(DataError, match="takes events, not intensities; choose encoder 'phase'"):
        data.load(str(tiny_data), TINY.replace(encoder="events"))
