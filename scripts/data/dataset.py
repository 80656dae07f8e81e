"""A data set in three parts: to learn from, to tune by, and to be looked at only once."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data.preparation import Preparation

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source

#: Most samples of the training, validation and test part; None takes all.
Limits = tuple[int | None, int | None, int | None]
NO_LIMITS: Limits = (None, None, None)


@dataclass(frozen=True)
class Split:
    """Samples [count, inputs] as bytes, intensities 0 to 255, and their classes [count].

    `image` is rows and columns of a sample, line after line, where they are known; `encoded` says
    that there are other inputs beside, such as complements; `apart`, that columns were scaled one
    by one, as pixels are not.
    """

    samples: np.ndarray
    labels: np.ndarray
    image: tuple[int, int] | None = None
    encoded: bool = False
    apart: bool = False

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def pixels(self) -> tuple[int, int] | None:
        """Rows and columns of a sample that is an image; None of a mere line of values, and of an
        image with other inputs beside.
        """
        return self.image if self.image and min(self.image) > 1 and not self.encoded else None

    def first(self, count: int | None, what: str) -> Split:
        """Return the first `count` samples; None stands for all of them."""
        if count is None:
            return self
        if not 1 <= count <= len(self):
            raise DataError(f"cannot take {count} of {len(self)} {what}; choose 1 to {len(self)}")
        return self.chosen(slice(count))

    def chosen(self, which: slice | np.ndarray) -> Split:
        """Return some of the samples."""
        return dataclasses.replace(self, samples=self.samples[which], labels=self.labels[which])


@dataclass(frozen=True)
class Dataset:
    """A data set in three parts.

    Attributes
    ----------
    name : str
        "digits", "mnist", "wine" or such, or the file or folder it was read from.
    train, validation, test : Split
        To learn from, to tune by, held out.
    preparation : Preparation, or None
        How intensities were made of what was read; None if they were intensities, and classes
        numbers.
    source : Source, or None
        How it was taken, if it was not a program's arrays.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    preparation: Preparation | None = None
    source: Source | None = None

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; empty if they have none."""
        return self.preparation.classes if self.preparation else ()

    @property
    def parts(self) -> dict[str, Split]:
        """The three parts by what they are for."""
        return {"training": self.train, "validation": self.validation, "test": self.test}

    def limited(self, train: int | None, validation: int | None, test: int | None) -> Dataset:
        """Return a smaller data set; None keeps all of a part."""
        return dataclasses.replace(
            self,
            train=self.train.first(train, "training samples"),
            validation=self.validation.first(validation, "validation samples"),
            test=self.test.first(test, "test samples"),
        )

    @property
    def refitted(self) -> Dataset:
        """The data of a last training, when nothing is tuned any more: it learns from validation
        samples, too, so that their error says no more than that of training samples.
        """
        both = dataclasses.replace(
            self.train,
            samples=np.concatenate([self.train.samples, self.validation.samples]),
            labels=np.concatenate([self.train.labels, self.validation.labels]),
        )
        return dataclasses.replace(self, train=both)

    @property
    def sha256(self) -> str:
        """Fingerprint of every sample and label, in order."""
        digest = hashlib.sha256()
        for split in self.parts.values():
            digest.update(str(split.samples.shape).encode())
            digest.update(split.samples.tobytes())
            digest.update(split.labels.astype(np.uint8).tobytes())
        return digest.hexdigest()
