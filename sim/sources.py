"""A hash of the sources that figures were measured with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from erbium import golden, hw, sim

#: What is verified, golden model and circuit, and what verifies it. Figures name both.
MACHINE, BENCHES = (golden, hw), (sim,)

#: Files that decide what golden model, circuit and benches do.
SUFFIXES = (".py", ".cpp", ".h")


def digest(packages: Iterable[ModuleType] = (golden, hw, sim)) -> str:
    """Return a hash of all sources of some packages; by default, of all that is compared."""
    found = hashlib.sha256()
    for package in packages:
        root = Path(package.__path__[0])
        for path in sorted(p for p in root.rglob("*") if p.suffix in SUFFIXES):
            found.update(path.relative_to(root.parent).as_posix().encode() + b"\0")
            found.update(path.read_bytes())
    return found.hexdigest()
