"""Data that are intensities already: scikit-learn's digits, and folders with MNIST's files.

Their order and their split are those of published figures, and never change.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import idx
from erbium.scripts.data.dataset import Dataset, Split
from erbium.scripts.data.fetch import SOURCES

#: Samples of the 8x8 digits to learn from and to tune by; the other 397 are held out.
DIGITS_TRAIN, DIGITS_VALIDATION = 1200, 200

#: Their rows and columns.
DIGITS_IMAGE = (8, 8)

#: Most samples of a folder's training set that are set aside to tune by.
IDX_VALIDATION = 10_000

#: Fingerprint of MNIST as it lies and is split. It keeps its order in a folder of any name, too:
#: it is well mixed, and all published figures were found so.
MNIST = "5b539f35a624f2db2a4c0c25f279ef34b42bc37d8478351ae936bd7d2fcce925"


def digits() -> Dataset:
    """Return scikit-learn's 8x8 digits in one fixed, shuffled order."""
    # Imported here: it takes a second, and most commands do without.
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    samples = np.rint(pixels[order] * 255 / 16).astype(np.uint8)
    whole = Split(samples, labels[order], DIGITS_IMAGE)
    parts = np.split(np.arange(len(order)), [DIGITS_TRAIN, DIGITS_TRAIN + DIGITS_VALIDATION])
    return Dataset("digits", *map(whole.chosen, parts))


def folder(path: Path, *, keep_order: bool = False) -> Dataset:
    """Return the data set in `path`, four IDX files named like MNIST's.

    Samples of either pair of files are shuffled, always in the same way, unless they are to keep
    their order or are MNIST's: files may be sorted by class.
    """
    if not path.is_dir():
        raise DataError(
            f"there is no data folder '{path}'; give 'digits' or "
            f"{' or '.join(map(repr, SOURCES))}, or a folder with the four MNIST files "
            f"{idx.name('train', 'images')}.gz and so on"
        )
    train, test = (Split(*idx.read_pair(path, part)) for part in ("train", "test"))
    kept = _split(str(path), train, test)
    if keep_order or kept.sha256 == MNIST:
        return kept
    return _split(str(path), *(_shuffled(part) for part in (train, test)))


def holds_idx(path: Path) -> bool:
    """Return whether a folder has a file that is called like one of MNIST's."""
    return any(
        one.name.startswith(tuple(f"{prefix}-" for prefix in idx.PREFIX.values()))
        and "ubyte" in one.name
        for one in path.iterdir()
    )


def _split(name: str, train: Split, test: Split) -> Dataset:
    """Set the last training samples aside to tune by."""
    kept = len(train) - min(IDX_VALIDATION, len(train) // 6)
    return Dataset(name, train.chosen(slice(kept)), train.chosen(slice(kept, None)), test)


def _shuffled(part: Split) -> Split:
    return part.chosen(np.random.default_rng(0).permutation(len(part)))
