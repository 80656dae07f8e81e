"""The benches of the core without a circuit: only the golden cycle view sees the traffic.

Nothing is compared. It says in seconds which situations the benches would bring about.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from pathlib import Path
from unittest import mock

import cocotb

from golden.config import Config
from sim import port_bench
from sim.benches import core as bench
from sim.crosses import Bin
from sim.functional import Functional

#: Stalls of `learns`, which is run with each.
STALLS = (0.0, 0.4)


class _Wire:
    value = 0


class _Circuit:
    """Has every wire, and takes every value."""

    def __getattr__(self, name: str) -> _Wire:
        return _Wire()


class _Timer:
    """Time that passes at once."""

    def __init__(self, *_: object) -> None:
        pass

    def __await__(self) -> Iterator[None]:
        return iter(())


class _Board:
    """Compares nothing."""

    def cycle(self) -> None: ...

    def passed(self) -> None: ...

    def compare(self, *_: object) -> None: ...

    def read(self, *_: object) -> int:
        return 0


def _tests() -> Iterator[tuple[Callable[..., Coroutine[None, None, None]], dict[str, float]]]:
    for test in vars(bench).values():
        function = getattr(test, "func", None)
        if inspect.iscoroutinefunction(function):
            stalls = STALLS if "stall" in inspect.signature(function).parameters else (None,)
            for stall in stalls:
                yield function, {} if stall is None else {"stall": stall}


def dry_run(config: Config, seed: int) -> tuple[Counter[tuple[str, Bin]], int]:
    """Run all benches of the core; return the situations of the golden model, and its cycles."""
    found: list[Functional] = []
    hits: Counter[tuple[str, Bin]] = Counter()
    with ExitStack() as stack:
        for target, name, replacement in (
            (port_bench, "Timer", _Timer),
            (port_bench, "Scoreboard", _Board),
            # As of a netlist: nothing is looked for inside.
            (bench, "job", lambda: {"netlist": "none"}),
            (bench, "job_config", lambda: config),
            (bench, "coverage_file", Path),
            (Functional, "save", lambda functional, path: found.append(functional)),
        ):
            stack.enter_context(mock.patch.object(target, name, replacement))
        for number, (function, arguments) in enumerate(_tests()):
            chosen = mock.patch.object(cocotb, "RANDOM_SEED", 1000 * seed + number, create=True)
            with chosen:
                run = function(_Circuit(), **arguments)
                try:
                    while True:
                        run.send(None)
                except StopIteration:
                    pass
    for functional in found:
        hits.update(functional.hits)
    # Every cycle is in one phase.
    return hits, sum(count for (cross, _), count in hits.items() if cross == "phase")
