"""Fingerprints of source files: which state of the project a figure was measured with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType


def fingerprint(packages: Iterable[ModuleType], suffixes: tuple[str, ...] = (".py",)) -> str:
    """Return a hash of all files of some packages that have one of these suffixes."""
    digest = hashlib.sha256()
    for package in packages:
        root = Path(package.__path__[0])
        for path in sorted(p for p in root.rglob("*.*") if p.suffix in suffixes):
            digest.update(path.relative_to(root.parent).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()
