"""What a configuration keeps a circuit from doing: faults that matter only beyond change nothing.

A proof takes any state of the registers and any word of a memory, also those that no traffic leads
to. Where a bound names registers, it is assumed, and the proof repeated: a fault that is proven
equal then, and not before, matters beyond the bound only. Tests measure that circuits keep to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from erbium.golden.config import Config
from erbium.golden.layout import Layout
from erbium.sim.mutation import prove
from erbium.sim.mutation.aiger import Graph

#: Returns the literals of a register's bits, lowest first.
Register = Callable[[str], list[int]]


@dataclass(frozen=True)
class Bound:
    """A limit that a configuration sets.

    Attributes
    ----------
    words : str
        Why a fault survives that matters only beyond.
    holds : callable
        Whether the values of a configuration guarantee it.
    assumption : callable, optional
        Returns the literal that says that the registers are within; without it, nothing can be
        proven with the bound.
    """

    words: str
    holds: Callable[[Config], bool]
    assumption: Callable[[Config, Graph, Register], int] | None = None


def most_membrane(config: Config) -> int:
    """Return the largest sum of weights: each source adds its largest one in every tick."""
    sums = [
        config.ticks * sources << config.weight_bits - 1 + gain
        for sources, gain in zip(config.layers, config.gain, strict=False)
    ]
    return max(sums)


def most_queued(config: Config) -> int:
    """Return how many groups wait in the spike queue at most.

    Of a layer's groups one is serialised, and one is in the queue's output register; a group that
    comes first is among those that wait for one cycle.
    """
    return max(1, max(layer.groups for layer in Layout(config).layers) - 2)


def below(m: Graph, bits: list[int], limit: int) -> int:
    """Return the literal of: the number with these bits, lowest first, is less than `limit`."""
    if limit >= 1 << len(bits):
        return 1
    less = 0
    for number, bit in enumerate(bits):
        # Higher bits decide first, and so come last.
        one = limit >> number & 1
        less = m.either(bit ^ 1, less) if one else m.both(bit ^ 1, less)
    return less


def _few_wait(config: Config, m: Graph, register: Register) -> int:
    return below(m, register("spikes.queue.inner_level"), most_queued(config) + 1)


def _class_exists(config: Config, m: Graph, register: Register) -> int:
    (counted,) = register("control.judge.readout.counted")
    known = below(m, register("control.judge.readout.k"), config.layers[-1])
    return m.either(counted ^ 1, known)


BOUNDS = {
    "membranes": Bound(
        "it matters only to a membrane beyond 16 bits, and all weights that a sample adds come to "
        "less; memories are no part of the proof",
        lambda config: most_membrane(config) < 1 << config.state_bits - 1,
    ),
    "classes": Bound(
        "it matters only to spikes of a class that there is not",
        lambda config: True,
        _class_exists,
    ),
    "queue": Bound(
        "it matters only if more groups wait in the spike queue than a layer leaves there",
        lambda config: True,
        _few_wait,
    ),
}


def registers(circuit: Graph, taken: dict[str, int]) -> Register:
    """Return a function that finds registers by one of their names.

    Parameters
    ----------
    circuit : Graph
        Its latches have the names of all signals that they are, separated by blanks; "!" stands
        before the names of one that holds the opposite.
    taken : dict
        Literals by name of the latch.
    """
    found = {}
    for name in circuit.latches:
        for alias in name.split(" "):
            found[alias.removeprefix("!")] = taken[name] ^ alias.startswith("!")

    def register(name: str) -> list[int]:
        if name in found:
            return [found[name]]
        bits = []
        while f"{name}[{len(bits)}]" in found:
            bits.append(found[f"{name}[{len(bits)}]"])
        if not bits:
            raise KeyError(f"the circuit has no register {name!r}")
        return bits

    return register


def within(circuit: Graph, number: int, config: Config, folder: Path) -> str | None:
    """Return the name of a bound with which a mutant is proven to be the circuit, or None.

    Parameters
    ----------
    circuit, number, folder
        As for `prove.equivalent`.
    config : Config
        Of the circuit; only what it guarantees is assumed.
    """
    for name, bound in BOUNDS.items():
        if bound.assumption is None or not bound.holds(config):
            continue

        def assume(m: Graph, taken: dict[str, int], bound: Bound = bound) -> int:
            return bound.assumption(config, m, registers(circuit, taken))

        if prove.equivalent(circuit, number, folder / name, assume=assume):
            return name
    return None
