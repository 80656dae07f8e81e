"""What all tests share."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

import hypothesis
import pytest

# Failures must repeat on every machine, and a loaded machine is no failure.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


class Here:
    """Workers that are this very process."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self) -> Here:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, work: Callable[..., object], *args: object) -> object:
        """Do it now."""
        future: Future = Future()
        future.set_result(work(*args))
        return future


@pytest.fixture
def here() -> type[Here]:
    """What takes the place of the processes of a campaign."""
    return Here
