"""And-inverter graphs: read and write AIGER text, copy one graph into another and merge.

A literal is twice the number of a node, plus 1 if it is inverted; 0 is false and 1 is true.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Graph:
    """A sequential circuit of and-gates; equal gates are one.

    Attributes
    ----------
    inputs : list of str
        Names; input k is node k + 1 if it was made first.
    latches : dict
        Name of every latch and the literals of its output and of its next value; all start at 0.
    outputs : dict
        Name and literal of every output.
    """

    inputs: dict[str, int] = field(default_factory=dict)
    latches: dict[str, list[int]] = field(default_factory=dict)
    outputs: dict[str, int] = field(default_factory=dict)
    gates: dict[int, tuple[int, int]] = field(default_factory=dict)
    _known: dict[tuple[int, int], int] = field(default_factory=dict)
    _nodes: int = 0

    def _node(self) -> int:
        self._nodes += 1
        return 2 * self._nodes

    def input(self, name: str) -> int:
        """Add an input and return its literal."""
        self.inputs[name] = self._node()
        return self.inputs[name]

    def latch(self, name: str) -> int:
        """Add a latch without a next value and return its output's literal."""
        self.latches[name] = [self._node(), 0]
        return self.latches[name][0]

    def both(self, a: int, b: int) -> int:
        """Return the literal of ``a and b``."""
        a, b = sorted((a, b))
        if a == 0 or a == b ^ 1:
            return 0
        if a == 1 or a == b:
            return b
        if (a, b) not in self._known:
            self._known[a, b] = self._node()
            self.gates[self._known[a, b]] = a, b
        return self._known[a, b]

    def either(self, a: int, b: int) -> int:
        """Return the literal of ``a or b``."""
        return self.both(a ^ 1, b ^ 1) ^ 1

    def differ(self, a: int, b: int) -> int:
        """Return the literal of ``a xor b``."""
        return self.either(self.both(a, b ^ 1), self.both(a ^ 1, b))

    def choose(self, condition: int, yes: int, no: int) -> int:
        """Return the literal of ``condition ? yes : no``."""
        return self.either(self.both(condition, yes), self.both(condition ^ 1, no))

    def copy(self, other: Graph, leaf: Callable[[int], int]) -> Callable[[int], int]:
        """Return a function that copies literals of `other` into this graph.

        Parameters
        ----------
        other : Graph
        leaf : callable
            Returns the literal here for that of an input or of a latch there.
        """
        seen = {0: 0}

        def translate(literal: int) -> int:
            stack = [literal & ~1]
            while stack:
                node = stack[-1]
                if node in seen:
                    stack.pop()
                elif node not in other.gates:
                    seen[node] = leaf(node)
                else:
                    parts = other.gates[node]
                    missing = [part & ~1 for part in parts if part & ~1 not in seen]
                    if missing:
                        stack.extend(missing)
                    else:
                        a, b = (seen[part & ~1] ^ (part & 1) for part in parts)
                        seen[node] = self.both(a, b)
            return seen[literal & ~1] ^ (literal & 1)

        return translate

    def data(self) -> bytes:
        """Return the graph in AIGER's binary format, nodes renumbered as it wants them."""
        order = [*self.inputs.values(), *(q for q, _ in self.latches.values()), *self.gates]
        new = {0: 0} | {node: 2 * number for number, node in enumerate(order, 1)}

        def name(literal: int) -> int:
            return new[literal & ~1] ^ (literal & 1)

        counts = (len(order), len(self.inputs), len(self.latches), len(self.outputs))
        lines = [f"aig {' '.join(map(str, counts))} {len(self.gates)}"]
        lines += [str(name(d)) for _, d in self.latches.values()]
        lines += [str(name(literal)) for literal in self.outputs.values()]
        gates = bytearray()
        for node, pair in self.gates.items():
            high, low = sorted(map(name, pair), reverse=True)
            for difference in (name(node) - high, high - low):
                while difference > 127:
                    gates.append(difference & 127 | 128)
                    difference >>= 7
                gates.append(difference)
        return "\n".join(lines).encode() + b"\n" + bytes(gates)


def parse(text: str) -> Graph:
    """Return the graph of an AIGER text with symbols.

    Raises
    ------
    ValueError
        If it is none, or an output has no name.
    """
    lines = text.splitlines()
    magic, *numbers = lines[0].split()
    if magic != "aag" or len(numbers) < 5:
        raise ValueError(f"AIGER text starts with 'aag' and five numbers, not {lines[0]!r}")
    _, inputs, latches, outputs, gates = map(int, numbers[:5])
    first = [1, 1 + inputs, 1 + inputs + latches, 1 + inputs + latches + outputs]
    names: dict[str, str] = {}
    for line in lines[first[3] + gates :]:
        if line.startswith("c"):
            break
        key, _, name = line.partition(" ")
        names[key] = name
    source = Graph()
    source.gates = {
        int(n): (int(a), int(b))
        for n, a, b in (line.split() for line in lines[first[3] : first[3] + gates])
    }
    # What starts unknown has no name behind a fault, nor has the latch that tells the first cycle.
    for kind, count in (("i", inputs), ("l", latches)):
        for k in range(count):
            names.setdefault(f"{kind}{k}", f"unnamed {kind}{k}")
    missing = [k for k in range(outputs) if f"o{k}" not in names]
    if missing:
        raise ValueError(f"AIGER text names no o{missing[0]}; write it with symbols")
    source.inputs = {names[f"i{k}"]: int(lines[first[0] + k]) for k in range(inputs)}
    for k in range(latches):
        q, d = lines[first[1] + k].split()[:2]
        source.latches[names[f"l{k}"]] = [int(q), int(d)]
    source.outputs = {names[f"o{k}"]: int(lines[first[2] + k]) for k in range(outputs)}
    return source
