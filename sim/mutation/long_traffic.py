"""Long random traffic on mutants that no tape tells apart, beside the compiled golden model."""

from __future__ import annotations

import ctypes
import json
import random
import subprocess
import sys
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.fast import FastCore
from erbium.sim.compare.stretch import Stretch, traffic
from erbium.sim.engines.library import build
from erbium.sim.engines.native import NativeCore
from erbium.sim.mutation.netlist import SWITCH, MutationError


class MutantCore(NativeCore):
    """A compiled netlist with a fault.

    Parameters
    ----------
    config : Config
    verilog : str
        Netlist with many faults at a switch.
    number : int
        Which one; 0 is none.
    build_dir : Path
    """

    def __init__(self, config: Config, verilog: str, number: int, build_dir: Path) -> None:
        self._number = number
        super().__init__(config, build_dir, verilog=verilog, netlist=True)

    def _build(self, verilog: str, folder: Path) -> Path:
        return build(self.config, verilog, folder, words=False, switch=SWITCH)

    def reset(self) -> None:
        """Put the switch in its place, and pulse the reset wire."""
        self._library.native_switch(self._handle, ctypes.c_uint32(self._number))
        super().reset()


def soak(
    config: Config, verilog: Path, number: int, seed: int, cycles: int, build_dir: Path
) -> str | None:
    """Return how a mutant differs from the golden model within so many cycles, or None.

    A process of its own does that: a circuit that never settles ends it.

    Parameters
    ----------
    config : Config
    verilog : Path
        Netlist with many faults at a switch.
    number : int
        Which one; 0 is none.
    seed : int
        Seed of the traffic.
    cycles : int
    build_dir : Path
        Where compiled netlists are kept.

    Raises
    ------
    MutationError
        If the process fails for another reason.
    """
    job = {"config": config.as_dict(), "verilog": str(verilog.resolve()), "number": number,
           "seed": seed, "cycles": cycles, "build_dir": str(build_dir.resolve())}  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-P", "-m", "erbium.sim.mutation.long_traffic", json.dumps(job)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode and "converge" in done.stdout + done.stderr:
        return "the circuit does not settle"
    if done.returncode:
        raise MutationError(
            f"traffic on mutant {number} of {verilog} failed: {done.stderr[-2000:]}"
        )
    return json.loads(done.stdout.splitlines()[-1])


def _main(job: dict[str, object]) -> str | None:
    config, number, seed = Config.from_dict(job["config"]), job["number"], job["seed"]
    circuit = MutantCore(config, Path(job["verilog"]).read_text(), number, Path(job["build_dir"]))
    found = Stretch(number, config.as_dict(), stalled=False)
    model, draw = FastCore(config), random.Random(seed)
    return traffic(circuit, model, draw, found, job["cycles"], float("inf"), netlist=True)


if __name__ == "__main__":
    print(json.dumps(_main(json.loads(sys.argv[1]))))
