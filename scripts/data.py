"""Samples and labels, checked before any of them is used.

Three sources: the 1,797 digits of 8x8 pixels that scikit-learn brings along, the data sets that
`scripts.fetch` knows by name, and folders that hold anything else in MNIST's file format (see
`scripts.idx`). Every data set is split in three: one part to learn from, one to tune by, and one
that is looked at only once, at the end.
"""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from golden.config import Config
from golden.validate import DataError
from scripts import idx
from scripts.fetch import SOURCES, fetch
from scripts.progress import Report, silent

#: Samples of the 8x8 digits to learn from and to tune by; the other 397 are held out.
DIGITS_TRAIN, DIGITS_VALIDATION = 1200, 200

#: Most samples at the end of a folder's training set that are set aside to tune by.
IDX_VALIDATION = 10_000


@dataclass(frozen=True)
class Split:
    """Samples [count, inputs] as bytes, intensities 0 to 255, and their classes [count]."""

    samples: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def first(self, count: int | None, what: str) -> Split:
        """Return the first `count` samples; None stands for all of them."""
        if count is None:
            return self
        if not 1 <= count <= len(self):
            raise DataError(f"cannot take {count} of {len(self)} {what}; choose 1 to {len(self)}")
        return Split(self.samples[:count], self.labels[:count])


@dataclass(frozen=True)
class Dataset:
    """A data set in three parts.

    Attributes
    ----------
    name : str
        "digits", "mnist", "fashion-mnist" or the folder it was read from.
    train, validation, test : Split
        To learn from, to tune by, held out.
    """

    name: str
    train: Split
    validation: Split
    test: Split

    def limited(self, train: int | None, validation: int | None, test: int | None) -> Dataset:
        """Return a smaller data set; None keeps all of a part."""
        return dataclasses.replace(
            self,
            train=self.train.first(train, "training samples"),
            validation=self.validation.first(validation, "validation samples"),
            test=self.test.first(test, "test samples"),
        )

    @property
    def sha256(self) -> str:
        """Fingerprint of every sample and label, in order."""
        digest = hashlib.sha256()
        for split in (self.train, self.validation, self.test):
            digest.update(str(split.samples.shape).encode())
            digest.update(split.samples.tobytes())
            digest.update(split.labels.astype(np.uint8).tobytes())
        return digest.hexdigest()


def load(source: str, config: Config, report: Report = silent) -> Dataset:
    """Return the data set `source` if it fits `config`.

    Parameters
    ----------
    source : str
        "digits", a name in `scripts.fetch.SOURCES`, or a folder. A folder that is called like a
        data set can be given as "./mnist".
    config : Config
        The machine that is to learn it.
    report : Report
        Told the bytes of each file that has to be fetched.

    Raises
    ------
    DataError
        If it is missing, damaged, or made for another number of inputs or classes.
    """
    if config.encoder == "events":
        raise DataError(
            f"preset {config.name!r} takes events, not intensities; choose encoder 'phase' or "
            "'bernoulli'"
        )
    dataset = read(source, report)
    _check_fit(dataset, config)
    return dataset


def read(source: str, report: Report = silent) -> Dataset:
    """Return the data set `source`, whatever it is made for; see `load`."""
    if source == "digits":
        return digits()
    if source in SOURCES:
        return dataclasses.replace(folder(fetch(source, report)), name=source)
    return folder(Path(source))


def digits() -> Dataset:
    """Return scikit-learn's 8x8 digits in one fixed, shuffled order."""
    # Imported here: it takes a second, and most commands do without.
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    samples = np.rint(pixels[order] * 255 / 16).astype(np.uint8)
    parts = np.split(np.arange(len(order)), [DIGITS_TRAIN, DIGITS_TRAIN + DIGITS_VALIDATION])
    return Dataset("digits", *(Split(samples[part], labels[order][part]) for part in parts))


def folder(path: Path) -> Dataset:
    """Return the data set in `path`, four IDX files named like MNIST's."""
    if not path.is_dir():
        raise DataError(
            f"there is no data folder '{path}'; give 'digits' or "
            f"{' or '.join(map(repr, SOURCES))}, or a folder with the four MNIST files "
            f"{idx.name('train', 'images')}.gz and so on"
        )
    train, test = (Split(*idx.read_pair(path, part)) for part in ("train", "test"))
    kept = len(train) - min(IDX_VALIDATION, len(train) // 6)
    return Dataset(
        str(path),
        Split(train.samples[:kept], train.labels[:kept]),
        Split(train.samples[kept:], train.labels[kept:]),
        test,
    )


def _check_fit(dataset: Dataset, config: Config) -> None:
    for split in (dataset.train, dataset.validation, dataset.test):
        if not len(split):
            raise DataError(
                f"data '{dataset.name}' has too few samples for a train, validation "
                "and test set; give at least 6 for training and 1 for testing"
            )
        inputs, classes = split.samples.shape[1], config.layers[-1]
        if inputs != config.layers[0]:
            raise DataError(
                f"samples of '{dataset.name}' have {inputs} intensities, but preset "
                f"'{config.name}' takes {config.layers[0]} (layers[0]); choose another preset, or "
                f"make one with layers[0] = {inputs}"
            )
        if split.labels.max() >= classes:
            raise DataError(
                f"label {split.labels.max()} of '{dataset.name}' is no class of preset "
                f"'{config.name}', which are 0 to {classes - 1}; choose another preset"
            )
