"""Which cases of a test are left to `make test-all`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest


def slow_but(
    kept: Callable[..., bool], values: Iterable[Any], name: Callable[..., str] | None = None
) -> list[Any]:
    """Return the cases of a test, all marked slow but those that stand for the rest.

    Parameters
    ----------
    kept : callable
        Told the values of a case; whether it always runs.
    values : iterable
        The cases: values, or tuples of them.
    name : callable, optional
        Told the values of a case; its name.
    """
    cases = []
    for value in values:
        case = value if isinstance(value, tuple) else (value,)
        marks = () if kept(*case) else pytest.mark.slow
        cases.append(pytest.param(*case, marks=marks, id=name(*case) if name else None))
    return cases
