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
import re
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

from erbium.extras import not_installed
from erbium.sim.mutation.aiger import Graph, parse
from erbium.sim.mutation.netlist import SWITCH, Mutant, MutationError, Netlist, yosys

#: Copies a literal of one graph into another.
Literal = Callable[[int], int]

#: Returns what may be assumed of the circuit in every cycle, from the literals of its latches.
Assumption = Callable[[Graph, dict[str, int]], int]


def _nothing(m: Graph, latches: dict[str, int]) -> int:
    return 1


#: Seconds for each attempt, and cycles that a fault's effect is followed.
PATIENCE, REACH = 30, 4

#: Drop what has no influence, merge what is always equal, then ask whether the rest can differ.
SCRIPT = "read_aiger miter.aig; scleanup; scorr; dc2; write_aiger left.aig; pdr -T {patience}"

#: Memories that stay: those that nobody writes, and queues.
_KEPT = "t:$mem_v2 r:WR_PORTS=0 %i t:$mem_v2 n:*storage* %i %u"


def graph(netlist: Netlist, mutants: list[Mutant]) -> Graph:
    """Return the graph of a circuit that has all of `mutants` at a switch, its memories as ports.

    One graph holds them all, so every register keeps its name, and what no fault touches is shared.
    """
    netlist.switchable(mutants, "switch.il")
    yosys(
        netlist.folder,
        f"read_rtlil switch.il; memory_collect; memory_map {_KEPT}; expose -evert t:$mem_v2; "
        "techmap; dffunmap; simplemap; setundef -zero -undriven; aigmap; clean; "
        "write_aiger -ascii -symbols -zinit graph.aag",
    )
    return parse((netlist.folder / "graph.aag").read_text())


def miter(
    circuit: Graph, number: int, own: set[str], assume: Assumption = _nothing
) -> tuple[Graph, set[str]]:
    """Return a graph whose only output says that a mutant differs from the circuit, and the
    latches that might.

    Parameters
    ----------
    circuit : Graph
        The circuit with all mutants at a switch.
    number : int
        What the switch is at for the mutant.
    own : set of str
        Latches that the mutant has for itself, and that may differ.
    assume : callable
        Where this is false, the two may differ.
    """
    m = Graph()
    nodes = circuit.inputs | {name: q for name, (q, _) in circuit.latches.items()}
    names = {node: name for name, node in nodes.items()}
    switch = {name: number >> bit & 1 for name, bit in _switch(circuit).items()}
    common = {name: m.input(name) for name in circuit.inputs if name not in switch}
    common |= {name: m.latch(name) for name in circuit.latches}
    separate = {name: m.latch(f"own {name}") for name in sorted(own)}
    take = m.copy(circuit, lambda node: 0 if names[node] in switch else common[names[node]])

    def leaf(node: int) -> int:
        name = names[node]
        if name in switch:
            return switch[name]
        if name in separate:
            return separate[name]
        memory, dot, _ = name.rpartition(".RD_DATA")
        if not dot:
            return common[name]
        same = 1
        for port, literal in circuit.outputs.items():
            if port.startswith(f"{memory}.RD_ADDR"):
                same = m.both(same, m.differ(take(literal), put(literal)) ^ 1)
        return common[name] if same == 1 else m.choose(same, common[name], m.input(f"own {name}"))

    put = m.copy(circuit, leaf)
    differs, reached = 0, set()
    for name, (_, following) in circuit.latches.items():
        m.latches[name][1] = take(following)
        mine = put(following)
        if name in separate:
            m.latches[f"own {name}"][1] = mine
        elif mine != m.latches[name][1]:
            reached.add(name)
            differs = m.either(differs, m.differ(mine, m.latches[name][1]))
    for difference in _ports(m, circuit, take, put):
        differs = m.either(differs, difference)
    m.outputs["differs"] = m.both(differs, assume(m, {n: common[n] for n in circuit.latches}))
    return m, reached


def _switch(circuit: Graph) -> dict[str, int]:
    """Return the inputs that choose the mutant, and the bit of its number that each is."""
    pattern = re.compile(rf"{SWITCH}(?:\[(\d+)\])?$")
    found = ((name, pattern.match(name)) for name in circuit.inputs)
    return {name: int(match[1] or 0) for name, match in found if match}


def _ports(m: Graph, circuit: Graph, take: Literal, put: Literal) -> Iterator[int]:
    """Yield what is wrong when an output that means something differs."""
    enables = defaultdict(int)
    for name, literal in circuit.outputs.items():
        if ".WR_EN" in name:
            memory = name.partition(".WR_EN")[0]
            enables[memory] = m.either(enables[memory], take(literal))
    for name, literal in circuit.outputs.items():
        difference = m.differ(take(literal), put(literal))
        stream, payload, _ = name.partition("_payload")
        memory, _, _ = name.rpartition(".")
        if payload:
            difference = m.both(difference, take(circuit.outputs[f"{stream}_valid"]))
        elif memory in enables and ".WR_DATA" in name:
            enable = name.replace(".WR_DATA", ".WR_EN")
            difference = m.both(difference, take(circuit.outputs[enable]))
        elif memory in enables and ".WR_ADDR" in name:
            difference = m.both(difference, enables[memory])
        elif memory in enables and ".WR_EN" not in name:
            continue  # the clock, and ports of reads
        yield difference


def equivalent(
    circuit: Graph, number: int, folder: Path, patience: int = PATIENCE, reach: int = REACH,
    assume: Assumption = _nothing,
) -> bool:  # fmt: skip
    """Return whether a proof was found; False says nothing about the opposite.

    Parameters
    ----------
    circuit : Graph
        From `graph`.
    number : int
        Number of the mutant there, from 1.
    folder : Path
        Work folder of this proof; made if necessary.
    patience : int
        Seconds for each attempt.
    reach : int
        Attempts: cycles that the fault's effect is followed.
    assume : callable
        What holds of the circuit in every cycle, and need not be proven.

    Raises
    ------
    MutationError
        If a tool fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own: set[str] = set()
    for _ in range(reach):
        together, reached = miter(circuit, number, own, assume)
        if together.outputs["differs"] == 0:
            return True
        (folder / "miter.aig").write_bytes(together.data())
        if _holds(folder, patience):
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
        raise MutationError(not_installed("pyosys"))
    return Path(spec.origin).with_name("yosys-abc")
