"""From a component with properties to the files that solvers read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from amaranth.back import rtlil

from sim.formal.faults import planted
from sim.formal.proof import FormalError, Proof

#: An assertion, assumption or cover in RTLIL: the cell's name, its text and its kind.
CHECK = re.compile(
    r'cell \$check (\S+)\n\s*parameter \\FORMAT "([^"]*)"\n(?:(?!  end\n).*\n)*?'
    r'\s*parameter \\FLAVOR "(\w+)"'
)

#: A memory of the circuit (see `hw.ram`); queues have others.
RAM = re.compile(r"attribute \\ram_style ")
INITIAL = re.compile(r"(?:  attribute .*\n)*  cell \$meminit_v2 .*\n(?:    .*\n)*  end\n")
READ = re.compile(r"(?:  attribute .*\n)*  cell \$memrd_v2 .*\n(?:    .*\n)*  end\n")
MODULE = re.compile(r"(?:attribute .*\n)*module .*\n(?:.*\n)*?end\n")

#: Clocked assertions become combinational ones, memories become registers.
PREPARE = (
    "read_rtlil {name}.il; prep -top top; chformal -lower; async2sync; flatten; "
    "memory_map; dffunmap; setundef -undriven -anyseq; opt_clean"
)
SMT = PREPARE + "; write_smt2 -wires {name}.smt2"
#: `-zinit`: registers without a start value get any.
AIGER = (
    PREPARE + "; chformal -cover -remove; opt -fast; simplemap; dffunmap; aigmap; opt_clean; "
    "write_aiger -zinit {name}.aig"
)


@dataclass(frozen=True)
class Netlist:
    """Files of a circuit with properties.

    Attributes
    ----------
    folder : Path
    name : str
        Of the files, without suffix.
    checks, covers : dict
        Texts of assertions and covers, by the name of their cell.
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
        text = rtlil.convert(proof.build(proof.config, built), name="top", ports=[])
    found = [match.groups() for match in CHECK.finditer(text)]
    checks = {cell: words for cell, words, kind in found if kind == "assert"}
    covers = {cell: words for cell, words, kind in found if kind == "cover"}
    if not checks or not covers:
        raise FormalError(f"{proof.name}: a proof needs an assertion and a cover, see Properties")
    text = MODULE.sub(lambda match: _memories(match[0], proof.free_memories), text)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.il").write_text(text)
    return Netlist(folder, name, checks, covers)


def _memories(module: str, free: bool) -> str:
    """Let a module's memory start with anything, or give anything."""
    if not RAM.search(module):
        return module
    return (READ if free else INITIAL).sub("", INITIAL.sub("", module))
