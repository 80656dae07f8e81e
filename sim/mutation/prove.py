"""Prove that a mutant is the circuit itself, whatever comes in: a miter for ABC.

Both copies see the same inputs from power-up on. Their outputs must agree in every cycle, a payload
while it is valid. Memories are left out of both: what a copy writes must agree, too, so their words
are equal, and a read may give anything, but the same to both if both read one address. That allows
more than memories do, so what is proven holds with them; queues and constant memories stay in.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from sim.mutation.netlist import Mutant, MutationError, Netlist, yosys

#: Seconds for each of ABC's two attempts.
PATIENCE = 60

#: Merge what is equal in every reachable state, then ask whether the rest can differ.
SCRIPT = "read_aiger {name}; scleanup; scorr; dc2; scorr -F 2; print_stats; pdr -T {patience}"

_PORT = re.compile(r"^  (input|output) (?:\[(\d+):0\] )?(\S+) ?;", re.MULTILINE)

#: Opened in both copies: what can be written and is no queue.
_OPENED = "expose -evert t:$mem_v2"
_KEPT = "t:$mem_v2 r:WR_PORTS=0 %i t:$mem_v2 w:*.storage %i t:$mem_v2 n:*storage* %i %u %u"


@dataclass(frozen=True)
class Opened:
    """A copy of the circuit whose memories are ports.

    Attributes
    ----------
    ports : dict
        Direction and bits of every port.
    """

    ports: dict[str, tuple[str, int]]

    def bits(self, name: str) -> str:
        """Return the range of a port, for a declaration."""
        return f"[{self.ports[name][1] - 1}:0]"


def _open(folder: Path, source: str, name: str, top: str) -> Opened:
    yosys(
        folder,
        f"read_rtlil {source}; memory_collect; memory_map {_KEPT}; {_OPENED}; "
        f"rename {top} {name}; opt_clean; write_verilog -noattr {name}.v",
    )
    found = _PORT.findall((folder / f"{name}.v").read_text())
    return Opened({
        port.removeprefix("\\"): (kind, int(high or 0) + 1) for kind, high, port in found
    })  # fmt: skip


def _miter(copy: Opened) -> str:
    """Return the module that compares copies `gold` and `gate`."""
    memories = sorted({n.rpartition(".")[0] for n in copy.ports if n.endswith(".RD_DATA")})
    lines, differences, connections = [], [], {"gold": [], "gate": []}
    inputs = ["input clk"]

    def wire(who: str, port: str) -> str:
        return f"\\{who}.{port} "

    for port, (kind, _) in copy.ports.items():
        bits = copy.bits(port)
        if kind == "input" and not port.endswith(".RD_DATA"):
            if port != "clk":
                inputs.append(f"input {bits} \\{port} ")
            for who in connections:
                connections[who].append(f".\\{port} (\\{port} )")
            continue
        for who in connections:
            lines.append(f"wire {bits} {wire(who, port)};")
            connections[who].append(f".\\{port} ({wire(who, port)})")
    for memory in memories:
        data, address = f"{memory}.RD_DATA", f"{memory}.RD_ADDR"
        inputs += [f"input {copy.bits(data)} \\{who}.free.{memory} " for who in connections]
        lines += [
            f"assign {wire('gold', data)} = \\gold.free.{memory} ;",
            f"assign {wire('gate', data)} = {wire('gold', address)} == {wire('gate', address)} ? "
            f"\\gold.free.{memory} : \\gate.free.{memory} ;",
        ]
        enable, value, place = (f"{memory}.WR_{x}" for x in ("EN", "DATA", "ADDR"))
        differences += [
            f"|({wire('gold', enable)} ^ {wire('gate', enable)})",
            f"|(({wire('gold', value)} ^ {wire('gate', value)}) & {wire('gold', enable)})",
            f"(|{wire('gold', enable)} & ({wire('gold', place)} != {wire('gate', place)}))",
        ]
    for port, (kind, _) in copy.ports.items():
        if kind == "output" and port.rpartition(".")[0] not in memories:
            unequal = f"({wire('gold', port)} != {wire('gate', port)})"
            valid = port.replace("__payload", "__valid")
            meant = f"{wire('gold', valid)} & " if valid != port else ""
            differences.append(meant + unequal)
    copies = [f"{who} {who}({', '.join(ports)});" for who, ports in connections.items()]
    joined = " |\n    ".join(f"({difference})" for difference in differences)
    body = "\n  ".join([*lines, *copies, f"assign differs =\n    {joined};"])
    return f"module miter({', '.join(inputs)}, output differs);\n  {body}\nendmodule\n"


def equivalent(netlist: Netlist, mutant: Mutant, patience: int = PATIENCE) -> bool:
    """Return whether a proof was found; False says nothing about the opposite.

    Parameters
    ----------
    netlist : Netlist
        The circuit that the mutant belongs to.
    mutant : Mutant
    patience : int
        Seconds for the last step.

    Raises
    ------
    MutationError
        If a tool fails.
    """
    folder = netlist.folder
    netlist.mutated(mutant, "gate.il")
    gold = _open(folder, "flat.il", "gold", netlist.top)
    gate = _open(folder, "gate.il", "gate", netlist.top)
    if gold.ports != gate.ports:
        raise MutationError(f"{mutant.fault} changes the ports of {netlist.top}")
    (folder / "miter.v").write_text(_miter(gold))
    yosys(
        folder,
        "read_verilog gold.v gate.v miter.v; hierarchy -top miter; proc; flatten; opt; "
        "memory_map; opt; techmap; opt; dffunmap; simplemap; setundef -zero -undriven; aigmap; "
        "opt_clean; write_aiger -zinit miter.aig",
    )
    script = SCRIPT.format(name="miter.aig", patience=patience)
    done = subprocess.run(
        [_abc(), "-c", script], cwd=folder, capture_output=True, text=True, check=False,
        timeout=10 * patience,
    )  # fmt: skip
    (folder / "abc.log").write_text(done.stdout + done.stderr)
    if done.returncode or "error" in done.stdout:
        raise MutationError(f"ABC failed; see {folder / 'abc.log'}")
    return "Property proved" in done.stdout


def _abc() -> Path:
    spec = importlib.util.find_spec("pyosys")
    if spec is None or spec.origin is None:
        raise MutationError("pyosys, which brings ABC along, is missing; try: pip install pyosys")
    return Path(spec.origin).with_name("yosys-abc")
