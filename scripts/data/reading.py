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


def options_of(name: str) -> tuple[str, ...]:
    """Return which of `USES` the data of a name take; nothing of that if there are none."""
    path = Path(name)
    if name == DIGITS or name in SOURCES:
        return ()
    if name in bundled.NAMES:
        return ("split",)
    if path.is_dir():
        return () if standard.holds_idx(path) else ("split",)
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return ("label", "header", "split")
    # Other arrays lie beside samples, labels among them.
    single = suffix == NPY and path.stem not in numpy_file.NAMES["x"]
    return ("label", "split") if single else ("split",)


def find(source: Source, report: Report) -> Dataset | Raw:
    """Return what `source` names: intensities that are split already, or rows that are not.

    Raises
    ------
    DataError
        If there is nothing of that name, or it cannot be read.
    """
    name, path = source.name, Path(source.name)
    if name not in NAMES and not (path.is_dir() or path.is_file()):
        raise DataError(f"there is no data {name!r}; {CHOICES}")
    check_options(source, options_of(name))
    if name == DIGITS:
        return standard.digits()
    if name in SOURCES:
        files = standard.folder(fetch(name, report), keep_order=True)
        return dataclasses.replace(files, name=name)
    if name in bundled.NAMES:
        return bundled.read(name)
    return _in_folder(path, source) if path.is_dir() else _in_file(path, source)


def _in_folder(path: Path, source: Source) -> Dataset | Raw:
    if standard.holds_idx(path):
        return standard.folder(path, keep_order=source.keep_order)
    if numpy_file.holds_arrays(path):
        return numpy_file.read_folder(path)
    if pictures.holds_pictures(path):
        return pictures.read(path)
    raise DataError(f"'{path}' holds no data; {CHOICES}")


def _in_file(path: Path, source: Source) -> Raw:
    suffix = path.suffix.lower()
    if suffix in TEXTS:
        return csv_file.read(path, source.label, source.header)
    if suffix == NPZ:
        return numpy_file.read_npz(path)
    if suffix == NPY:
        return numpy_file.read_npy(path, source.label)
    raise DataError(
        f"'{path}' ends in {suffix or 'nothing'!r}, which is no kind of data; {CHOICES}"
    )


def check_options(source: Source, taken: tuple[str, ...]) -> None:
    """Refuse options that these data have no use for."""
    for option, users in USES.items():
        value = getattr(source, option)
        given = value is False or value not in (None, 0)
        if given and option not in taken:
            raise DataError(
                f"data '{source.name}' take no {option}, not {value!r}: only {users} do; leave it "
                "out"
            )
