"""The benches of the core without a circuit: only the golden cycle view sees the traffic.

Nothing is compared. It says in seconds which situations the benches would bring about.
"""

from __future__ import annotations

from collections import Counter
from itertools import count

from erbium.golden.config import Config
from erbium.sim.coverage.crosses import Bin
from erbium.sim.host.scenarios import SAMPLES
from erbium.sim.tape.untimed import play


class _Wire:
    value = 0


class _Circuit:
    """Has every wire, and takes every value."""

    def __getattr__(self, name: str) -> _Wire:
        return _Wire()


class _Board:
    """Compares nothing."""

    def cycle(self) -> None: ...

    def passed(self) -> None: ...

    def compare(self, *_: object) -> None: ...

    def read(self, *_: object) -> int:
        return 0


def dry_run(config: Config, seed: int) -> tuple[Counter[tuple[str, Bin]], int]:
    """Play all scenarios of the core; return the situations of the golden model, and its cycles."""
    hits: Counter[tuple[str, Bin]] = Counter()
    for bench in play(config, _Circuit(), _Board(), count(1000 * seed), SAMPLES):
        hits.update(bench.functional.hits)
    # Every cycle is in one phase.
    return hits, sum(number for (cross, _), number in hits.items() if cross == "phase")
