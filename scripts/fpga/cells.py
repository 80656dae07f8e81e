"""Counting the cells of a synthesised core: whether they fit, and where its weights went."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.scripts.fpga.device import Device
from erbium.scripts.fpga.family import Family
from erbium.scripts.fpga.harness import Port
from erbium.scripts.fpga.tools import FlowError

# The parts of the weight memory are the only memories in a module of this name.
_WEIGHTS = re.compile(r"(?:.+\.)?weight_memory\..+")

# What Yosys says about each memory: its name (with the top module's), and the cell it becomes.
_MAPPED = re.compile(r"^mapping memory \w+\.(\S+) via \$__(\S+?)_?$", re.MULTILINE)
_FLIP_FLOPS = re.compile(r"^using FF mapping for memory \w+\.(\S+)", re.MULTILINE)

# A read-only memory is a case statement: Yosys names it after its unit, perhaps with a number.
_CASE = re.compile(r"\$auto\$proc_rom\S*")

# Yosys names the cells of a memory after it, with two numbers: row and column of the tiling.
_CELL = re.compile(r"(.+?)(?:\$\d+)?\.\d+\.\d+")


class DoesNotFit(FlowError):
    """The core needs more than the device has; the message says what."""


@dataclass(frozen=True)
class Netlist:
    """A flat synthesised module.

    Attributes
    ----------
    ports : tuple of Port
        Ports other than the clock.
    cells : dict of str to str
        Type of each cell, by name.
    """

    ports: tuple[Port, ...]
    cells: dict[str, str]

    @classmethod
    def read(cls, path: Path, module: str) -> Netlist:
        """Read a module from a file that Yosys' ``write_json`` made."""
        found = json.loads(path.read_text(encoding="utf-8"))["modules"][module]
        ports = tuple(
            Port(name, len(port["bits"]), port["direction"] == "output")
            for name, port in found["ports"].items()
            if name != "clk"
        )
        cells = {name: cell["type"] for name, cell in found["cells"].items()}
        return cls(ports, cells)

    def count(self) -> Counter[str]:
        """Return the number of cells of each type; notes about the hierarchy are no cells."""
        return Counter(kind for kind in self.cells.values() if not kind.startswith("$"))

    def luts(self, family: Family) -> int:
        """Return the number of 4-input LUTs, including those of carries and small memories."""
        counts = self.count()
        return sum(counts[kind] * luts for kind, luts in family.lut_cells.items())

    def ffs(self, family: Family) -> int:
        """Return the number of flip-flops."""
        return sum(n for kind, n in self.count().items() if kind.startswith(family.ff_prefix))

    def block_rams(self, family: Family) -> dict[str, int]:
        """Return the number of block RAMs of each kind that is in use."""
        found: Counter[str] = Counter()
        for kind in self.cells.values():
            if (ram := _block_ram(kind, family)) is not None:
                found[ram] += 1
        return dict(found)

    def weight_block_rams(self, config: Config, family: Family, memories: dict[str, str]) -> int:
        """Return the number of block RAMs that hold the weights.

        0 if any weight bit is elsewhere: if Yosys mapped a weight memory to anything else (see
        `read_memories`), or if the block RAMs named after weights cannot hold all of them.
        """
        kinds = {name: kind for name, kind in memories.items() if _WEIGHTS.fullmatch(name)}
        if not kinds or any(kind not in family.block_ram_maps for kind in kinds.values()):
            return 0
        rams = [
            _block_ram(kind, family)
            for name, kind in self.cells.items()
            if (cell := _CELL.fullmatch(name)) and cell[1] in kinds
        ]
        needed = Layout(config).weight_depth * config.lanes * config.weight_bits
        held = sum(family.block_ram_bits[ram] for ram in rams if ram is not None)
        return len(rams) if held >= needed and None not in rams else 0


def check_fit(what: str, chip: Device, netlist: Netlist) -> None:
    """Raise `DoesNotFit` if a design needs more than a device has."""
    family = chip.family
    rams = netlist.block_rams(family)
    needs = {
        "LUTs": (netlist.luts(family), chip.luts),
        "block RAMs": (
            sum(n for kind, n in rams.items() if kind != family.large_ram),
            chip.block_rams,
        ),
        "large block RAMs": (rams.get(family.large_ram, 0), chip.large_rams),
    }
    for kind, (needed, available) in needs.items():
        if needed > available:
            raise DoesNotFit(f"{what} needs {needed} {kind}, but {chip.name} has {available}")


def read_memories(log: str) -> dict[str, str]:
    """Return what each memory was mapped to, by name, from the text of a synthesis log.

    The values are Yosys' names of mapping rules, or "flip-flops".
    """
    found = dict(_MAPPED.findall(log)) | dict.fromkeys(_FLIP_FLOPS.findall(log), "flip-flops")
    return {memory_name(name): kind for name, kind in found.items()}


def memory_name(name: str) -> str:
    """Return the name of a memory in the circuit, from what Yosys calls it below the top module.

    Emission may have appended a number to tell a memory from a wire.
    """
    plain = _CASE.sub("words", name).removeprefix("$flatten").replace("\\", "")
    return plain.partition("$")[0]


def _block_ram(kind: str, family: Family) -> str | None:
    """Return the kind of block RAM that a cell is; variants differ by clock edges only."""
    return next((ram for ram in family.block_ram_bits if kind.startswith(ram)), None)
