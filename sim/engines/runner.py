"""Build and run one cocotb bench; the only place that knows the simulators' quirks.

A bench runs in a process of its own, so that the simulator's environment and a crash stay there.
Its comparisons are counted in a file, and a bench that compared nothing has failed.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from erbium.extras import require
from erbium.golden.config import Config
from erbium.golden.config_file import label
from erbium.sim.benches.scoreboard import COVERAGE
from erbium.sim.engines.paths import plain
from erbium.sim.engines.toolchain import environment

SIMULATORS = ("icarus", "verilator")

#: Lint belongs to `make lint`, where it has its own list of waivers.
BUILD_ARGS = {
    "icarus": ["-g2005"],
    "verilator": ["-Wno-fatal", "-Wno-lint", "-Wno-style"],
}


#: How tools begin a line that says what went wrong; Python says it in the last line.
ERROR = re.compile(r"%Error|make(\[\d+\])?: \*\*\*|.*\berror: ")


class BenchError(RuntimeError):
    """A bench that failed, crashed or compared nothing."""


@dataclass(frozen=True)
class BenchResult:
    """What a bench compared.

    Attributes
    ----------
    bench, preset, simulator : str
    tests : int
        cocotb tests that passed.
    cycles, values : int
        Clock cycles (or input patterns) and values compared.
    mismatches : int
    """

    bench: str
    preset: str
    simulator: str
    tests: int
    cycles: int
    values: int
    mismatches: int

    def as_dict(self) -> dict[str, object]:
        """Return all figures, ready for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"{self.bench:<12} {self.preset:<22} {self.simulator:<10} {self.tests:>2} tests "
            f"{self.cycles:>8} cycles {self.values:>9} values compared, "
            f"mismatches {self.mismatches}"
        )


def bench_folder(bench: str, config: Config, simulator: str, build_dir: Path) -> Path:
    """Return the work folder of one bench below `build_dir`."""
    return (build_dir / f"{bench}-{label(config)}-{simulator}").resolve()


def run_bench(
    bench: str,
    config: Config,
    simulator: str,
    *,
    build_dir: Path,
    seed: int = 1,
    fault: str | None = None,
    netlist: Path | None = None,
    language: str | None = None,
    only: str | None = None,
    extra: dict[str, object] | None = None,
) -> BenchResult:
    """Emit the bench's component for `config`, build it, run the bench and return its counts.

    Parameters
    ----------
    bench : str
        Module in `sim.benches`; its ``component(config)`` is the design under test.
    simulator : str
        "icarus" or "verilator".
    build_dir : Path
        Work folder; the log is ``bench.log`` in it.
    seed : int
        Seed of data, stalls and resets.
    fault : str, optional
        Name of a fault in `sim.faults.circuit` to plant in the circuit.
    netlist : Path, optional
        Verilog to simulate in place of what the bench emits: the core of `config` made of cells,
        with their models. Bench "core" takes it, and no fault can be planted in it.
    language : str, optional
        Icarus reads the Verilog as this; one of `sim.engines.languages.icarus_languages`.
    only : str, optional
        Run the tests whose names this regular expression finds.
    extra : dict, optional
        Further entries of the bench's job.

    Raises
    ------
    BenchError
        If a test fails, or nothing was compared; the message names the log.
    ToolError, MissingExtra
        If the simulator or cocotb is missing.
    """
    require("cocotb", "cocotb_tools", *(["vcd"] if bench == "waves" else []))
    folder = bench_folder(bench, config, simulator, build_dir)
    folder.mkdir(parents=True, exist_ok=True)
    job = {"bench": bench, "config": config.as_dict(), "simulator": simulator, "seed": seed}
    job |= {"fault": fault, "waves": False, "only": only, "language": language}
    job |= {"netlist": None if netlist is None else str(netlist.resolve())} | (extra or {})
    (folder / "job.json").write_text(json.dumps(job))
    for stale in ("counts.json", "results.xml", COVERAGE):
        (folder / stale).unlink(missing_ok=True)
    # A bench runs for few cycles: compiling it better takes longer than it saves.
    optimise = "-O1" if netlist is None else "-O0"
    log = folder / "bench.log"
    with log.open("w") as output:
        status = subprocess.run(
            [sys.executable, "-P", "-m", "erbium.sim.engines.bench_process", str(plain(folder))],
            env=environment(simulator, optimise=optimise, library="-O0"),
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    counts_file = folder / "counts.json"
    counts = json.loads(counts_file.read_text()) if counts_file.exists() else {}
    if status or not counts.get("values"):
        what = f"bench {bench} of {label(config)} failed on {simulator}"
        raise BenchError(f"{what} {_reason(counts, log)}; see {log}")
    return BenchResult(bench, label(config), simulator, **counts)


def _reason(counts: dict[str, int], log: Path) -> str:
    """Return why a bench failed: what it found, or what stopped it."""
    if counts.get("mismatches"):
        return f"with {counts['mismatches']} mismatches"
    text = log.read_text(encoding="utf-8", errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    tools = [line for line in lines if ERROR.match(line)]
    first = (tools[:1] or lines[-1:] or ["it said nothing"])[0]
    compared = counts.get("values", 0)
    what = f"after {compared} equal values" if compared else "and compared nothing"
    return f"{what}: {first}"
