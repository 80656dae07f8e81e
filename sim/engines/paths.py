"""Folders with blanks in their names, for programs that cannot have them.

make and the scripts that Verilator writes for it split paths at blanks, and their shell gives
"$", "'" and others a meaning. Such programs see a link with a plain name instead.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from pathlib import Path

#: Names that mean themselves to make, to a shell and to a list of the linker's options.
PLAIN = re.compile(r"[A-Za-z0-9_./+-]*")

#: Where links can be, if the user's folder for temporary files has no plain name itself.
PLACES = ("/tmp", "/var/tmp")


class PathError(RuntimeError):
    """No plain name can be found for a folder; the message is one line."""


def is_plain(path: Path | str) -> bool:
    """Say whether a path means itself to make and to a shell."""
    return PLAIN.fullmatch(str(path)) is not None


def plain(path: Path) -> Path:
    """Return `path`, or a link to it whose name is plain, the same one each time.

    Raises
    ------
    PathError
        If no link can be made.
    """
    path = path.absolute()
    if is_plain(path):
        return path
    link = _folder(path) / hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    try:
        link.symlink_to(path)
    except FileExistsError:
        if os.readlink(link) != str(path):
            raise PathError(f"'{link}' is in the way; remove it") from None
    return link


def _folder(path: Path) -> Path:
    """Return the user's own folder for links; nobody else may change what they lead to."""
    for place in (tempfile.gettempdir(), *PLACES):
        folder = Path(place, f"erbium-{os.getuid()}")
        if not is_plain(folder):
            continue
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
        except OSError:
            continue
        facts = folder.lstat()
        if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid():
            folder.chmod(0o700)
            return folder
    raise PathError(
        f"make cannot build in '{path}', whose name has a blank or another special character; "
        "set TMPDIR to a folder without one, or rename it"
    )
