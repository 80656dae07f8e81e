"""Reading: what a name or a path means, decided here alone, and by which reader it is read."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from erbium.golden.validate import DataError
from erbium.scripts.common.progress import Report
from erbium.scripts.data import bundled, csv_file, numpy_file, pictures, standard
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.fetch import SOURCES, fetch
from erbium.scripts.data.raw import Raw

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source

DIGITS = "digits"

#: Data with a name of their own.
NAMES = (DIGITS, *SOURCES, *bundled.NAMES)

#: How the name of a file ends, and what that means.
TEXTS = (".csv", ".tsv", ".txt")
NPZ, NPY = ".npz", ".npy"

#: What data can be, as messages put it.
CHOICES = (
    f"give {', '.join(map(repr, NAMES))}, a file ({', '.join((*TEXTS, NPZ, NPY))}), or a folder of "
    "images by class, of MNIST's files, or of x.npy and y.npy"
)

#: Options that only some data take.
USES = {
    "label": "text and single arrays",
    "header": "text",
    "split": "data that are not split for ever",
}


def find(source: Source, report: Report) -> Dataset | Raw:
    """Return what `source` names: intensities that are split already, or rows that are not.

    Raises
    ------
    DataError
        If there is nothing of that name, or it cannot be read.
    """
    name, path = source.name, Path(source.name)
    if name == DIGITS:
        _check_options(source)
        return standard.digits()
    if name in SOURCES:
        _check_options(source)
        files = standard.folder(fetch(name, report), keep_order=True)
        return dataclasses.replace(files, name=name)
    if name in bundled.NAMES:
        _check_options(source, "split")
        return bundled.read(name)
    if path.is_dir():
        return _in_folder(path, source)
    if not path.is_file():
        raise DataError(f"there is no data {name!r}; {CHOICES}")
    return _in_file(path, source)


def _in_folder(path: Path, source: Source) -> Dataset | Raw:
    if standard.holds_idx(path):
        _check_options(source)
        return standard.folder(path, keep_order=source.keep_order)
    _check_options(source, "split")
    if numpy_file.holds_arrays(path):
        return numpy_file.read_folder(path)
    if pictures.holds_pictures(path):
        return pictures.read(path)
    raise DataError(f"'{path}' holds no data; {CHOICES}")


def _in_file(path: Path, source: Source) -> Raw:
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        _check_options(source, "label", "header", "split")
        return csv_file.read(path, source.label, source.header)
    if suffix == NPZ:
        _check_options(source, "split")
        return numpy_file.read_npz(path)
    if suffix == NPY:
        _check_options(source, "label", "split")
        return numpy_file.read_npy(path, source.label)
    raise DataError(
        f"'{path}' ends in {suffix or 'nothing'!r}, which is no kind of data; {CHOICES}"
    )


def _check_options(source: Source, *taken: str) -> None:
    """Refuse options that these data have no use for."""
    for option, users in USES.items():
        value = getattr(source, option)
        given = value is False or value not in (None, 0)
        if given and option not in taken:
            raise DataError(
                f"data '{source.name}' take no {option}, not {value!r}: only {users} do; leave it "
                "out"
            )
