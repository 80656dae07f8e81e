"""Run proofs: prove, reach every cover, and see that the twins fail; on all cores."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field
from pathlib import Path

from erbium.sim.formal import solvers as engine
from erbium.sim.formal import tools
from erbium.sim.formal.problem import emit
from erbium.sim.formal.proof import FormalError, Proof

#: Called with the proofs that are done, and their number.
Report = Callable[[int, int], None]

#: Longest time that one question to a solver may take.
SECONDS = 900.0


@dataclass(frozen=True)
class Twin:
    """What became of a fault: the check that failed first, and in which cycle."""

    fault: str
    check: str
    cycle: int


@dataclass(frozen=True)
class Outcome:
    """A statement that was proved.

    Attributes
    ----------
    name, statement, method, bound : str
        As in `Proof`.
    checks : tuple of str
        Names of what is asserted.
    covers : dict
        First cycle in which each cover is reached.
    twins : tuple of Twin
    seconds : float
        Of all questions, on the machine that asked them.
    """

    name: str
    statement: str
    method: str
    bound: str
    checks: tuple[str, ...]
    covers: dict[str, int]
    twins: tuple[Twin, ...] = field(default=())
    seconds: float = 0.0

    def as_dict(self) -> dict[str, object]:
        """Return all values, ready for JSON."""
        return asdict(self)


def run_proof(proof: Proof, folder: Path, seconds: float = SECONDS) -> Outcome:
    """Prove one statement, with its covers and twins; files go to `folder`.

    Raises
    ------
    FormalError
        With a counterexample; or if a cover is not reached, or a twin does not fail.
    """
    started = time.monotonic()
    shutil.rmtree(folder, ignore_errors=True)
    circuit = emit(proof, None, folder)
    if found := engine.prove(proof, circuit, seconds):
        raise FormalError(f"{proof.name}: {found}")
    covers = engine.covered(proof, circuit, seconds)
    twins = []
    for fault in proof.faults:
        found = engine.search(proof, emit(proof, fault, folder), proof.reach, seconds)
        if found is None:
            raise FormalError(
                f"{proof.name}: holds with the fault {fault!r}, too; it does not check it, or not "
                f"within reach = {proof.reach} cycles"
            )
        twins.append(Twin(fault, found.check, found.cycle))
    return Outcome(
        proof.name, proof.statement, proof.method, proof.bound,
        tuple(dict.fromkeys(circuit.checks.values())), covers, tuple(twins),
        round(time.monotonic() - started, 1),
    )  # fmt: skip


def run_proofs(
    proofs: Sequence[Proof],
    folder: Path,
    *,
    processes: int | None = None,
    seconds: float = SECONDS,
    report: Report = lambda done, total: None,
) -> tuple[list[Outcome], list[str]]:
    """Prove statements of the catalogue, several at a time.

    Parameters
    ----------
    proofs : sequence of Proof
    folder : Path
        Gets a folder for each.
    processes : int, optional
        As many as there are cores, if not given.
    seconds : float
        Longest time for one question to a solver.
    report : callable

    Returns
    -------
    list of Outcome
        What was proved, in the order of `proofs`.
    list of str
        What was not, and why.
    """
    # Before each proof finds out for itself.
    for program in tools.PACKAGES:
        tools.find(program)
    outcomes: dict[str, Outcome] = {}
    failures: list[str] = []
    # Faults are planted in the process that builds the circuit: each proof needs one of its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes or os.cpu_count(), context) as pool:
        waiting = {
            pool.submit(run_proof, proof, folder / proof.name, seconds): proof for proof in proofs
        }
        for done, future in enumerate(as_completed(waiting), 1):
            try:
                outcomes[waiting[future].name] = future.result()
            except FormalError as error:
                failures.append(str(error))
            report(done, len(proofs))
    return [outcomes[proof.name] for proof in proofs if proof.name in outcomes], failures
