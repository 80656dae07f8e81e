"""Which cases of a test are left to `make test-all`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

import pytest


def slow_but(
    kept: Callable[..., bool] | Collection[Any],
    values: Iterable[Any],
    name: Callable[..., str] | None = None,
) -> list[Any]:
    """Return the cases of a test, all marked slow but those that stand for the rest.

    Parameters
    ----------
    kept : callable or collection
        Told the values of a case; whether it always runs. Or the cases that do.
    values : iterable
        The cases: values, or tuples of them.
    name : callable, optional
        Told the values of a case; its name.

    Raises
    ------
    ValueError
        If a case is to be kept that is none of them: it would be tested no more, unnoticed.
    """
    values = list(values)
    if not callable(kept) and (unknown := set(kept) - set(values)):
        raise ValueError(f"no such cases: {unknown}")
    cases = []
    for value in values:
        case = value if isinstance(value, tuple) else (value,)
        runs = kept(*case) if callable(kept) else value in kept
        marks = () if runs else pytest.mark.slow
        cases.append(pytest.param(*case, marks=marks, id=name(*case) if name else None))
    return cases
