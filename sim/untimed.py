"""The core bench without a simulator: its scenarios run through at once.

Traffic depends on the golden model alone. So what takes the place of the circuit sees the same
wires driven in the same cycles, and what takes the place of the scoreboard the same comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator

from golden.config import Config
from sim import scenarios
from sim.port_bench import PortBench


class _Untimed(PortBench):
    """A bench in which a cycle takes no time."""

    async def _half_cycle(self) -> None:
        pass


def play(
    config: Config, circuit: object, board: object, seeds: Iterator[int], samples: int
) -> Iterator[PortBench]:
    """Play every scenario of the core bench, and yield the bench after each.

    Parameters
    ----------
    config : Config
    circuit, board : object
        What stands for the circuit under test, and for the `Scoreboard`.
    seeds : iterator of int
        Seed of data, stalls and resets, for each scenario in turn.
    samples : int
        Samples that are learned one after another, with each probability of a stall.
    """
    for scenario, stalls in scenarios.SCENARIOS.items():
        arguments = (samples,) if scenario is scenarios.learns else ()
        for stall in stalls:
            bench = _Untimed(circuit, config, next(seeds), stall, board=board)
            for part in (scenarios.start(bench), scenario(bench, *arguments)):
                try:
                    part.send(None)
                except StopIteration:
                    continue
                raise RuntimeError("a scenario waits for something else than the clock")
            yield bench
