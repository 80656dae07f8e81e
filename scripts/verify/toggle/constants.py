"""Bits that are constant by construction, as Yosys finds them: they cannot toggle in any test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.common.files import write_text
from erbium.scripts.fpga.tools import YOSYS, run

#: Everything in one module; constants are propagated, and what nothing reads is removed.
SCRIPT = (
    "read_verilog core.v; hierarchy -top {top}; proc; flatten; memory_collect; opt -full; "
    "write_json core.json"
)


@dataclass(frozen=True)
class Netlist:
    """Bits of all names after constants have been propagated.

    Attributes
    ----------
    names : dict
        From a signal's path to its bits, lowest first: a number names a net; a character is a
        constant, or "x" where nothing reads the bit, so that its logic is gone.
    memories : dict
        From a memory's path to the bits that are written to it; empty if it is read-only.
    """

    names: dict[str, list[int | str]]
    memories: dict[str, list[int | str]]


def netlist(config: Config, folder: Path) -> Netlist:
    """Propagate the constants of an emitted core.

    Raises
    ------
    scripts.fpga.tools.FlowError
        If Yosys is missing or refuses the core.
    """
    top = module_name(config)
    write_text(folder / "core.v", emit_core(config))
    run(YOSYS, ["-q", "-p", SCRIPT.format(top=top)], directory=folder, log="constants.log")
    module = json.loads((folder / "core.json").read_text())["modules"][top]
    memories = {}
    for cell in module["cells"].values():
        if cell["type"] == "$mem_v2":
            path = cell["parameters"]["MEMID"].removeprefix("\\")
            # A read-only memory has a write port of no bits, or none.
            ports = int(cell["parameters"]["WR_PORTS"], 2)
            memories[path] = cell["connections"]["WR_DATA"] if ports else []
    names = {name: entry["bits"] for name, entry in module["netnames"].items()}
    return Netlist(names, memories)


def is_padding(config: Config, memory: str, word: int, bit: int) -> bool:
    """Whether a bit of the weights belongs to a lane that has no neuron in that word's group.

    Weights there are 0 (docs/specification.md, 3.1). Membranes and dendrites of such a lane may
    move, and count.
    """
    if "weight_memory" not in memory:
        return False
    layout = Layout(config)
    lane = bit // config.weight_bits
    if config.memory == "block":
        lane = int(memory.split("lane_")[1].split("_")[0])
    layer = next(y for y in reversed(layout.layers) if y.weight_base <= word)
    group = (word - layer.weight_base) // layer.sources
    return group * config.lanes + lane >= layer.targets
