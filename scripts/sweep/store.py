"""Results on disk: a line of JSON per finished job, so that whatever happens, lines remain."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from erbium.scripts.common.files import named, write_csv
from erbium.scripts.sweep.job import SweepError

#: What a store's folder holds: the results, and the same as a table for other programs.
RESULTS, TABLE = "results.jsonl", "results.csv"

#: Keys that every record has.
RECORD = ("key", "job", "result", "seconds", "worker")


class Store:
    """The results of a sweep, at most one for each key.

    Parameters
    ----------
    folder : Path
        Where they are; made when the first result is written.

    Attributes
    ----------
    records : dict
        Every record by its key, in the order of the file.

    Raises
    ------
    SweepError
        If a line other than the last cannot be read.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / RESULTS
        self._table = folder / TABLE
        self._file: BinaryIO | None = None
        self._read(self.path.read_bytes() if self.path.exists() else b"")

    def _read(self, content: bytes) -> None:
        # What follows the last line break was cut off while it was written.
        self._end = content.rfind(b"\n") + 1
        self.records: dict[str, dict[str, Any]] = {}
        for number, line in enumerate(content[: self._end].splitlines(), 1):
            record = self._parsed(line, number)
            self.records.setdefault(record["key"], record)

    def _parsed(self, line: bytes, number: int) -> dict[str, Any]:
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict) and record.keys() >= set(RECORD):
            return _as_now(record)
        raise SweepError(
            f"line {number} of '{self.path}' is no result; remove it to repeat its job, or choose "
            "another --out"
        )

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Allow `append`, and keep every other program from it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a+b", buffering=0) as self._file:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SweepError(
                    f"another sweep is writing to '{self.path}'; wait for it, or choose another "
                    "--out"
                ) from None
            # It may have written since this store was read.
            self._file.seek(0)
            self._read(self._file.read())
            yield

    def append(self, record: dict[str, Any]) -> None:
        """Write one record; when this returns, it is on the disk. A known key is not repeated."""
        if record["key"] in self.records:
            return
        line = json.dumps(record).encode() + b"\n"
        # Whatever stands behind the last whole line, from a crash or a full disk, is in the way.
        with named(self.path):
            self._file.truncate(self._end)
            _write_all(self._file, line)
            os.fsync(self._file.fileno())
        self._end += len(line)
        self.records[record["key"]] = record

    def write_table(self) -> Path:
        """Write all records as CSV: a row each, with a column for every number and word; return
        the file.
        """
        write_csv(self._table, [_flat(record) for record in self.records.values()])
        return self._table


def _as_now(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record with the names of today.

    The number of a run was called its seed once, and the error of this machine while it learned
    had the name that it still has for networks in floating point.
    """
    job, result = _renamed(record["job"], "seed", "run"), record["result"]
    if job.get("rule") == "erbp":
        result = _renamed(result, "train_error", "taught_error")
    return record | {"job": job, "result": result}


def _renamed(values: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """Return `values` with `old` called `new`, where only that is there; in its place."""
    if old not in values or new in values:
        return values
    return {new if key == old else key: value for key, value in values.items()}


def _write_all(file: BinaryIO, data: bytes) -> None:
    """Write all of `data`; an unbuffered file may take only a part at a time."""
    while data:
        data = data[file.write(data) :]


def _flat(record: dict[str, Any]) -> dict[str, object]:
    """Return the single values of a record; tables become columns such as ``job.config.lanes``.

    Lists become words, except for those of tables (the figures of each epoch) and of lists.
    """
    row: dict[str, object] = {}

    def add(name: str, value: object) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                add(f"{name}.{key}", item)
        elif not isinstance(value, list):
            row[name] = value
        elif not any(isinstance(item, (dict, list)) for item in value):
            row[name] = " ".join(map(str, value))

    for key, value in record.items():
        add(key, value)
    return row
