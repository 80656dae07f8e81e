"""Section of the report: functional coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from erbium.scripts.common.markdown import rows as table
from erbium.sim.coverage.crosses import CROSSES, Bin

TITLE = "Functional coverage"


def counted(hits: Mapping[tuple[str, Bin], int]) -> list[dict[str, Any]]:
    """Return what was hit of every cross; see `sim.coverage.crosses`.

    Raises
    ------
    ValueError
        If a bin was hit that does not exist, or that a rule calls impossible.
    """
    for cross, values in hits:
        known = cross in CROSSES and values in CROSSES[cross].bins
        why = CROSSES[cross].impossible(values) if known else "there is no such bin"
        if why is not None:
            raise ValueError(f"{cross} {values} was hit, but the rule says: {why}")
    rows = []
    for name, cross in CROSSES.items():
        reasons = Counter(filter(None, map(cross.impossible, cross.bins)))
        possible = [one for one in cross.bins if cross.impossible(one) is None]
        missing = [one for one in possible if not hits.get((name, one))]
        rows.append(
            {
                "cross": name,
                "axes": list(cross.axes),
                "bins": len(possible),
                "hit": len(possible) - len(missing),
                "impossible": dict(reasons),
                "missing": [list(one) for one in missing],
            }
        )
    return rows


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    bins, hit = (sum(row[key] for row in figures["crosses"]) for key in ("bins", "hit"))
    compared = figures["simulator"] != "none"
    where = "circuits that were compared in every cycle" if compared else "golden models alone"
    return (
        f"{hit} of {bins} possible situations ({hit / bins:.1%}) occurred in "
        f"{len(figures['circuits'])} {where}"
    )


def _what(figures: dict[str, Any]) -> str:
    if figures["simulator"] == "none":
        return (
            "Situations of the golden cycle view alone, under the traffic of the benches of the "
            "core (no circuit was compared in this run)"
        )
    return (
        "The benches of the core count the situations in which circuit and golden model were "
        f"compared, in {figures['simulator']}"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    crosses = figures["crosses"]
    counts = [
        [
            row["cross"], " x ".join(row["axes"]), row["bins"], row["hit"],
            "; ".join(f"{n}: {why}" for why, n in row["impossible"].items()) or "-",
        ]
        for row in crosses
    ]  # fmt: skip
    missing = [f"* {row['cross']}: {', '.join(one)}" for row in crosses for one in row["missing"]]
    parts = [
        f"{_what(figures)}: {figures['cycles']:,} cycles of {', '.join(figures['circuits'])}. "
        "Bins that cannot be are found by rules; a rule is wrong, and "
        "stops the count, if its bin is hit.",
        table(["cross", "of", "possible", "hit", "impossible, and why"], counts),
    ]
    if missing:
        parts.append("Possible, but not seen:\n\n" + "\n".join(missing))
    return "\n\n".join(parts)
