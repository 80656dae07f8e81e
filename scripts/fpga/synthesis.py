"""Synthesis of a core: the one way in which it becomes cells, to be placed or to be simulated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.link.uart import BAUD, CLOCK_HZ
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.hw.verilog.linked import emit_linked, linked_name
from erbium.scripts.fpga.cells import DoesNotFit, Netlist
from erbium.scripts.fpga.family import Family
from erbium.scripts.fpga.tools import YOSYS, run


def synthesize_core(
    config: Config,
    family: Family,
    directory: Path,
    weights: Sequence[np.ndarray] | None = None,
    *,
    link: bool = False,
) -> Netlist:
    """Map the Verilog of ``emit_core(config)`` to the cells of a family.

    Parameters
    ----------
    config : Config
    family : Family
    directory : Path
        Gets ``core.v``, ``core.json`` (netlist) and ``synthesis.log``.
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up.
    link : bool
        The core behind a UART, with the usual clock and rate, instead of the core alone.

    Raises
    ------
    PowerUpError
        If the weight memory is of a kind that holds nothing at power-up.
    FlowError
        If Yosys is missing or fails, or if the family lacks the memory that the core asks for.
    """
    top = top_name(config, link=link)
    if link:
        text = emit_linked(config, clock_hz=CLOCK_HZ, baud=BAUD, weights=weights)
    else:
        text = emit_core(config, weights=weights)
    script = (
        *read_source(text, top, directory),
        f"{synthesis(config, family)} {family.inner} -top {top} -json core.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="synthesis.log")
    return Netlist.read(directory / "core.json", top)


def top_name(config: Config, *, link: bool) -> str:
    """Return the name of the module of a core, or of a core behind a UART."""
    return linked_name(config) if link else module_name(config)


def read_source(verilog: str, top: str, directory: Path) -> tuple[str, ...]:
    """Write ``core.v``; return the Yosys commands that read it."""
    (directory / "core.v").write_text(verilog, encoding="utf-8")
    return ("read_verilog core.v", f"hierarchy -top {top}")


def synthesis(config: Config, family: Family) -> str:
    """Return the Yosys command that maps a design with this core to the cells of a family."""
    if config.memory == "block":
        return family.synth
    if family.large_ram is None:
        raise DoesNotFit(
            f"{config.name} has memory={config.memory!r}, but there are no single-port RAM blocks "
            f"in what {family.synth} maps to; use memory='block'"
        )
    return f"{family.synth} -spram"
