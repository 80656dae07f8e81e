"""Refusing what no configuration can have, with a message that helps."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConfigError(ValueError):
    """A configuration that cannot be built; the message names the value and the remedy."""


def check(ok: bool, message: str) -> None:
    """Raise `ConfigError` with `message` unless `ok`."""
    if not ok:
        raise ConfigError(message)


def is_integer(value: object) -> bool:
    """Whether a value is an integer; True and False, which Python takes for 1 and 0, are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def nearest(word: str, known: Iterable[str]) -> str:
    """Return what a message says of a name that is not known."""
    near = difflib.get_close_matches(word, known, 1)
    return (f"did you mean {near[0]!r}? " if near else "") + f"known: {sorted(known)}"
