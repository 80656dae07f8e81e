"""Counting the cells of a synthesised core, and finding where its weights went."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from golden.config import Config
from golden.layout import Layout
from scripts.fpga.device import Family
from scripts.fpga.harness import Port

# Yosys names the cells of a memory after it, with two numbers: row and column of the tiling.
# The emission may number the memory itself to tell it from a wire.
_WEIGHT_CELL = re.compile(r"datapath\.weights(\$\d+)?\.\d+\.\d+")

# A memory that became flip-flops leaves a net for each of its words.
_WEIGHT_WORD = re.compile(r"datapath\.weights(\$\d+)?\[\d+\]")


@dataclass(frozen=True)
class Netlist:
    """A flat synthesised module.

    Attributes
    ----------
    ports : tuple of Port
        Ports other than the clock.
    cells : dict of str to str
        Type of each cell, by name.
    nets : tuple of str
    """

    ports: tuple[Port, ...]
    cells: dict[str, str]
    nets: tuple[str, ...]

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
        return cls(ports, cells, tuple(found["netnames"]))

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

    def weight_block_rams(self, config: Config, family: Family) -> int:
        """Return the number of block RAMs that hold the weights.

        0 if any weight bit is elsewhere: in flip-flops, in distributed RAM, or in fewer block
        RAMs than the weights fill.
        """
        kinds = [kind for name, kind in self.cells.items() if _WEIGHT_CELL.fullmatch(name)]
        rams = [_block_ram(kind, family) for kind in kinds]
        if None in rams or any(_WEIGHT_WORD.search(name) for name in (*self.nets, *self.cells)):
            return 0
        needed = Layout(config).weight_depth * config.lanes * config.weight_bits
        held = sum(family.block_ram_bits[ram] for ram in rams if ram is not None)
        return len(rams) if held >= needed else 0


def _block_ram(kind: str, family: Family) -> str | None:
    """Return the kind of block RAM that a cell is; variants differ by clock edges only."""
    return next((ram for ram in family.block_ram_bits if kind.startswith(ram)), None)
