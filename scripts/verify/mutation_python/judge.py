"""Run tests on a changed copy of the project: first those of the changed file."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from erbium.scripts.verify.mutation_python.choose import ROOT, Mutant
from erbium.scripts.verify.mutation_python.watch import status

#: What tests import or read.
COPIED = (
    "erbium", "golden", "hw", "sim", "tests", "docs", "scripts", "pyproject.toml", "README.md",
    "Makefile",
)  # fmt: skip

#: Folders of the project that are parts of the package.
PARTS = ("golden", "hw", "sim", "scripts")

#: Tests whose name is not their module's.
TWINS = {
    "golden/core.py": ("test_core.py", "test_outcomes.py"),
    "golden/reference.py": ("test_reference.py", "test_outcomes.py"),
    "golden/validate.py": ("test_validate.py", "test_outcomes.py"),
    "golden/presets.py": ("test_config.py", "test_exerciser.py"),
    "golden/enums.py": ("test_enums.py", "test_record.py"),
    "golden/words.py": ("test_record.py", "test_spikes.py"),
    "golden/cycle/accumulators.py": ("test_accumulators.py", "test_cycle.py"),
    "golden/cycle/lane.py": ("test_record.py", "test_cycle.py"),
    "golden/cycle/operation.py": ("test_record.py", "test_accumulators.py"),
    "golden/cycle/ports.py": ("test_host.py", "test_record.py"),
    "golden/cycle/queue.py": ("test_spikes.py", "test_cycle.py"),
    "golden/cycle/ram.py": ("test_ram.py", "test_cycle.py"),
    "golden/fast/kernel.py": ("test_fast.py",),
    "golden/fast/core.py": ("test_fast.py", "test_outcomes.py", "test_inference.py"),
    "golden/fast/machine.py": ("test_fast.py",),
}

#: Tests of any unit of the cycle view, besides its own.
CYCLE = ("test_record.py", "test_host.py", "test_schedule.py", "test_cycle.py")

#: Tests in the order in which those that a twin missed are tried: quick ones first. The slow ones
#: are left out, which can only make the score worse: they compare with the compiled model, with
#: exact numbers, and whole trainings.
BY_SPEED = (
    "test_enums.py", "test_fixed.py", "test_rng.py", "test_synapse.py", "test_neuron.py",
    "test_error.py", "test_readout.py", "test_encoder.py", "test_layout.py", "test_config.py",
    "test_validate.py", "test_accumulators.py", "test_ram.py", "test_counters.py",
    "test_host.py", "test_spikes.py", "test_record.py", "test_outcomes.py", "test_core.py",
    "test_schedule.py", "test_inference.py", "test_plasticity.py", "test_feedback.py",
    "test_cycle.py",
)  # fmt: skip

#: Files with constants that the compiled model takes over when it is compiled.
COMPILED_IN = ("golden/config.py", "golden/synapse.py")

#: Seconds of a processor, and bytes, in which a run must end; without a change the longest takes a
#: third.
SECONDS, MEMORY = 1800, 8 << 30

#: Every run is a new interpreter: one that is forked from another, with the locks that the other's
#: threads held, can wait for ever.
#: Only whether a test fails counts. How two lists of thousands differ, which pytest works out where
#: the environment says CI, takes hours.
PYTEST = (
    "-m", "pytest", "-x", "-q", "--hypothesis-seed=0", "--tb=line", "--assert=plain",
)  # fmt: skip


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant.

    Attributes
    ----------
    killed : bool
    by : str
        The test that failed, "timeout" or "import"; "" if all passed.
    """

    killed: bool
    by: str

    def as_dict(self) -> dict[str, object]:
        """Return all values, ready for JSON."""
        return asdict(self)


def stages(module: str) -> list[list[str]]:
    """Return lists of test files, each to be tried if those before it pass."""
    name = Path(module).name
    twins = TWINS.get(module)
    if twins is None:
        cycle = module.startswith("golden/cycle/")
        twins = (f"test_{name}", *(CYCLE if cycle else ()))
    first = [f"tests/golden/{twin}" for twin in dict.fromkeys(twins)]
    others = [f"tests/golden/{test}" for test in BY_SPEED]
    return [
        [path for path in first if (ROOT / path).exists()],
        [path for path in others if path not in first] + ["tests/docs"],
    ]


def every_test() -> list[str]:
    """Return all test files that any change is tried on."""
    twins = {name for names in TWINS.values() for name in names}
    return [f"tests/golden/{name}" for name in (*BY_SPEED, *sorted(twins - set(BY_SPEED)))]


class Copy:
    """A copy of the project in which one file at a time is changed.

    Parameters
    ----------
    folder : Path
        Where it is; what was there is replaced.
    seconds : int
        Of a processor, in which a run of tests must end.
    options : tuple of str
        Of pytest, beside `PYTEST`.
    """

    def __init__(
        self,
        folder: Path,
        seconds: int = SECONDS,
        options: tuple[str, ...] = ("-p", "no:cacheprovider"),
    ) -> None:
        self._folder, self._seconds, self._options = folder, seconds, options
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        ignored = shutil.ignore_patterns("__pycache__")
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=ignored)
            else:
                shutil.copy(source, folder / name)
        for part in PARTS:
            # Found before what is installed, as Python looks into the working folder first.
            (folder / "erbium" / part).symlink_to(Path("..", part))

    def judge(
        self, mutant: Mutant | None, tests: list[list[str]], seconds: int | None = None
    ) -> Verdict:
        """Change the file, run tests stage by stage until one fails, and change it back.

        A run must end in `seconds` of a processor, if they are given in place of those of the copy.
        """
        if mutant is not None:
            (self._folder / mutant.module).write_text(mutant.mutated())
            if mutant.module in COMPILED_IN:
                shutil.rmtree(self._folder / "numba", ignore_errors=True)
        try:
            for stage in filter(None, tests):
                verdict = self._run(stage, seconds or self._seconds)
                if verdict.killed:
                    return verdict
        finally:
            if mutant is not None:
                shutil.copy2(ROOT / mutant.module, self._folder / mutant.module)
                if mutant.module in COMPILED_IN:
                    shutil.rmtree(self._folder / "numba", ignore_errors=True)
        return Verdict(False, "")

    def _run(self, tests: list[str], seconds: int) -> Verdict:
        log = self._folder / "tests.log"
        environment = os.environ | {
            # numba's cache goes by the exact time of the compiled model's one file.
            "NUMBA_CACHE_DIR": str((self._folder / "numba").resolve()),
            # Memory is limited, and a library with many threads spins for ever when it gets none.
            "OPENBLAS_NUM_THREADS": "1",
        }
        with log.open("w") as output:
            # Python's cache cannot tell two changes of the same second and size apart: -B.
            child = subprocess.Popen([sys.executable, "-B", *PYTEST, *self._options, *tests],
                                     cwd=self._folder, env=environment,
                                     stdout=output, stderr=output,
                                     start_new_session=True)  # fmt: skip
            # Of what is written: WebAssembly reserves many more addresses than it uses.
            resource.prlimit(child.pid, resource.RLIMIT_DATA, (MEMORY, MEMORY))
            try:
                ended = status(child, seconds)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(child.pid, signal.SIGKILL)
                child.wait()
        return Verdict(True, "timeout") if ended is None else _verdict(ended, log.read_text())


def _verdict(code: int, log: str) -> Verdict:
    """Return what pytest's exit status and words mean."""
    if code == 0:
        return Verdict(False, "")
    failed = [line for line in log.splitlines() if line.startswith(("FAILED", "ERROR"))]
    if failed:
        return Verdict(True, failed[0].split(" - ")[0].split(" ", 1)[1])
    if "MemoryError" in log or "ImportError while loading" in log:
        return Verdict(True, "import")
    raise RuntimeError(f"tests ended with {code}: {log[-2000:]}")
