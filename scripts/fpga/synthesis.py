"""Synthesis of a core: the one way in which it becomes cells, to be placed or to be simulated."""

from __future__ import annotations

import re
from pathlib import Path

from golden.config import Config
from hw.verilog import emit_core, module_name
from scripts.fpga.device import Family
from scripts.fpga.netlist import Netlist
from scripts.fpga.tools import YOSYS, run

# A weight that starts at 0, in the emitted Verilog.
_ZERO_WEIGHTS = re.compile(r"^ *\\?weight\S*? ?\[\d+\] = \d+'h0+;\n", re.MULTILINE)


def synthesize_core(config: Config, family: Family, directory: Path) -> Netlist:
    """Map the Verilog of ``emit_core(config)`` to the cells of a family.

    Parameters
    ----------
    config : Config
    family : Family
    directory : Path
        Gets ``core.v``, ``source.v`` (the same without weights that start at 0), ``core.json``
        (netlist) and ``synthesis.log``.

    Raises
    ------
    FlowError
        If Yosys is missing or fails.
    """
    verilog = emit_core(config)
    (directory / "core.v").write_text(verilog, encoding="utf-8")
    # Yosys' time grows with the square of the number of initial words, to many minutes for a
    # large network. Block RAMs start at 0 anyway.
    (directory / "source.v").write_text(_ZERO_WEIGHTS.sub("", verilog), encoding="utf-8")
    top = module_name(config)
    # Yosys prefers LUTs for a small memory; weights belong in block RAM whatever their number.
    script = (
        "read_verilog source.v",
        f"hierarchy -top {top}",
        'setattr -set ram_style "block" */m:weight*',
        f"{family.synth} -top {top} -json core.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="synthesis.log")
    return Netlist.read(directory / "core.json", top)
