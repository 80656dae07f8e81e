"""Augmentation: what the host does to a training sample before it sends it.

``shift=n`` moves an image by -n to n pixels in x and in y, zeros coming in, anew in every pass.
How far is decided by three numbers alone, those of the run, the pass and the sample. So it does
not matter in which order or in which portions samples are shown, or whether a training was
stopped in between. Only training samples are moved. The machine knows nothing of it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from erbium.golden.rng import hash32, stream_seed
from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.dataset import Split

#: What the seed of the shifts is used for, far from the machine's own streams.
STREAM = 1 << 16

#: How an augmentation is written.
EXAMPLE = "shift=1"


@dataclass(frozen=True)
class Augment:
    """What is done to training samples; nothing, unless said otherwise.

    Attributes
    ----------
    shift : int
        Most pixels by which an image is moved, in x and in y.

    Raises
    ------
    DataError
        If a value is out of range.
    """

    shift: int = 0

    def __post_init__(self) -> None:
        if type(self.shift) is not int or self.shift < 0:
            raise DataError(
                f"shift of augment must be a number of pixels from 0, not {self.shift!r}"
            )

    @classmethod
    def of(cls, values: Mapping[str, object]) -> Augment:
        """Return what a table of names and values stands for."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise DataError(f"unknown augment {name!r}; choose from: {', '.join(known)}")
        return cls(**values)

    @classmethod
    def parsed(cls, text: str) -> Augment:
        """Return what a text such as "shift=1" stands for."""
        name, equals, value = text.partition("=") if isinstance(text, str) else ("", "", "")
        if not equals:
            raise DataError(f"augment {text!r} is no NAME=VALUE, such as {EXAMPLE}")
        return cls.of({name: int(value) if value.isascii() and value.isdigit() else value})

    def as_dict(self) -> dict[str, int]:
        """Return what is done, ready for JSON; empty if that is nothing."""
        return {"shift": self.shift} if self else {}

    def __bool__(self) -> bool:
        return self.shift > 0

    def __str__(self) -> str:
        return f"shift={self.shift}" if self else "none"

    def image(self, part: Split, name: str) -> tuple[int, int] | None:
        """Return rows and columns of a sample, if they matter; refuse what cannot be augmented."""
        if not self:
            return None
        rows, columns = image_of(part, name)
        if part.image is None:
            warnings.warn(
                f"taking the {rows * columns} columns of '{name}' for images of {rows} x {columns} "
                f"pixels, line after line; if they are none, leave out the augment {self}",
                DataWarning,
                # This place, wherever it is asked from: so it is told once.
                stacklevel=1,
            )
        if self.shift >= min(rows, columns):
            raise DataError(
                f"augment {self} may move samples of '{name}', which are {rows} x {columns} "
                f"pixels, out of sight; choose a shift of {min(rows, columns) - 1} or less"
            )
        return rows, columns


#: Samples as they are.
NONE = Augment()


def image_of(part: Split, name: str) -> tuple[int, int]:
    """Return rows and columns of the samples, which are squares if nothing else is known."""
    if part.encoded:
        raise DataError(
            f"only pixels can be moved, but samples of '{name}' have other inputs beside them; "
            "take no inputs such as pairs and bias, or choose shift=0"
        )
    if part.image is not None:
        return part.image
    if part.apart:
        raise DataError(
            f"only pixels can be moved, but columns of '{name}' were scaled one by one, as if each "
            "meant something else; take the scaling common if they are pixels, or choose shift=0"
        )
    inputs = part.samples.shape[1]
    side = math.isqrt(inputs)
    if side * side != inputs:
        raise DataError(
            f"only images can be augmented, but samples of '{name}' have the shape ({inputs},), "
            "which is no square; choose shift=0, or take files that state rows and columns"
        )
    return side, side


def shifts(shift: int, run: int, epoch: int, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return by how many rows (down) and columns (right) samples are moved.

    One hash of 32 bits for each sample; its halves are multiplied by the number of places.

    Parameters
    ----------
    shift : int
        Most pixels.
    run, epoch : int
        Number of the run; of the pass, 0 for the first.
    chosen : int array [count]
        Number of each sample in the training part of the data.
    """
    start = int(hash32(stream_seed(run, STREAM) + epoch))
    draws = hash32(start + np.asarray(chosen, dtype=np.int64))
    places = 2 * shift + 1
    return ((draws >> 16) * places >> 16) - shift, ((draws & 0xFFFF) * places >> 16) - shift


def shown(
    augment: Augment, part: Split, run: int, epoch: int, chosen: np.ndarray | None = None
) -> np.ndarray:
    """Return training samples [count, inputs] as a pass of a run shows them.

    Parameters
    ----------
    augment : Augment
    part : Split
        The training part of the data.
    run, epoch : int
        Number of the run; of the pass, 0 for the first.
    chosen : int array [count], optional
        Which samples, by their number in `part`; all of them, unless given.
    """
    chosen = np.arange(len(part)) if chosen is None else chosen
    samples = part.samples[chosen]
    if not augment:
        return samples
    image, shift = image_of(part, "the data"), augment.shift
    down, right = shifts(shift, run, epoch, chosen)
    framed = np.pad(samples.reshape(len(samples), *image), ((0, 0), (shift, shift), (shift, shift)))
    # Out of the frame of zeros is cut what lies where the image was before.
    rows, columns = (
        (shift - moved)[:, None] + np.arange(size)
        for moved, size in zip((down, right), image, strict=True)
    )
    numbers = np.arange(len(samples))[:, None, None]
    return framed[numbers, rows[:, :, None], columns[:, None, :]].reshape(samples.shape)
