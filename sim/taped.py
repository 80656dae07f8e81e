"""The core bench at the speed of compiled code: every port and every unit, in every clock cycle.

The golden model's cycle view takes most of a bench's time, and changes more seldom than the
circuit. So what it says of the scenarios is recorded on a tape once, and kept; the emitted Verilog
is compiled with what its units observe as ports, and replays the tape.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import golden
import sim
from golden.config import Config
from sim.mutation import tape
from sim.mutation.build import Replay, build
from sim.mutation.netlist import Netlist
from sim.scenarios import SAMPLES
from sim.sources import digest


@dataclass(frozen=True)
class Replayed:
    """What a circuit was compared with.

    Attributes
    ----------
    preset : str
    lanes : int
    cycles, bits : int
        Clock cycles, and bits of ports and units compared in them.
    mismatch : str or None
        Cycle and port of the first difference.
    seconds : float
        Of the replay.
    recording_seconds : float or None
        Of the golden model; None if the tape was there.
    """

    preset: str
    lanes: int
    cycles: int
    bits: int
    mismatch: str | None
    seconds: float
    recording_seconds: float | None

    def as_dict(self) -> dict[str, object]:
        """Return all figures, ready for JSON."""
        return asdict(self) | {"cycles_per_second": self.cycles / self.seconds}


def replay(
    config: Config,
    *,
    build_dir: Path,
    seed: int = 1,
    samples: int = SAMPLES,
    hardware: Config | None = None,
    told: Callable[[str], None] = lambda step: None,
) -> Replayed:
    """Replay the scenarios of the core bench on the emitted Verilog.

    Parameters
    ----------
    config : Config
    build_dir : Path
        Holds tapes, and one circuit of each name.
    seed : int
        Of data, stalls and resets.
    samples : int
        Learned one after another, without and with stalls.
    hardware : Config, optional
        What the circuit is made from, if a fault is planted.
    told : callable
        Told the step that begins.

    Raises
    ------
    sim.mutation.netlist.MutationError
        If the circuit cannot be built, or nothing was compared.
    """
    told("emit and compile the circuit")
    netlist = Netlist(hardware or config, (build_dir / config.name).resolve())
    program = build(netlist, [], optimise="-O1")
    path = build_dir / f"{config.name}-{_key(config, netlist, seed, samples)}.tape"
    recording = None
    if not path.exists():
        told("record the golden model, in every cycle")
        recording = _record(config, netlist, program, path, seed, samples)
    told("replay")
    start = time.monotonic()
    played = program.play(path)
    seconds = time.monotonic() - start
    return Replayed(
        config.name, config.lanes, played.cycles, played.bits, played.difference, seconds, recording
    )


def _key(config: Config, netlist: Netlist, seed: int, samples: int) -> str:
    """Return a hash of all that decides what is on a tape: not of the circuit, but of its ports."""
    parts = (config.sha256, digest((golden, sim)), netlist.inputs, netlist.outputs, seed, samples)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def _record(
    config: Config, netlist: Netlist, program: Replay, path: Path, seed: int, samples: int
) -> float:
    start = time.monotonic()
    recorder = tape.record(config, netlist.inputs, netlist.outputs, seed=seed, samples=samples)
    part = path.with_suffix(".part")
    tape.write(recorder, part, program.in_words, program.out_words)
    part.replace(path)
    return time.monotonic() - start
