"""From a component with properties to the files that solvers read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil
from amaranth.hdl import Fragment, Signal

from erbium.sim.faults.proofs import planted
from erbium.sim.formal.proof import FormalError, Proof
from erbium.sim.formal.properties import COVERED

#: An assertion, assumption or cover in RTLIL: the cell's name, its text and its kind.
CHECK = re.compile(
    r'cell \$check (\S+)\n\s*parameter \\FORMAT "([^"]*)"\n(?:(?!  end\n).*\n)*?'
    r'\s*parameter \\FLAVOR "(\w+)"'
)

#: A memory of the circuit (see `hw.ram`); queues have others.
RAM = re.compile(r"attribute \\ram_style ")
INITIAL = re.compile(r"(?:  attribute .*\n)*  cell \$meminit_v2 .*\n(?:    .*\n)*  end\n")
READ = re.compile(r"(?:  attribute .*\n)*  cell \$memrd_v2 .*\n(?:    .*\n)*  end\n")
INSTANCE = r"(?:  attribute .*\n)*  cell \\top\.\S+ \\{name}\n(?:    .*\n)*  end\n"
MODULE = re.compile(r"(?:attribute .*\n)*module .*\n(?:.*\n)*?end\n")

#: Clocked assertions become combinational ones, memories become registers.
PREPARE = (
    "read_rtlil {name}.il; hierarchy -check -top top; proc; flatten; setundef -undriven -anyseq; "
    "prep -top top; chformal -lower; async2sync; memory_map; dffunmap; setundef -anyseq; opt_clean"
)
SMT = PREPARE + "; write_smt2 -wires {name}.smt2"
#: `-zinit`: registers without a start value get any.
_AIGER = (
    "; opt -fast -keepdc; techmap; opt -fast -keepdc; dffunmap; setundef -anyseq; aigmap; "
    "opt_clean; write_aiger -zinit -map {name}{suffix}.aim {name}{suffix}.aig"
)
#: Checks alone, and covers alone, which are outputs.
CHECKS_AIGER = PREPARE + f"; chformal -cover -remove; delete -output w:{COVERED}*" + _AIGER
COVERS_AIGER = PREPARE + "; chformal -cover -assert -remove" + _AIGER


@dataclass(frozen=True)
class Netlist:
    """Files of a circuit with properties.

    Attributes
    ----------
    folder : Path
    name : str
        Of the files, without suffix.
    checks, covers : dict
        Names of assertions and covers, by that of their cell.
    """

    folder: Path
    name: str
    checks: dict[str, str]
    covers: dict[str, str]


def emit(proof: Proof, fault: str | None, folder: Path) -> Netlist:
    """Write the circuit of a proof, with a fault planted, as RTLIL.

    Raises
    ------
    FormalError
        If it has no assertion, or no cover.
    """
    name = "circuit" if fault is None else "twin_" + re.sub(r"\W+", "_", fault)
    with planted(fault, proof.config) as built:
        fragment = Fragment.get(proof.build(proof.config, built), None)
        text = rtlil.convert(fragment, name="top", ports=_covered(fragment))
    found = [match.groups() for match in CHECK.finditer(text)]
    checks = {cell: words for cell, words, kind in found if kind == "assert"}
    covers = {cell: words for cell, words, kind in found if kind == "cover"}
    if not checks or not covers:
        raise FormalError(f"{proof.name}: a proof needs an assertion and a cover, see Properties")
    text = MODULE.sub(lambda match: _freed(match[0], proof.free), text)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.il").write_text(text)
    return Netlist(folder, name, checks, covers)


def _covered(fragment: Fragment) -> list[Signal]:
    wires = fragment.statements["comb"]._lhs_signals()
    return [wire for wire in wires if wire.name.startswith(COVERED)]


def _freed(module: str, free: tuple[str, ...]) -> str:
    """Let memories start with anything; let what is `free` give anything."""
    if RAM.search(module):
        module = INITIAL.sub("", module)
        if "memories" in free:
            module = READ.sub("", module)
    for name in free:
        module = re.sub(INSTANCE.format(name=name), "", module)
    return module
