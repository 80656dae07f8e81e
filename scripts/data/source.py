"""Samples and labels, checked before any of them is used.

Three sources: the 1,797 digits of 8x8 pixels that scikit-learn brings along, the data sets that
`scripts.data.fetch` knows by name, and folders that hold anything else in MNIST's file format
(see `scripts.data.idx`). Every data set is split in three: one part to learn from, one to tune by,
and one that is looked at only once, at the end.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.data import idx
from erbium.scripts.data.dataset import NO_LIMITS, Dataset, Limits, Split
from erbium.scripts.data.fetch import SOURCES, fetch
from erbium.scripts.data.suitability import FULL_SCALE, check_fit, tell_missing, tell_scale

#: Samples of the 8x8 digits to learn from and to tune by; the other 397 are held out.
DIGITS_TRAIN, DIGITS_VALIDATION = 1200, 200

#: Their rows and columns.
DIGITS_IMAGE = (8, 8)

#: Most samples of a folder's training set that are set aside to tune by.
IDX_VALIDATION = 10_000

#: Fingerprint of MNIST as it lies and is split. It keeps its order in a folder of any name, too:
#: it is well mixed, and all published figures were found so.
MNIST = "5b539f35a624f2db2a4c0c25f279ef34b42bc37d8478351ae936bd7d2fcce925"


@dataclass(frozen=True)
class Source:
    """Where data come from, and how they are taken.

    Attributes
    ----------
    name : str
        "digits", a name in `scripts.data.fetch.SOURCES`, or a folder. A folder that is called like
        a data set can be given as "./mnist".
    full_scale : int
        Intensity that becomes 255, with all others in proportion.
    keep_order : bool
        Leave a folder's samples as they lie, instead of shuffling them before they are split.
    """

    name: str
    full_scale: int = FULL_SCALE
    keep_order: bool = False

    @classmethod
    def of(cls, source: str | Source) -> Source:
        """Return the source that a mere name stands for."""
        return cls(source) if isinstance(source, str) else source


def load(
    source: str | Source,
    config: Config,
    report: Report = silent,
    *,
    limits: Limits = NO_LIMITS,
    sha256: str | None = None,
) -> Dataset:
    """Return the data of `source` if they fit `config`; warn of what is odd about them.

    Parameters
    ----------
    source : str or Source
        What to load.
    config : Config
        The machine that is to learn it.
    report : Report
        Told the bytes of each file that has to be fetched.
    limits : Limits
        Most samples of each part.
    sha256 : str, optional
        Fingerprint of what is wanted. If a folder has it with its samples as they lie, they are
        not shuffled.

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
    source = Source.of(source)
    whole = _read(source, report)
    check_fit(whole, config)
    dataset = whole.limited(*limits)
    if sha256 not in (None, dataset.sha256):
        kept = _read(dataclasses.replace(source, keep_order=True), report).limited(*limits)
        dataset = kept if kept.sha256 == sha256 else dataset
    tell_scale(whole)
    tell_missing(dataset, config.layers[-1])
    return dataset


def read(source: str | Source, report: Report = silent) -> Dataset:
    """Return the data of `source`, whatever they are made for; see `load`."""
    dataset = _read(Source.of(source), report)
    tell_scale(dataset)
    return dataset


def _read(source: Source, report: Report) -> Dataset:
    if source.name == "digits":
        dataset = digits()
    elif source.name in SOURCES:
        files = folder(fetch(source.name, report), keep_order=True)
        dataset = dataclasses.replace(files, name=source.name)
    else:
        dataset = folder(Path(source.name), keep_order=source.keep_order)
    return _scaled(dataset, source.full_scale)


def _scaled(dataset: Dataset, full_scale: int) -> Dataset:
    """Return `dataset` with intensities up to `full_scale` made intensities up to 255."""
    if full_scale == FULL_SCALE:
        return dataset
    top = max(int(part.samples.max(initial=0)) for part in dataset.parts.values())
    if not 1 <= full_scale <= FULL_SCALE or top > full_scale:
        raise DataError(
            f"full scale must be the largest intensity of '{dataset.name}', {top}, or more, up to "
            f"{FULL_SCALE}, not {full_scale}"
        )
    table = np.rint(np.arange(full_scale + 1) * FULL_SCALE / full_scale).astype(np.uint8)
    parts = (
        dataclasses.replace(part, samples=table[part.samples]) for part in dataset.parts.values()
    )
    return Dataset(dataset.name, *parts)


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


def _split(name: str, train: Split, test: Split) -> Dataset:
    """Set the last training samples aside to tune by."""
    kept = len(train) - min(IDX_VALIDATION, len(train) // 6)
    return Dataset(name, train.chosen(slice(kept)), train.chosen(slice(kept, None)), test)


def _shuffled(part: Split) -> Split:
    return part.chosen(np.random.default_rng(0).permutation(len(part)))
