"""The IDX file format of MNIST: a magic number, sizes, then bytes; plain or compressed by gzip."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path

import numpy as np

from golden.validate import DataError

#: First four bytes: two zeros, 8 for unsigned bytes, number of dimensions.
IMAGES_MAGIC, LABELS_MAGIC = 0x00000803, 0x00000801

_AGAIN = "fetch it again"

#: What MNIST calls its parts.
PREFIX = {"train": "train", "test": "t10k"}


def name(part: str, kind: str) -> str:
    """Return MNIST's name of a file: `part` "train" or "test", `kind` "images" or "labels"."""
    return f"{PREFIX[part]}-{kind}-idx{3 if kind == 'images' else 1}-ubyte"


def read_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the samples [count, pixels] and labels [count] of a part.

    Raises
    ------
    DataError
        If a file is missing or damaged, or the two differ in length.
    """
    images = read(_find(folder, name(part, "images")), IMAGES_MAGIC)
    labels = read(_find(folder, name(part, "labels")), LABELS_MAGIC)
    if len(images) != len(labels):
        raise DataError(
            f"the {part} part of '{folder}' has {len(images)} images but {len(labels)} labels; "
            "take both files from the same source"
        )
    return images.reshape(len(images), math.prod(images.shape[1:])), labels.astype(np.int64)


def read(path: Path, magic: int) -> np.ndarray:
    """Return the bytes of an IDX file in the shape that it states."""
    content = _content(path)
    start = 4 + 4 * (magic & 255)
    if len(content) < start:
        raise DataError(f"'{path}' ends after {len(content)} bytes, in its header; {_AGAIN}")
    found, *shape = np.frombuffer(content, dtype=">u4", count=start // 4).tolist()
    if found != magic:
        raise DataError(
            f"'{path}' starts with {found:#010x}, not with {magic:#010x}; give an IDX file of "
            f"unsigned bytes with {magic & 255} dimensions"
        )
    expected = start + math.prod(shape)
    if len(content) != expected:
        raise DataError(
            f"'{path}' has {len(content)} bytes, but its header promises {expected}; {_AGAIN}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _find(folder: Path, file: str) -> Path:
    for path in (folder / f"{file}.gz", folder / file):
        if path.is_file():
            return path
    raise DataError(f"'{folder}' has neither {file}.gz nor {file}; put one of them there")


def _content(path: Path) -> bytes:
    if path.suffix != ".gz":
        return path.read_bytes()
    try:
        return gzip.decompress(path.read_bytes())
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        # zlib's texts vary and may be long; what to do is the same for all.
        raise DataError(f"'{path}' is damaged ({type(error).__name__}); {_AGAIN}") from error
