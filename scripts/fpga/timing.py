"""Reading what the place-and-route program reports: the highest clock, and what limits it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# The core's instance in the harness or on a board; starts the names of all its cells.
_CORE = re.compile(r"^(?:system\.)?core\.")

# Where the part of a name begins that a program has invented: a cell type or a memory's port.
_INVENTED = re.compile(
    r"_(?:LUT\d|CCU2C|PFUMX|L6MUX21|TRELLIS_|SB_|MUX2_LUT|ALU_|DFF|D[IO][A-Z]?\d*(?:_|$)|AD[AB]_|"
    r"[RW]DATA|CE[AB])|\$nextpnr"
)


@dataclass(frozen=True)
class CriticalPath:
    """The slowest path between two registers.

    Attributes
    ----------
    source, sink : str
        Cells where it starts and ends.
    logic_ns, routing_ns : float
        Delays in cells and on wires.
    levels : int
        Cells on the way, from the source on, without the sink.
    signals : tuple of str
        Named signals on the way, in order.
    inside_core : bool
        Neither end belongs to what is around the core.
    """

    source: str
    sink: str
    logic_ns: float
    routing_ns: float
    levels: int
    signals: tuple[str, ...]
    inside_core: bool


def read_fmax(path: Path, registers: dict[str, str]) -> tuple[float, CriticalPath]:
    """Return the highest clock in MHz, and the path that sets it.

    Parameters
    ----------
    path : Path
        JSON report of the program that placed.
    registers : dict of str to str
        Nets that flip-flops drive; see `read_registers`.
    """
    report = json.loads(path.read_text(encoding="utf-8"))
    # There is one clock; its name depends on how the program buffers it.
    fmax = min(clock["achieved"] for clock in report["fmax"].values())
    inner = [p for p in report["critical_paths"] if p["from"] == p["to"]]
    slowest = max(inner, key=lambda p: sum(step["delay"] for step in p["path"]))
    return fmax, _critical_path(slowest["path"], registers)


def read_registers(path: Path) -> dict[str, str]:
    """Return the net that each flip-flop drives, bit included, by cell name.

    Parameters
    ----------
    path : Path
        File of Yosys' ``write_json``, with the module ``top``. A net can have many names in it;
        a name that the design gave is preferred, and among those a short one.
    """
    found = json.loads(path.read_text(encoding="utf-8"))["modules"]["top"]
    nets: dict[int | str, str] = {}
    for name in sorted(found["netnames"], key=lambda n: (bool(_INVENTED.search(n)), len(n), n)):
        bits = found["netnames"][name]["bits"]
        for index, bit in enumerate(bits):
            nets.setdefault(bit, f"{name}[{index}]" if len(bits) > 1 else name)
    return {
        name: nets[cell["connections"]["Q"][0]]
        for name, cell in found["cells"].items()
        if cell["connections"].get("Q")
    }


def _critical_path(steps: list[dict[str, Any]], registers: dict[str, str]) -> CriticalPath:
    source, sink = steps[0]["from"]["cell"], steps[-1]["to"]["cell"]
    routing = [step for step in steps if step["type"] == "routing"]
    signals = [signal_name(step["net"]) for step in routing]
    return CriticalPath(
        source=signals[0],
        sink=signal_name(registers.get(sink, sink)),
        logic_ns=round(sum(s["delay"] for s in steps if s["type"] != "routing"), 3),
        routing_ns=round(sum(s["delay"] for s in routing), 3),
        levels=len(routing),
        # Carries that placement inserts are named after nothing.
        signals=tuple(dict.fromkeys(filter(None, signals))),
        inside_core=all(map(_CORE.match, (source, sink))),
    )


def signal_name(name: str) -> str:
    """Return the signal of the design that a cell or net was named after.

    What synthesis and placement invent is named after a signal they know, with cell types and
    ports appended; emission numbers a name that occurs twice.
    """
    name = _INVENTED.split(_CORE.sub("", name))[0]
    return re.sub(r"(\.\d+)*$|\$\d+(?=$|[.\[])", "", name)
