"""Episodes: traffic on the compiled circuit, judged."""

from __future__ import annotations

from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.link.uart import LEAST_DIVIDER
from erbium.sim.link.commands import Step
from erbium.sim.link.judge import Judge, Seen
from erbium.sim.link.port import SimulatedPort

#: A clock as slow as it may be, so that a byte takes the fewest cycles.
BAUD = 1_000_000
RATES = {"clock_hz": LEAST_DIVIDER * BAUD, "baud": BAUD}


def send(port: SimulatedPort, step: Step) -> None:
    """Send a step, and let time pass until it is on the wire."""
    if step.reset is not None:
        port.reset(step.reset)
    for place, byte in enumerate(step.data):
        if place in step.pauses:
            port.pause(step.pauses[place])
        if place in step.broken:
            port.write_broken(byte)
        else:
            port.write(bytes([byte]))
    port.flush()


def run_episode(config: Config, build_dir: Path, *, seed: int, bad: int) -> Judge:
    """Play so many bad steps, and good ones between them; return the judge with its counts.

    Raises
    ------
    Disagreement
        If circuit and models differ.
    """
    judge = Judge(config, seed, **RATES)
    with SimulatedPort(config, build_dir, watch=True, **RATES) as port:
        port.record()
        play = judge.play(bad)
        request = next(play)
        while True:
            if isinstance(request, Step):
                send(port, request)
            else:
                port.run(request.cycles)
            seen = Seen(port.read_all(), port.recorded(), port.cycles)
            try:
                request = play.send(seen)
            except StopIteration:
                return judge
