"""Build a core's Verilog into a shared library: Verilator, the C++ driver, generated constants.

A library is kept under a name that contains a hash of all it was made from, so an unchanged
core is never built twice.
"""

from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from enum import IntEnum
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.cycle.counters import COUNTERS
from erbium.golden.enums import Phase
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.hw.verilog.emission import module_name
from erbium.sim.engines.toolchain import environment, find
from erbium.sim.host.ports import PortMap, element_bits

DRIVER = Path(__file__).with_name("native.cpp")

#: What every driver may include.
EDGE = Path(__file__).with_name("edge.h")

#: Compiler flags of everything, and of what runs in every cycle.
FLAGS = "-std=c++17 -fPIC -fvisibility=hidden -fno-gnu-unique"
OPTIMISE = "-O3"

#: Verilator's options to count toggles, of signals of any width.
TOGGLES = ("--coverage-toggle", "--coverage-max-width", "65536")


class Status(IntEnum):
    """What the driver says of a run."""

    OK = 0
    TIMEOUT = 1
    RESULT_CHANGED = 2
    INPUT_LEFT = 3
    UNASKED = 4


class BuildError(RuntimeError):
    """Verilator or the compiler refused the core; the message names the log."""


def constants(config: Config, words: bool) -> str:
    """Return the C++ header with everything about a configuration that the driver needs."""
    layout, ports = Layout(config), PortMap(config)
    values = {
        "LANES": config.lanes,
        "WEIGHT_DEPTH": layout.weight_depth,
        "LAYERS": len(layout.layers),
        "CLASSES": layout.classes,
    }
    for member in (*ports.sources, *ports.sinks):
        values |= _fields(ports, member)
    offsets = {member: _offsets(ports, member) for member in ("i_random", "o_random")}
    issuing = f"{module_name(config)}__DOT__control__DOT__transmit_step"
    return "\n".join(
        [
            f"#define INPUT {ports.input_stream}",
            _each("SOURCES", ports.sources),
            _each("SINKS", [name for name, sink in ports.sinks.items() if sink.ready]),
            _each("WIRES", ports.wires),
            *([f"#define COUNTERS {len(COUNTERS)}"] if config.counters else []),
            *([f"#define ISSUING {issuing}"] if words else []),
            *(f"constexpr int {name} = {value};" for name, value in values.items()),
            *(f"constexpr int {name.upper()}[] = {{{one}}};" for name, one in offsets.items()),
            *map(_enumeration, (Phase, Status)),
            f"constexpr int PHASES = {len(Phase)};\n",
        ]
    )


def _enumeration(codes: type[IntEnum]) -> str:
    values = ", ".join(f"{code.name} = {code.value}" for code in codes)
    return f"enum {codes.__name__} {{ {values} }};"


def _each(name: str, members: Iterable[str]) -> str:
    """Return a macro that applies another one to each stream."""
    return f"#define {name}(X) {' '.join(f'X({member})' for member in members)}"


def _fields(ports: PortMap, member: str) -> dict[str, int]:
    """Return the lowest bit of each field of a stream, and its bits (of an array, an element's)."""
    values = {}
    for field in ports.fields(member):
        name = "_".join(filter(None, (member, field.name))).upper()
        values[name] = field.low
        values[f"{name}_BITS"] = element_bits(field)
    return values


def _offsets(ports: PortMap, member: str) -> str:
    """Return the lowest bits of the random generators' states, in the driver's order."""
    low = {field.name: field.low for field in ports.fields(member)}
    return ", ".join(str(low[field.name]) for field in dataclasses.fields(RandomState))


def build(
    config: Config,
    verilog: str,
    folder: Path,
    *,
    words: bool = True,
    storage: str | None = None,
    toggles: bool = False,
    switch: str | None = None,
) -> Path:
    """Return the shared library of a core, built in `folder` unless it is there already.

    Parameters
    ----------
    config : Config
    verilog : str
        Text of the core, normally from `hw.verilog.emission.emit_core`.
    folder : Path
        Where libraries are kept; created if it does not exist.
    words : bool
        Count the words issued, for which the core must be made of its units; a netlist is not.
    storage : str, optional
        C++ that finds registers and memories, so that their bits can be flipped; see
        `sim.upsets.storage.header`.
    toggles : bool
        Count how often each bit of each signal changes.
    switch : str, optional
        Input that chooses which of many faults the core has.

    Raises
    ------
    ToolError
        If Verilator or a program it needs is missing.
    BuildError
        If the core or the driver does not compile.
    """
    top = module_name(config)
    files = {
        "core.v": verilog,
        "constants.h": constants(config, words),
        "native.cpp": DRIVER.read_text(),
        "public.vlt": "`verilator_config\n",
    }
    if words:
        # The only look inside: the sequencer's output that says it issues a word in this cycle.
        look = f'public_flat_rd -module "{top}.control" -var "transmit_step"\n'
        files["public.vlt"] += look
    if storage is not None:
        files["storage.h"] = storage
        files["constants.h"] += "#define STORAGE\n"
    if switch is not None:
        files["constants.h"] += f"#define SWITCH {switch}\n"
    return compile_model(top, files, "native.cpp", folder, toggles=toggles)


def compile_model(
    top: str, files: dict[str, str], driver: str, folder: Path, *, toggles: bool = False
) -> Path:
    """Return the shared library of a Verilog module and a driver, built unless it is there already.

    Parameters
    ----------
    top : str
        Name of the module, in file ``core.v``.
    files : dict of str to str
        All that it is made of, by name; ``public.vlt`` among them.
    driver : str
        Which of them is the driver.
    folder : Path
        Where libraries are kept; created if it does not exist.
    toggles : bool
        Count how often each bit of each signal changes.

    Raises
    ------
    ToolError
        If Verilator or a program it needs is missing.
    BuildError
        If the module or the driver does not compile.
    """
    tool = find("verilator")
    files = files | {EDGE.name: EDGE.read_text()}
    # With coverage, Verilator's runtime is another one, too.
    flags = " ".join((FLAGS, *(TOGGLES if toggles else ())))
    parts = [f"{tool.path} {tool.version} {flags}", OPTIMISE, *files.values()]
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    library = folder / f"{top}-{key[:16]}.so"
    if library.exists():
        return library
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=f"{top}-") as work:
        for name, text in files.items():
            Path(work, name).write_text(text)
        objects = Path(work, "objects")
        _call(top, _verilator_command(tool.path, top, driver, toggles), work)
        # Verilator's own runtime is the same in all libraries and takes half of the time.
        runtime = folder / f"runtime-{hashlib.sha256(parts[0].encode()).hexdigest()[:16]}"
        runtime.mkdir(exist_ok=True)
        for item in runtime.glob("*.o"):
            shutil.copy(item, objects)
        _call(top, ["make", "-C", "objects", "-f", "Vcore.mk", "-j", "2"], work)
        # Another process may build the same files: whoever comes last replaces them whole.
        for item in objects.glob("verilated*.o"):
            os.replace(item, runtime / item.name)
        os.replace(objects / "core.so", library)
    return library


def _verilator_command(verilator: Path, top: str, driver: str, toggles: bool) -> list[str]:
    return [
        str(verilator), "--cc", "--exe", *(TOGGLES if toggles else []),
        # Tables in place of small functions of a few bits miss the cache: without, 7% faster.
        "-O3", "-fno-table", "--x-assign", "fast", "--x-initial", "fast",
        # A fault may choose two cases of which a netlist says that they exclude each other.
        "--no-assert", "-Wno-fatal", "-Wno-lint", "--no-timing", "--Mdir", "objects",
        "--top-module", top, "--prefix", "Vcore", "public.vlt", "core.v", driver,
        "-CFLAGS", f"{FLAGS} -I..",
        "-LDFLAGS", "-shared -Wl,-Bsymbolic", "-o", "core.so",
    ]  # fmt: skip


def _call(top: str, command: list[str], work: str) -> None:
    done = subprocess.run(
        command,
        cwd=work,
        env=environment("verilator", optimise=OPTIMISE),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        # The work folder goes away; its parent stays.
        log = Path(work).parent / f"{top}.log"
        log.write_text(done.stdout)
        raise BuildError(f"{Path(command[0]).name} could not build {top}; see {log}")
