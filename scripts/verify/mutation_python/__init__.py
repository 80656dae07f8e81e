"""Campaign: small mistakes in the golden model, or in the tools around the core.

Which mistakes there are says `choose`, who should notice them `target` and `tools`; `judge` tries
one, and `mutants` all that were drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

TITLE = "Mistakes in the golden model"


#: Score that a campaign must reach.
LEAST = 0.95


def run(
    what: str, count: int | None, seed: int, jobs: int, told: Callable[[int, int], None],
    minutes: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Judge `count` mistakes in "golden" or "tools"; return the figures.

    Parameters
    ----------
    what : str
        One of `target.TARGETS`.
    count : int, optional
        As for `mutants.run`; the target's own if left out.
    seed, jobs, told, minutes
        As there.
    """
    # Imported here: the report needs no cosmic-ray.
    from erbium.scripts.verify.mutation_python import mutants
    from erbium.scripts.verify.mutation_python.target import TARGETS

    target = TARGETS[what]()
    judged = mutants.run(count or target.count, seed, jobs, told, target, minutes)
    return mutants.figures(judged, target)


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    if figures["score"] >= LEAST:
        return None
    return f"score {figures['score']:.2%}, less than {LEAST:.0%}; its survivors are in the file"


def summary(figures: dict[str, Any]) -> str:
    """Return one line of plain text."""
    return (
        f"{figures['killed']:,} of {figures['mutants']:,} small mistakes in {_of(figures)} are "
        f"found by {_whose(figures)} tests, {figures['equivalent']} change nothing: score "
        f"{figures['score']:.1%}"
    )


def _of(figures: dict[str, Any]) -> str:
    return figures.get("of", "the golden model")


def _whose(figures: dict[str, Any]) -> str:
    return "their" if _of(figures).endswith("tools around the core") else "its"


def _tried(figures: dict[str, Any]) -> str:
    if _whose(figures) == "their":
        return (
            "The quick tests of the changed file are tried, and no others. Tests that come to no "
            "end fail by what they use of the processor, not by the clock."
        )
    return "The tests of the changed file run first, then all other quick ones."


def text(figures: dict[str, Any]) -> str:
    """Return the section's Markdown."""
    rows = "\n".join(
        f"| {name} | {row['mutants']} | {row['killed']} | {row['equivalent']} |"
        for name, row in figures["modules"].items()
    )
    survivors = "\n".join(
        f"* {one['module']}:{one['line']}: `{one['change']}`"
        + (f": changes nothing, as {one['reason']}" if one["equivalent"] else "")
        for one in figures["survivors"]
    )
    return f"""Of {figures["possible"]:,} changes that cosmic-ray makes in code that runs,
{figures["mutants"]:,} were drawn with a fixed seed, as many from each file. {_tried(figures)}
{figures["not_counted"]:,} further changes do not count: in annotations, texts of errors, how large
or dark something is drawn, and the identity of small numbers. The score is
**{figures["score"]:.2%}**.

| file | changes | killed | equal |
| --- | --- | --- | --- |
{rows}

Survivors:

{survivors or "none"}
"""
