"""The core bench at the speed of compiled code: every port and every unit, in every clock cycle.

The golden model's cycle view takes most of a bench's time, and changes more seldom than the
circuit. So what it says of the scenarios is recorded on a tape once, and kept. The emitted Verilog,
flattened by Yosys with what its units observe as ports, is compiled by Verilator and replays it.
In cocotb the bench sees membranes and dendrites in memory, too.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from erbium import golden, sim
from erbium.golden.config import Config
from erbium.hw import words
from erbium.sim.host.scenarios import SAMPLES
from erbium.sim.mutation.netlist import MutationError, Netlist
from erbium.sim.sources import digest
from erbium.sim.tape import record as tape
from erbium.sim.tape.build import Replay, build


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
    seconds, build_seconds : float
        Of the replay, and of building the circuit.
    recording_seconds : float
        Of the golden model, now or when the tape was recorded.
    """

    preset: str
    lanes: int
    cycles: int
    bits: int
    mismatch: str | None
    seconds: float
    build_seconds: float
    recording_seconds: float

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
    """Replay the scenarios of the core bench on the circuit.

    Parameters
    ----------
    config : Config
    build_dir : Path
        Holds tapes, one of each name, and circuits.
    seed : int
        Of data, stalls and resets.
    samples : int
        Learned one after another, without and with stalls.
    hardware : Config, optional
        What the circuit is made from, if a fault is planted; the tape must be there.
    told : callable
        Told the step that begins.

    Raises
    ------
    sim.mutation.netlist.MutationError
        If the circuit cannot be built, or nothing was compared.
    """
    # Now: somebody may edit the sources while this runs.
    sources = _sources()
    told("emit and compile the circuit")
    begin = time.monotonic()
    netlist = Netlist(hardware or config, (build_dir / config.name).resolve())
    program = build(netlist, [], optimise="-O1")
    built = time.monotonic()
    parts = (config.sha256, sources, netlist.inputs, netlist.outputs, seed, samples)
    key = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    path = build_dir / f"{config.name}-{key}.tape"
    if not path.exists():
        if hardware is not None:
            raise MutationError(f"no tape of {config.name!r}: replay it without a fault first")
        told("record the golden model, in every cycle")
        _record(config, netlist, program, path, seed, samples)
        if sources != _sources():
            path.unlink()
            raise MutationError("sources have changed while they were recorded; run it again")
    told("replay")
    start = time.monotonic()
    played = program.play(path)
    return Replayed(
        config.name, config.lanes, played.cycles, played.bits, played.difference,
        time.monotonic() - start, built - begin, json.loads(_facts(path).read_text())["seconds"],
    )  # fmt: skip


def _sources() -> str:
    """Return a hash of all that decides what a tape holds: not the circuit, but its ports."""
    return digest((golden, sim)) + hashlib.sha256(Path(words.__file__).read_bytes()).hexdigest()


def _facts(path: Path) -> Path:
    """Return the file beside a tape that says how long it took."""
    return path.with_suffix(".json")


def _record(
    config: Config, netlist: Netlist, program: Replay, path: Path, seed: int, samples: int
) -> None:
    start = time.monotonic()
    recorder = tape.record(config, netlist.inputs, netlist.outputs, seed=seed, samples=samples)
    for old in path.parent.glob(f"{config.name}-{16 * '?'}.tape"):
        # Of other sources; tapes are large.
        old.unlink(missing_ok=True)
    _facts(path).write_text(json.dumps({"seconds": time.monotonic() - start}))
    tape.write(recorder, path, program.in_words, program.out_words)
