"""The small mistakes that a file could have: cosmic-ray's, in code that runs."""

from __future__ import annotations

import ast
import functools
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code

ROOT = Path(__file__).parents[3]

#: Whether two small integers are one object is the interpreter's affair, and no test's.
IDENTITY = re.compile(r"Comparison.*_(Is|IsNot)$")

#: Arguments that say how large, thick or dark something is drawn: a matter of taste.
LOOKS = frozenset(
    ("alpha", "capsize", "dpi", "figsize", "fontsize", "height_ratios", "linewidth", "linewidths",
     "markersize", "s", "shrink", "zorder")
)  # fmt: skip

#: A line that says why a change of it means nothing.
PRAGMA = "# pragma: no mutate"

Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """A single change of a file.

    Attributes
    ----------
    module : str
        Path of the file below the project's root.
    operator : str
        cosmic-ray's name of the kind of change.
    occurrence : int
        The place: the n-th that this operator can change in the file.
    line : int
    """

    module: str
    operator: str
    occurrence: int
    line: int

    def mutated(self) -> str:
        """Return the text of the changed file."""
        operator = cosmic_ray.plugins.get_operator(self.operator)()
        text = mutate_code((ROOT / self.module).read_text(), operator, self.occurrence)
        if text is None:
            raise ValueError(f"{self} changes nothing: the file is another one now")
        return text

    def change(self) -> str:
        """Return the line before and after, for people."""
        before = (ROOT / self.module).read_text().splitlines()
        after = self.mutated().splitlines()
        if len(before) != len(after):
            return f"{before[self.line - 1].strip()} is removed"
        pairs = ((a, b) for a, b in zip(before, after, strict=True) if a != b)
        old, new = next(pairs, ("", ""))
        return f"{old.strip()} -> {new.strip()}"


def modules() -> list[str]:
    """Return the files of the golden model."""
    paths = sorted((ROOT / "golden").rglob("*.py"))
    return [path.relative_to(ROOT).as_posix() for path in paths if path.read_text().strip()]


def mutants(module: str) -> tuple[list[Mutant], int]:
    """Return all changes of a file that count, and the number of those that do not: in
    annotations, in texts of errors, of identity, and where a pragma gives a reason.
    """
    text = (ROOT / module).read_text()
    lines, dead = text.splitlines(), list(_dead(ast.parse(text)))
    found, skipped = [], 0
    nodes = list(ast_nodes(get_ast(text)))
    for name in sorted(cosmic_ray.plugins.operator_names()):
        kind = cosmic_ray.plugins.get_operator(name)
        if kind.arguments():
            continue
        operator = kind()
        places = (place for node in nodes for place in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(places):
            if (
                any(low <= start < high for low, high in dead)
                or IDENTITY.search(name)
                or PRAGMA in lines[start[0] - 1]
            ):
                skipped += 1
                continue
            found.append(Mutant(module, name, occurrence, start[0]))
    return found, skipped


def _dead(tree: ast.Module) -> Iterator[tuple[Position, Position]]:
    """Yield the ranges of a file that are never evaluated, only make a message, or are looks."""
    for node in ast.walk(tree):
        dead: list[ast.AST | None] = []
        if isinstance(node, ast.FunctionDef):
            arguments = node.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            dead += [node.returns, *(argument.annotation for argument in every)]
        elif isinstance(node, ast.AnnAssign):
            dead.append(node.annotation)
        elif isinstance(node, ast.JoinedStr):
            dead.append(node)
        elif isinstance(node, ast.keyword) and node.arg in LOOKS:
            dead.append(node.value)
        for item in dead:
            if item is not None:
                yield (item.lineno, item.col_offset), (item.end_lineno, item.end_col_offset)


@functools.cache
def everything(files: tuple[str, ...] | None = None) -> tuple[tuple[Mutant, ...], int]:
    """Return all changes of all `files` that count, and the number of the others; of the golden
    model if none are named.
    """
    per_module = [mutants(module) for module in (modules() if files is None else files)]
    return tuple(m for found, _ in per_module for m in found), sum(n for _, n in per_module)


def choose(pool: tuple[Mutant, ...], count: int, seed: int) -> list[Mutant]:
    """Draw `count` changes, from each file in turn, and in a file from each line in turn.

    A change after which the file is no Python any more is passed over: any test finds it.
    """
    draw = random.Random(seed)
    files: dict[str, dict[int, list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    for mutant in pool:
        files[mutant.module][mutant.line].append(mutant)
    queues = {module: _mixed(list(lines.values()), draw) for module, lines in files.items()}
    chosen: list[Mutant] = []
    while len(chosen) < count and any(queues.values()):
        for module in sorted(queues):
            if len(chosen) < count and (mutant := _next(queues[module])) is not None:
                chosen.append(mutant)
    return chosen


def _next(queue: list[Mutant]) -> Mutant | None:
    """Take the next change that leaves a file of Python."""
    while queue:
        mutant = queue.pop()
        try:
            # cosmic-ray takes the star before keyword arguments for a product.
            ast.parse(mutant.mutated())
        except SyntaxError:
            continue
        return mutant
    return None


def _mixed(lines: list[list[Mutant]], draw: random.Random) -> list[Mutant]:
    """Return the changes of a file in an order in which lines take turns."""
    for line in lines:
        draw.shuffle(line)
    draw.shuffle(lines)
    turns = max(map(len, lines))
    order = [line[turn] for turn in range(turns) for line in lines if turn < len(line)]
    return order[::-1]
