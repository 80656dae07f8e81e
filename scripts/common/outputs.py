"""Where an output goes: a file, a device, a pipe, a descriptor of this process."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

#: The name of standard output on a command line.
DASH = Path("-")

#: Names of the descriptors that a process has open.
DESCRIPTORS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
DESCRIPTOR = re.compile(r"/(?:dev|proc/(self|\d+))/fd/(\d+)")

#: Links that may lead from one to the next; the system allows as many.
MOST_LINKS = 40

#: Standard output, or a descriptor of it, while `kept_for_data` has put it aside.
_kept: BinaryIO | int | None = None


@dataclass(frozen=True)
class Output:
    """What the name of an output leads to.

    Attributes
    ----------
    path : Path
        As the user wrote it.
    target : Path
        Where its links lead.
    descriptor : int or None
        It is what this process has open under that number.
    streamed : bool
        It is written to; else it is, or will be, a regular file (or a folder), and is replaced.
    """

    path: Path
    target: Path
    descriptor: int | None
    streamed: bool

    @classmethod
    def of(cls, path: Path, *, folder: bool = False) -> Output:
        """Follow `path`.

        Raises
        ------
        OSError
            If it is a folder where a file is wanted, or the other way round, or cannot be reached.
        """
        if path == DASH and not folder:
            return cls(path, path, 1, True)
        target, descriptor = _followed(path)
        if descriptor is not None and not folder:
            if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
                raise OSError(errno.EBADF, "it is open for reading only", str(path))
            return cls(path, target, descriptor, True)
        try:
            mode = target.stat().st_mode
        except FileNotFoundError:
            return cls(path, target, None, False)
        if stat.S_ISDIR(mode) != folder:
            wrong = errno.ENOTDIR if folder else errno.EISDIR
            raise OSError(wrong, os.strerror(wrong), str(path))
        # A file can be writable in a folder that is not; it cannot be replaced there.
        fixed = not os.access(target.parent, os.W_OK) and os.access(target, os.W_OK)
        return cls(path, target, None, not folder and (fixed or not stat.S_ISREG(mode)))

    @property
    def standard(self) -> bool:
        """Whether it is standard output, under any of its names."""
        return self.descriptor == 1

    @contextmanager
    def open(self) -> Iterator[BinaryIO]:
        """Open what is streamed."""
        where = self.descriptor
        if self.standard:
            sys.stdout.flush()
            where = _standard() if _kept is None else _kept
        if where is None:
            # Begun anew, as a shell does with ">"; devices and pipes take no notice.
            with self.target.open("wb") as stream:
                yield stream
        elif isinstance(where, int):
            # To open it by its name would begin a file anew that others write to.
            with os.fdopen(os.dup(where), "wb") as stream:
                yield stream
        else:
            yield where
            where.flush()


@contextmanager
def kept_for_data() -> Iterator[None]:
    """Keep standard output for data: what is printed, by children also, goes to standard error."""
    global _kept
    sys.stdout.flush()
    _kept = _standard()
    if isinstance(_kept, int):
        _kept = os.dup(_kept)
        os.dup2(2, 1)
    try:
        with redirect_stdout(sys.stderr):
            yield
    finally:
        if isinstance(_kept, int):
            os.dup2(_kept, 1)
            os.close(_kept)
        _kept = None


def _standard() -> BinaryIO | int:
    """Return the descriptor of standard output, or what a program has put in its place."""
    try:
        own = sys.stdout.fileno() == 1
    except (OSError, ValueError):
        own = False
    return 1 if own else sys.stdout.buffer


def _followed(path: Path) -> tuple[Path, int | None]:
    """Return where the links of `path` lead, and the descriptor, if it is one."""
    for _ in range(MOST_LINKS):
        place = os.path.join(os.path.realpath(path.parent), path.name)
        for name in (str(path), place):
            if name in DESCRIPTORS:
                return Path(name), DESCRIPTORS[name]
            found = DESCRIPTOR.fullmatch(name)
            if found and found[1] in (None, "self", str(os.getpid())):
                return Path(name), int(found[2])
        if not os.path.islink(place):
            return Path(place), None
        path = Path(os.path.dirname(place), os.readlink(place))
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
