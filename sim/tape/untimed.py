"""The core bench without a simulator: its scenarios run through at once.

Traffic depends on the golden model alone. So what takes the place of the circuit sees the same
wires driven in the same cycles, and what takes the place of the scoreboard the same comparisons.
"""

from __future__ import annotations

from collections.abc import Iterator

from erbium.golden.config import Config
from erbium.sim.benches.port_bench import PortBench
from erbium.sim.host import scenarios


class Untimed(PortBench):
    """A bench in which a cycle takes no time."""

    async def _half_cycle(self) -> None:
        pass


def play(
    config: Config,
    circuit: object,
    board: object,
    seeds: Iterator[int],
    samples: int,
    *,
    bench_class: type[Untimed] = Untimed,
    played: scenarios.Scenarios = scenarios.SCENARIOS,
) -> Iterator[PortBench]:
    """Play scenarios, those of the core bench unless told otherwise; yield the bench after each.

    Parameters
    ----------
    config : Config
    circuit, board : object
        What stands for the circuit under test, and for the `Scoreboard`.
    seeds : iterator of int
        Seed of data, stalls and resets, for each scenario in turn.
    samples : int
        Samples that are learned one after another, with each probability of a stall.
    bench_class : type
    played : dict
        Scenarios, with the probabilities of a stall that each is played with.
    """
    for scenario, stalls in played.items():
        arguments = (samples,) if scenario is scenarios.learns else ()
        for stall in stalls:
            bench = bench_class(circuit, config, next(seeds), stall, board=board)
            for part in (scenarios.start(bench), scenario(bench, *arguments)):
                try:
                    part.send(None)
                except StopIteration:
                    continue
                raise RuntimeError("a scenario waits for something else than the clock")
            yield bench
