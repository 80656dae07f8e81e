"""What a proof is: a statement, the circuit that it is about, and how it is proved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from amaranth.hdl import Elaboratable

from erbium.golden.config import Config

#: How a statement is proved.
#:
#: complete      combinational: one step is all there is
#: induction     it holds in the first k cycles, and in any cycle after k in which it held
#: reachability  for ever: the solver finds the invariants itself (property-directed reachability)
#: bounded       in the first `depth` cycles after reset, and nothing beyond
METHODS = ("complete", "induction", "reachability", "bounded")


class FormalError(RuntimeError):
    """A proof that failed, or that would say nothing; the message says which and why."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A statement about a circuit.

    Parameters
    ----------
    name : str
        Short, of letters, digits and '-': also a folder's name.
    statement : str
        One sentence for the report.
    config : Config
        What is specified.
    build : callable
        Called with the specified configuration and with the one to build the circuit from, which
        differs only in the twin with a wrong constant; returns a component with properties.
    method : str
        One of `METHODS`.
    depth : int
        Cycles of an induction or of a bounded proof.
    reach : int
        Cycles after reset in which all covers are reached, and all faults are found.
    faults : tuple of str
        Names in `sim.faults.proofs`: with each of them planted, a check must fail.
    free : tuple of str
        Patterns of names of instances whose outputs are arbitrary, and "memories" for what the
        circuit's memories put out: more than can happen, so what holds, holds.
    engine : str
        "smt" or "sat", what searches bounded traces: words, or bits, which goes deeper.
    full : bool
        Too long for every change: only in the full campaign.

    Raises
    ------
    ValueError
        If a value is impossible.
    """

    name: str
    statement: str
    config: Config
    build: Callable[[Config, Config], Elaboratable]
    method: str = "complete"
    depth: int = 1
    reach: int = 1
    faults: tuple[str, ...]
    free: tuple[str, ...] = ()
    engine: str = "smt"
    full: bool = False

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ValueError(f"method must be one of {', '.join(METHODS)}, not {self.method!r}")
        if self.engine not in ("smt", "sat"):
            raise ValueError(f"engine must be smt or sat, not {self.engine!r}")
        if self.depth < 1 or self.reach < 1:
            raise ValueError(f"depth and reach must be positive, not {self.depth}, {self.reach}")
        if self.method == "bounded" and self.reach > self.depth:
            raise ValueError(
                f"{self.name} reaches its covers in {self.reach} cycles, which must not be more "
                f"than the {self.depth} it is proved for: nothing would be proved of them"
            )
        if not self.faults:
            raise ValueError(f"{self.name} needs a fault that it finds: else it may prove nothing")

    @property
    def bound(self) -> str:
        """For what time the statement is proved, in words."""
        return {
            "complete": "all inputs",
            "induction": f"for ever, k = {self.depth}",
            "reachability": "for ever",
            "bounded": f"{self.depth} cycles from reset",
        }[self.method]
