"""Writing files whole or not at all, and to devices, pipes and links where they lead."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from erbium.scripts.common.outputs import Output


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Give the name `path` to failures of the system that name no file, as on a full disk."""
    try:
        yield
    except OSError as error:
        if error.filename is not None:
            raise
        # Libraries wrap what the system said, and lose its number.
        reason = error.strerror or str(error)
        raise OSError(error.errno or errno.EIO, reason, str(path)) from error


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path whose content goes to `path` when the block succeeds.

    A regular file is replaced: readers see the old one or the new one, never half of it, whatever
    stops the program. Links stay, and what they lead to is replaced. Devices and pipes are written
    to. Folders that are missing are made.

    Raises
    ------
    OSError
        If the file cannot be written; its ``filename`` is `path`.
    """
    with named(path):
        output = Output.of(path)
        if output.streamed:
            with tempfile.TemporaryDirectory(prefix="erbium-") as folder:
                temporary = Path(folder, "output")
                yield temporary
                with output.open() as stream, temporary.open("rb") as file:
                    shutil.copyfileobj(file, stream)
        else:
            with _beside(output.target, path) as temporary:
                yield temporary


@contextmanager
def _beside(target: Path, path: Path) -> Iterator[Path]:
    """Yield a temporary file that takes the place of `target`; failures are those of `path`."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = _new(target.parent, path)
    try:
        yield temporary
        with suppress(OSError):
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        # What is renamed must be on the disk before its new name is, or a power cut leaves neither.
        _flush(temporary)
        _take_place(temporary, target)
        # Not every file system can; the file is there.
        with suppress(OSError):
            _flush(target.parent)
    except OSError as error:
        if error.filename != str(temporary):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def _take_place(temporary: Path, target: Path) -> None:
    try:
        os.replace(temporary, target)
    except OSError as error:
        # A file that is mounted, as into a container, cannot be renamed over.
        if error.errno != errno.EBUSY:
            raise
        shutil.copyfile(temporary, target)


def _new(folder: Path, path: Path) -> Path:
    """Return a new empty file in `folder`, for `path`."""
    temporary = folder / f".erbium-{os.getpid()}-{secrets.token_hex(4)}"
    try:
        # With the permissions of any new file.
        os.close(os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error
    return temporary


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_writable(path: Path, *, folder: bool = False) -> None:
    """Refuse an output that cannot be written, before the work for it begins; leave no trace.

    Parameters
    ----------
    path : Path
    folder : bool
        Whether files are to be written into it.

    Raises
    ------
    OSError
        With `path` as its ``filename``.
    """
    with named(path):
        output = Output.of(path, folder=folder)
        if output.descriptor is not None:
            return
        if output.target.exists() and not os.access(output.target, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        if output.streamed:
            return
        place = output.target if folder else output.target.parent
        while not place.exists():
            place = place.parent
        _new(place, path).unlink()


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_csv(path: Path, rows: Sequence[dict[str, object]]) -> None:
    """Write `rows` to `path` as CSV; a row may lack columns of others."""
    # A dict keeps the order in which columns occur.
    columns = list({column: None for row in rows for column in row})
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_text(path, text.getvalue())


def write_json(path: Path, values: dict[str, object]) -> None:
    """Write `values` to `path` as JSON for people and programs."""
    write_text(path, json.dumps(values, indent=2) + "\n")
