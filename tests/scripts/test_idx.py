"""IDX files: content decides what they are, and every way in which one can be wrong is named."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import source as data
from erbium.scripts.data.idx import IMAGES_MAGIC, LABELS_MAGIC, name

from .conftest import idx_bytes

TINY = preset("tiny")
IMAGES, LABELS = name("train", "images"), name("train", "labels")


def _typed(code: int, kind: str, values: object, shape: tuple[int, ...] = (36, 3, 4)) -> bytes:
    array = np.resize(values, shape).astype(kind)
    header = np.array([code << 8 | len(shape), *shape], dtype=">u4")
    return header.tobytes() + array.tobytes()


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("packed", [0, 1, 2])
def test_content_decides_and_not_the_name(
    tiny_data: Path, dotted: bool, suffix: str, packed: int
) -> None:
    plain = data.load(str(tiny_data), TINY)
    for path in list(tiny_data.iterdir()):
        content = path.read_bytes()
        for _ in range(packed):
            content = gzip.compress(content)
        path.unlink()
        new = path.name.replace("-idx", ".idx") if dotted else path.name
        path.with_name(f"{new}{suffix}").write_bytes(content)
    assert data.load(str(tiny_data), TINY).sha256 == plain.sha256


BAD = {
    "cut off": lambda good: gzip.compress(good)[:-9],
    "no gzip": lambda good: b"\xff" * 448,
    "empty": lambda good: b"",
    "a web page": lambda good: b"<html>Not found</html>",
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_a_broken_file_hides_no_good_one(tiny_data: Path, bad: str, suffix: str) -> None:
    expected = data.load(str(tiny_data), TINY).sha256
    good = tiny_data / IMAGES
    content = good.read_bytes()
    if not suffix:
        good = good.rename(tiny_data / f"{IMAGES}.gz")
    broken = tiny_data / f"{IMAGES}{suffix}"
    broken.write_bytes(BAD[bad](content))
    with pytest.warns(DataWarning, match=f"reading '{good}', since '{broken}' ") as told:
        assert data.load(str(tiny_data), TINY).sha256 == expected
    assert len(told) == 1
    good.write_bytes(content[:-1])
    with pytest.raises(DataError, match=f"'{broken}' .*'{good}' |'{good}' .*'{broken}' "):
        data.load(str(tiny_data), TINY)


def test_of_two_good_files_none_is_chosen_in_silence(tiny_data: Path) -> None:
    path = tiny_data / LABELS
    content = path.read_bytes()
    (tiny_data / f"{LABELS}.gz").write_bytes(gzip.compress(content))
    data.load(str(tiny_data), TINY)
    path.write_bytes(content[:-1] + b"\0")
    with pytest.raises(DataError, match=rf"{LABELS}.gz' and '.*{LABELS}' have different content; "):
        data.load(str(tiny_data), TINY)


GOOD = idx_bytes(IMAGES_MAGIC, np.zeros((36, 3, 4)))
ARE = r"not with 0x00000803; give an IDX file of images: unsigned bytes in 3 dimensions"

#: (file, content, message)
DAMAGED = [
    (IMAGES, b"", r"ends after 0 bytes, in its header; fetch it again"),
    (IMAGES, GOOD[:15], r"ends after 15 bytes, in its header; fetch it again"),
    (IMAGES, GOOD[:-1], r"has 447 bytes, but its header promises 448, for 36 x 3 x 4 of them afte"),
    (IMAGES, gzip.compress(GOOD + b"x"), r"has 449 bytes unpacked, but its header promises 448, "),
    (IMAGES, GOOD[:4] + b"\xff" * 12, r"has 16 bytes, but its header promises \d+, for 42949672"),
    (IMAGES, b"\xff" * 448, rf"starts with 0xffffffff, {ARE}"),
    (IMAGES, b"404: Not Found", rf"starts with 0x3430343a, {ARE}"),
    (IMAGES, GOOD[4:], rf"starts with 0x00000024, {ARE}"),
    (IMAGES, idx_bytes(0x801, np.zeros(36)), rf"0x00000801 \(.* 1 dimension: labels.*, {ARE}"),
    (IMAGES, idx_bytes(0x802, np.zeros((36, 12))), r"0x00000802 \(unsigned bytes in 2 dimensions"),
    (LABELS, GOOD, r"0x00000803 \(.* 3 dimensions: images\), not with 0x00000801; give .* labels"),
    (IMAGES, idx_bytes(IMAGES_MAGIC, np.zeros((36, 0, 4))), r"has images of 0 x 4 pixels; fetch"),
    (IMAGES, idx_bytes(IMAGES_MAGIC, np.zeros((35, 3, 4))), r"has 35 images but 36 labels; take"),
    (IMAGES, b"PK\x03\x04zip", rf"0x504b0304 \(a zip archive; unpack it\), {ARE}"),
    (IMAGES, b"<!DOCTYPE html>", r"0x3c21444f \(a web page or XML; fetch the file itself\), n"),
    (IMAGES, b"\x93NUMPY\x01", r"0x934e554d \(an array of NumPy; write it in the IDX format\), no"),
    (
        IMAGES, _typed(0x0D, ">f4", [0, 0.5, 1]),
        rf"0x00000d03 \(floats of 32 bits from 0 to 1; multiply them by 255 and round.*, {ARE}",
    ),
    (IMAGES, _typed(0x0E, ">f8", [-1, 1]), r"\(floats of 64 bits from -1 to 1; scale them to 0 to"),
    (IMAGES, _typed(0x0D, ">f4", [0, np.nan]), r"\(floats of 32 bits from nan to nan; scale them "),
    (IMAGES, _typed(0x0B, ">i2", [0, 1023]), r"16 bits from 0 to 1023; multiply them by 0.249267 "),
    (IMAGES, _typed(0x0C, ">i4", [0, 16]), r"32 bits from 0 to 16; multiply them by 15.9375 and r"),
    (IMAGES, _typed(0x09, "i1", [0, 100]), r"signed bytes from 0 to 100; multiply them by 2.55 an"),
    (IMAGES, _typed(0x0D, ">f4", [0, 1])[:-1], r"0x00000d03 \(floats of 32 bits\), not"),
    (f"{LABELS}.gz", gzip.compress(GOOD)[:-9], r"compressed by gzip and damaged \(EOFError\) aft"),
    (f"{LABELS}.gz", gzip.compress(GOOD)[:10] + b"\xff" * 30, r"gzip and damaged \(error\) after"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "message"), DAMAGED, ids=range(len(DAMAGED)))
def test_damaged_files_are_refused(
    tiny_data: Path, file: str, content: bytes, message: str
) -> None:
    (tiny_data / file.removesuffix(".gz")).unlink()
    (tiny_data / file).write_bytes(content)
    with pytest.raises(DataError, match=message):
        data.load(str(tiny_data), TINY)


def test_missing_files_are_named(tiny_data: Path) -> None:
    (tiny_data / LABELS).unlink()
    with pytest.raises(DataError, match=f"has neither {LABELS}.gz nor {LABELS}; put one of them"):
        data.load(str(tiny_data), TINY)


def test_a_file_that_cannot_be_read_hides_no_good_one(
    tiny_data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, closed, read = data.load(str(tiny_data), TINY).sha256, f"{LABELS}.gz", Path.read_bytes
    (tiny_data / closed).touch()

    def read_bytes(path: Path) -> bytes:
        if path.name == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    with pytest.warns(DataWarning, match=f"Permission denied: '.*{closed}'"):
        assert data.load(str(tiny_data), TINY).sha256 == expected


def test_magic_numbers_are_those_of_mnist() -> None:
    assert (IMAGES_MAGIC, LABELS_MAGIC) == (2051, 2049)
