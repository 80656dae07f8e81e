"""Prove that a mutant is the circuit itself, whatever comes in, with ABC.

Outputs must agree in every cycle, a payload while it is valid. Memories are left out of both: what
is written must agree, too, so their words are equal, and a read may give anything, but the same to
both if both read one address. That allows more than memories do, so what is proven holds with
them; queues and constant memories stay in.

A mutant that keeps all registers as they are in every reachable state is the circuit. That needs
one copy of the registers. If some can differ, and only matter while they do not, the mutant has
those for itself: first those that the fault reaches in one cycle, then in two, and so on.
"""

from __future__ import annotations

import importlib.util
import subprocess
from collections import defaultdict
from pathlib import Path

from sim.mutation.aiger import Graph, parse
from sim.mutation.netlist import Mutant, MutationError, Netlist, yosys

#: Seconds for each attempt, and cycles that a fault's effect is followed.
PATIENCE, REACH = 10, 5

#: Drop what has no influence, merge what is always equal, then ask whether the rest can differ.
SCRIPT = "read_aiger miter.aig; scleanup; scorr; dc2; write_aiger left.aig; pdr -T {patience}"

#: Memories that stay: those that nobody writes, and queues.
_KEPT = "t:$mem_v2 r:WR_PORTS=0 %i t:$mem_v2 n:*storage* %i %u"


def graph(netlist: Netlist, source: str) -> Graph:
    """Return the graph of an RTLIL file of the netlist's folder, with its memories as ports."""
    yosys(
        netlist.folder,
        f"read_rtlil {source}; memory_collect; memory_map {_KEPT}; expose -evert t:$mem_v2; "
        "techmap; dffunmap; simplemap; setundef -zero -undriven; aigmap; clean; "
        "write_aiger -ascii -symbols -zinit graph.aag",
    )
    return parse((netlist.folder / "graph.aag").read_text())


def miter(gold: Graph, gate: Graph, own: set[str]) -> tuple[Graph, set[str]]:
    """Return a graph whose only output says that `gold` and `gate` differ, and the latches that
    might.

    Parameters
    ----------
    gold, gate : Graph
        The circuit, and the mutant.
    own : set of str
        Latches that the mutant has for itself, and that may differ.
    """
    m = Graph()
    here = {node: m.input(name) for name, node in gold.inputs.items()}
    here |= {node: m.latch(name) for name, (node, _) in gold.latches.items()}
    take = m.copy(gold, here.__getitem__)
    names = {node: name for name, node in gate.inputs.items()}
    names |= {node: name for name, (node, _) in gate.latches.items()}
    separate = {name: m.latch(f"own {name}") for name in sorted(own)}

    def leaf(node: int) -> int:
        name = names[node]
        if name in separate:
            return separate[name]
        memory, dot, _ = name.rpartition(".RD_DATA")
        common = here[(gold.inputs | {k: q for k, (q, _) in gold.latches.items()})[name]]
        if not dot:
            return common
        same = 1
        for port, literal in gold.outputs.items():
            if port.startswith(f"{memory}.RD_ADDR"):
                same = m.both(same, m.differ(take(literal), put(gate.outputs[port])) ^ 1)
        if same == 1:
            return common
        return m.choose(same, common, m.input(f"own {name}"))

    put = m.copy(gate, leaf)
    differs, reached = 0, set()
    for name, (_, following) in gold.latches.items():
        m.latches[name][1] = take(following)
        mine = put(gate.latches[name][1])
        if name in separate:
            m.latches[f"own {name}"][1] = mine
        elif mine != m.latches[name][1]:
            reached.add(name)
            differs = m.either(differs, m.differ(mine, m.latches[name][1]))
    for difference in _ports(m, gold, gate, take, put):
        differs = m.either(differs, difference)
    m.outputs["differs"] = differs
    return m, reached


def _ports(m, gold, gate, take, put):
    """Yield what is wrong when an output that means something differs."""
    enables = defaultdict(int)
    for name, literal in gold.outputs.items():
        if ".WR_EN" in name:
            memory = name.partition(".WR_EN")[0]
            enables[memory] = m.either(enables[memory], take(literal))
    for name, literal in gold.outputs.items():
        difference = m.differ(take(literal), put(gate.outputs[name]))
        stream, payload, _ = name.partition("__payload")
        memory, _, _ = name.rpartition(".")
        if payload:
            difference = m.both(difference, take(gold.outputs[f"{stream}__valid"]))
        elif memory in enables and ".WR_DATA" in name:
            enable = name.replace(".WR_DATA", ".WR_EN")
            difference = m.both(difference, take(gold.outputs[enable]))
        elif memory in enables and ".WR_ADDR" in name:
            difference = m.both(difference, enables[memory])
        elif memory in enables and ".WR_EN" not in name:
            continue  # the clock, and ports of reads
        yield difference


def equivalent(netlist: Netlist, mutant: Mutant, patience: int = PATIENCE) -> bool:
    """Return whether a proof was found; False says nothing about the opposite.

    Parameters
    ----------
    netlist : Netlist
        The circuit that the mutant belongs to.
    mutant : Mutant
    patience : int
        Seconds for each attempt.

    Raises
    ------
    MutationError
        If a tool fails.
    """
    netlist.mutated(mutant, "gate.il")
    gold = graph(netlist, "flat.il")
    try:
        gate = graph(netlist, "gate.il")
    except ValueError:
        # A fault at the output of a register that starts with anything hides the register's name.
        return False
    if set(gold.outputs) != set(gate.outputs) or not set(gate.latches) <= set(gold.latches):
        return False
    for name, latch in gold.latches.items():
        gate.latches.setdefault(name, [0, latch[1]])
    own: set[str] = set()
    for _ in range(REACH):
        together, reached = miter(gold, gate, own)
        if together.outputs["differs"] == 0:
            return True
        (netlist.folder / "miter.aig").write_bytes(together.data())
        if _holds(netlist.folder, patience):
            return True
        if not reached:
            return False
        own |= reached
    return False


def _holds(folder: Path, patience: int) -> bool:
    done = subprocess.run(
        [_abc(), "-c", SCRIPT.format(patience=patience)], cwd=folder, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    (folder / "abc.log").write_text(done.stdout + done.stderr)
    if done.returncode or "error" in done.stdout or "failed" in done.stdout:
        raise MutationError(f"ABC failed; see {folder / 'abc.log'}")
    # Merging may have done it already; of a constant, `pdr` says nothing useful.
    left = (folder / "left.aig").read_bytes().split(b"\n")
    latches = int(left[0].split()[3])
    return left[1 + latches] == b"0" or "Property proved" in done.stdout


def _abc() -> Path:
    spec = importlib.util.find_spec("pyosys")
    if spec is None or spec.origin is None:
        raise MutationError("pyosys, which brings ABC along, is missing; try: pip install pyosys")
    return Path(spec.origin).with_name("yosys-abc")
