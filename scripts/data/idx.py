"""The IDX file format of MNIST: a magic number, sizes, then bytes; plain or compressed by gzip.

What a file is, its content decides, and not its name.
"""

from __future__ import annotations

import gzip
import math
import warnings
import zlib
from itertools import combinations
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning

#: First four bytes: two zeros, 8 for unsigned bytes, number of dimensions.
IMAGES_MAGIC, LABELS_MAGIC = 0x00000803, 0x00000801

#: Third byte: the type of the values, and what to call it.
UNSIGNED_BYTES = 8
TYPES = {
    UNSIGNED_BYTES: ("u1", "unsigned bytes"),
    0x09: (">i1", "signed bytes"),
    0x0B: (">i2", "integers of 16 bits"),
    0x0C: (">i4", "integers of 32 bits"),
    0x0D: (">f4", "floats of 32 bits"),
    0x0E: (">f8", "floats of 64 bits"),
}

#: How other files begin that are found in the place of these.
OTHERS = (
    (b"PK", "a zip archive; unpack it"),
    (b"BZh", "compressed by bzip2; unpack it"),
    (b"\xfd7zXZ", "compressed by xz; unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd; unpack it"),
    (b"\x93NUMPY", "an array of NumPy; write it in the IDX format"),
    (b"\x89PNG", "a PNG image; write all images into one IDX file"),
    (b"version https://git-lfs", "a pointer of Git LFS; fetch the file itself"),
    (b"<", "a web page or XML; fetch the file itself"),
)
GZIP = b"\x1f\x8b"

_AGAIN = "fetch it again"

#: What MNIST calls its parts.
PREFIX = {"train": "train", "test": "t10k"}


def name(part: str, kind: str) -> str:
    """Return MNIST's name of a file: `part` "train" or "test", `kind` "images" or "labels"."""
    return f"{PREFIX[part]}-{kind}-idx{3 if kind == 'images' else 1}-ubyte"


def read_pair(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray, tuple[int, int]]:
    """Return the samples [count, pixels] and labels [count] of a part, and rows and columns of an
    image.

    Raises
    ------
    DataError
        If a file is missing or damaged, or the two differ in length.
    """
    images = read_any(folder, name(part, "images"), IMAGES_MAGIC)
    labels = read_any(folder, name(part, "labels"), LABELS_MAGIC)
    if len(images) != len(labels):
        raise DataError(
            f"the {part} part of '{folder}' has {len(images)} images but {len(labels)} labels; "
            "take both files from the same source"
        )
    rows, columns = images.shape[1:]
    return images.reshape(len(images), rows * columns), labels.astype(np.int64), (rows, columns)


def read_any(folder: Path, file: str, magic: int) -> np.ndarray:
    """Return what is in `file`, under any name that it goes by; a damaged one hides no good one.

    Raises
    ------
    DataError
        If there is none, or none that is good; or if there are two that differ.
    """
    names = [f"{file}.gz", file, f"{_dotted(file)}.gz", _dotted(file)]
    paths = [folder / name for name in names if (folder / name).is_file()]
    if not paths:
        raise DataError(f"'{folder}' has neither {names[0]} nor {file}; put one of them there")
    good: dict[Path, np.ndarray] = {}
    bad: list[str] = []
    for path in paths:
        try:
            good[path] = read(path, magic)
        except (DataError, OSError) as error:
            bad.append(str(error))
    if not good:
        raise DataError("; and ".join(bad))
    for (one, content), (other, found) in combinations(good.items(), 2):
        if not np.array_equal(content, found):
            raise DataError(f"'{one}' and '{other}' have different content; remove one of them")
    path, content = next(iter(good.items()))
    if bad:
        warnings.warn(f"reading '{path}', since {'; and '.join(bad)}", DataWarning, stacklevel=2)
    return content


def _dotted(file: str) -> str:
    """Return the name that some programs give an unpacked file."""
    return file.replace("-idx", ".idx")


def read(path: Path, magic: int) -> np.ndarray:
    """Return the bytes of an IDX file in the shape that it states."""
    packed = path.read_bytes()
    content = _unpacked(path, packed)
    start = 4 + 4 * (magic & 255)
    if content[:4] != magic.to_bytes(4) and len(content) >= 4:
        raise DataError(f"'{path}' {_found(content)}, not with {_described(magic)}")
    if len(content) < start:
        raise DataError(f"'{path}' ends after {len(content)} bytes, in its header; {_AGAIN}")
    shape = _shape(content)
    expected = start + math.prod(shape)
    if len(content) != expected:
        unpacked = "" if content is packed else " unpacked"
        raise DataError(
            f"'{path}' has {len(content)} bytes{unpacked}, but its header promises {expected}, for "
            f"{' x '.join(map(str, shape))} of them after {start}; {_AGAIN}"
        )
    if shape[0] and not math.prod(shape):
        raise DataError(f"'{path}' has images of {shape[1]} x {shape[2]} pixels; {_AGAIN}")
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def _shape(content: bytes) -> list[int]:
    return np.frombuffer(content, dtype=">u4", count=content[3], offset=4).tolist()


def _unpacked(path: Path, content: bytes) -> bytes:
    """Return `content` without compression, which some servers do once more on the way."""
    while content.startswith(GZIP):
        try:
            content = gzip.decompress(content)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            # zlib's texts vary and may be long; what to do is the same for all.
            raise DataError(
                f"'{path}' is compressed by gzip and damaged ({type(error).__name__}) after "
                f"{len(content)} bytes; {_AGAIN}"
            ) from error
    return content


def _described(magic: int) -> str:
    what = "images" if magic == IMAGES_MAGIC else "labels"
    return (
        f"{magic:#010x}; give an IDX file of {what}: unsigned bytes in {magic & 255} "
        f"dimension{'s' * (magic & 255 > 1)}"
    )


def _found(content: bytes) -> str:
    """Say how `content`, which is not what it should be, begins, and what that may mean."""
    start = f"starts with {int.from_bytes(content[:4]):#010x}"
    for beginning, what in OTHERS:
        if content.startswith(beginning):
            return f"{start} ({what})"
    kind, dimensions = TYPES.get(content[2]), content[3]
    if content[:2] != b"\0\0" or kind is None or not dimensions:
        return start
    if content[2] == UNSIGNED_BYTES:
        what = {1: ": labels", 3: ": images"}.get(dimensions, "")
        return f"{start} (unsigned bytes in {dimensions} dimension{'s' * (dimensions > 1)}{what})"
    return f"{start} ({kind[1]}{_range(content, kind[0])})"


def _range(content: bytes, kind: str) -> str:
    """Say what values of another type there are, and how they become bytes."""
    try:
        values = np.frombuffer(content, dtype=kind, offset=4 + 4 * content[3])
        low, high = float(values.min()), float(values.max())
    except ValueError:
        return ""
    if not (np.isfinite(low) and np.isfinite(high)) or low < 0 or high == 0:
        return f" from {low:g} to {high:g}; scale them to 0 to 255 and round them"
    return f" from {low:g} to {high:g}; multiply them by {255 / high:.6g} and round them"
