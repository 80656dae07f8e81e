"""Counters that start shortly before their end, so that every bit of them turns within a tape."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

import erbium.hw.core
from erbium.golden.cycle import counters
from erbium.hw.counters import Counters

#: What reset sets the counters to.
START = 2**counters.COUNTER_BITS - 5


@contextmanager
def late_counters() -> Iterator[None]:
    """Within, circuits are emitted, and the cycle view is made, with counters that start late."""

    def reset(self: counters.Counters) -> None:
        self.values = dict.fromkeys(counters.COUNTERS, START)

    with (
        patch.object(erbium.hw.core, "Counters", partial(Counters, START)),
        patch.object(counters.Counters, "reset", reset),
    ):
        yield
