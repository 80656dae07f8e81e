"""Campaign: single faults in the circuit."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from erbium.sim.mutation import campaign
from erbium.sim.mutation.bounds import BOUNDS

TITLE = "Faults in the circuit"

#: Bounds of faults that survived, and that no proof speaks of: understood one by one. What stays
#: of a fault when other lines of the Verilog change says which one is meant.
SURVIVORS = Path(__file__).with_name("survivors.json")
KEY = ("config", "component", "source", "cell", "fault")

#: Score that a campaign must reach.
LEAST = 0.99

#: Work folder; what is finished there is kept.
FOLDER = Path("runs", "mutation")


def run(count: int, seed: int, jobs: int, told: Callable[[str, int, int], None]) -> dict[str, Any]:
    """Judge `count` faults over all configurations; return the figures."""
    judged, possible, names = [], 0, campaign.CONFIGS
    for number, name in enumerate(names):
        share = count // len(names) + (number < count % len(names))
        one = campaign.Campaign(name, share, seed, FOLDER)
        possible += len(one.all)
        judged += one.run(jobs, told)
    return campaign.figures(judged, possible)


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    if figures["score"] >= LEAST:
        return None
    return f"score {figures['score']:.2%}, less than {LEAST:.0%}; its survivors are in the file"


def known() -> dict[tuple[str, ...], str]:
    """Return the bounds of faults that no proof speaks of, by what `_key` says of them."""
    found = json.loads(SURVIVORS.read_text(encoding="utf-8"))
    return {tuple(one[name] for name in KEY): one["bound"] for one in found}


def reason(survivor: dict[str, str]) -> str:
    """Return why a fault survives: a bound that its configuration guarantees, if one is known."""
    name = survivor.get("bound") or known().get(_key(survivor))
    config = campaign.CONFIGS.get(survivor["config"])
    if name is None or config is None or not BOUNDS[name].holds(config):
        return "not understood yet"
    return BOUNDS[name].words


def _key(survivor: dict[str, str]) -> tuple[str, ...]:
    """Return what stays of a fault when other lines of the Verilog change: not its cell's name."""
    fault = survivor["fault"]
    cell = re.search(r"-cell \S*?(\$[a-z_]+)\$core\.v", fault)
    mode = re.sub(r" -module \S+ -cell \S+", "", fault)
    names = {"cell": cell[1] if cell else "", "fault": mode}
    return tuple((survivor | names)[name] for name in KEY)


def summary(figures: dict[str, Any]) -> str:
    """Return one line of plain text."""
    return (
        f"{figures['killed']:,} of {figures['mutants']:,} single faults in the circuit are found, "
        f"{figures['equivalent']} are proven to change nothing: score {figures['score']:.1%}"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section's Markdown."""
    rows = "\n".join(
        f"| {name} | {row['mutants']} | {row['killed']} | {row['equivalent']} | {row['survived']} |"
        for name, row in figures["components"].items()
    )
    survivors = "\n".join(
        f"* {one['config']}, {one['component']}: `{_fault(one['fault'])}` in `{one['source']}`"
        + f": {reason(one)}"
        for one in figures["survivors"]
    )
    return f"""Of {figures["possible"]:,} possible faults of single bits in the netlists of
{len(figures["configurations"])} configurations (stuck, inverted, or inverted by another bit),
{figures["mutants"]:,} were drawn, as many from each component. Each runs the scenarios of the core
bench, compared at every port and in every unit in every cycle; what survives, scenarios of rare
situations, more samples, and long random traffic beside the golden model. What is left is proven
equal to the circuit if it is. The score is killed / (all - proven): **{figures["score"]:.2%}**.
Hardening is left out, which acts only after a bit has flipped by itself: upsets try it, see below.

Killed by the scenarios of the bench, by rare ones, by more samples, and by random traffic:
{", ".join(str(count) for count in figures["killed_by_tape"].values())}.

| component | mutants | killed | proven equal | survived |
| --- | --- | --- | --- | --- |
{rows}

Survivors, neither killed nor proven:

{survivors or "none"}
"""


def _fault(options: str) -> str:
    words = options.split()
    return " ".join(words[words.index("-port") :] + words[1:2])
