"""Reading what the place-and-route program reports: the highest clock, and what limits it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Name of the core's instance in the harness; starts the names of all its cells.
CORE = "core."


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
        Neither end belongs to the harness.
    """

    source: str
    sink: str
    logic_ns: float
    routing_ns: float
    levels: int
    signals: tuple[str, ...]
    inside_core: bool


def read_fmax(path: Path) -> tuple[float, CriticalPath]:
    """Return the highest clock in MHz, and the path that sets it, from a JSON report."""
    report = json.loads(path.read_text(encoding="utf-8"))
    # The one clock; its name depends on how the program buffers it.
    fmax = min(clock["achieved"] for clock in report["fmax"].values())
    inner = [p for p in report["critical_paths"] if p["from"] == p["to"]]
    slowest = max(inner, key=lambda p: sum(step["delay"] for step in p["path"]))
    return fmax, _critical_path(slowest["path"])


def _critical_path(steps: list[dict[str, Any]]) -> CriticalPath:
    source, sink = steps[0]["from"]["cell"], steps[-1]["to"]["cell"]
    routing = [step for step in steps if step["type"] == "routing"]
    signals = [signal_name(step["net"]) for step in routing]
    return CriticalPath(
        source=signal_name(source),
        sink=signal_name(sink),
        logic_ns=round(sum(s["delay"] for s in steps if s["type"] != "routing"), 3),
        routing_ns=round(sum(s["delay"] for s in routing), 3),
        levels=len(routing),
        signals=tuple(dict.fromkeys(signals)),
        inside_core=source.startswith(CORE) and sink.startswith(CORE),
    )


def signal_name(name: str) -> str:
    """Return the signal of the design that a cell or net was named after.

    Synthesis names what it invents by appending cell types and ports to a name it knows.
    """
    name = name.removeprefix(CORE)
    return re.split(r"_(?:LUT4|CCU2C|PFUMX|L6MUX21|TRELLIS_|SB_|DO\w*_)|\$nextpnr", name)[0]
