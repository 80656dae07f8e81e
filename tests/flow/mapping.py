"""What Yosys makes of memories: a real synthesis, stopped where they are mapped."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

from erbium.scripts.fpga.cells import memory_name
from erbium.scripts.fpga.tools import YOSYS, run

# Yosys names the cells of a memory after it, with row and column.
_CELL = re.compile(r"(.+?)(?:\$\d+)?\.\d+\.\d+")

# A word of a memory that starts at 0.
_ZERO = re.compile(
    r"^ *\\?\w*(?:_memory|words|block_|auto_)\S*? ?\[\d+\] = \d+'[dh]0+;\n", re.MULTILINE
)

# The last step of the mapping makes cells of the family of what is chosen. For iCE40 it takes
# longer than all others, and changes names only: this is what it turns into what.
_MAP = "memory_libmap -lib +/ice40/brams.txt -lib +/ice40/spram.txt"
_RENAMED = {"$__ICE40_RAM4K_": "SB_RAM40_4K", "$__ICE40_SPRAM_": "SB_SPRAM256KA"}


def map_memories(
    verilog: str,
    top: str,
    synth: str,
    directory: Path,
    *,
    blocks: str = "weight*",
    options: str = "",
) -> dict[str, Counter[str]]:
    """Return the cells of each memory of a module, by type.

    Parameters
    ----------
    verilog, top : str
        Text, and name of the module.
    synth : str
        Synthesis command of the family.
    directory : Path
        For files.
    blocks : str
        Names of memories that must be RAM blocks.
    options : str
        More options of the command.
    """
    (directory / "source.v").write_text(verilog, encoding="utf-8")
    command = f"{synth} {options} -top {top} -run begin"
    if synth == "synth_ice40":
        huge = "" if options == "-spram" else "-no-auto-huge"
        mapping = (f"{command}:map_ram", f"{_MAP} {huge}")
    else:
        mapping = (f"{command}:map_ffram",)
    script = (
        "read_verilog source.v",
        f"hierarchy -top {top}",
        f'setattr -set ram_style "block" */m:{blocks}',
        *mapping,
        f"select {top}",
        "write_json -selected mapped.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="mapping.log")
    module = json.loads((directory / "mapped.json").read_text(encoding="utf-8"))["modules"][top]
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, cell in module["cells"].items():
        if match := _CELL.fullmatch(name):
            found[memory_name(match[1])][_RENAMED.get(cell["type"], cell["type"])] += 1
    return found


def zeros_removed(verilog: str) -> str:
    """Return the text without memory words that start at 0: Yosys takes long to read them."""
    return _ZERO.sub("", verilog)
