"""Campaign: single-event upsets, bit by bit, and while a data set is learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from erbium.scripts.common.files import replacing
from erbium.scripts.common.markdown import rows as table
from erbium.scripts.common.progress import Report, silent
from erbium.scripts.train.plots import COLOURS
from erbium.scripts.verify.upsets import injections
from erbium.scripts.verify.upsets.accuracy import CURVES

TITLE = "Single-event upsets"

#: What can come of an upset, as the report calls it.
OUTCOMES = {
    "masked": "no effect",
    "healed": "healed by itself",
    "hung": "no answer",
    "protocol": "wrong protocol",
    "illegal": "no legal state",
}


def run(
    names: Sequence[str], flips: int, seed: int, jobs: int, told: Report = silent,
    kept: Callable[[dict[str, Any]], None] = lambda figures: None,
) -> dict[str, Any]:  # fmt: skip
    """Flip bits of every register and memory of circuits; return the figures.

    Parameters
    ----------
    names : sequence of str
    flips : int
        For each bit of a register.
    seed, jobs, told
        As for `injections.inject_into_circuit`.
    kept : callable
        Called with the figures after each circuit.
    """
    circuits: list[dict[str, Any]] = []
    figures = {
        "flips_per_bit": flips, "bits_per_memory": injections.MEMORY_BITS, "circuits": circuits,
    }  # fmt: skip
    for name in names:
        config = injections.circuit(name)
        found = injections.inject_into_circuit(config, seed, flips, jobs, told)
        circuits.append(found | {"zero_generators": injections.zero_generators(config, seed)})
        kept(figures)
    return figures


def totals(figures: dict[str, Any]) -> Counter[str]:
    """Add up outcomes and remedies of all circuits."""
    found: Counter[str] = Counter()
    for circuit in figures["circuits"]:
        found.update({"flips": circuit["flips"], **circuit["outcomes"]})
        found.update({f"by {name}": n for name, n in circuit["remedies"].items()})
    return found


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return (
        f"{lost} flips could not be healed, not even by a reset"
        if (lost := totals(figures)["by lost"])
        else None
    )


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    n = totals(figures)
    alone = (n["masked"] + n["healed"]) / n["flips"]
    return (
        f"{n['flips']:,} bit flips in every register and memory of {len(figures['circuits'])} "
        f"learning circuits: {alone:.2%} back in a legal state within one sample by themselves, "
        f"{n['by reset']:,} flips after a reset that keeps the weights, {n['by load']:,} after the "
        f"weights were written again, {n['by lost']:,} never"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    return "\n\n".join([*_outcomes(figures), *_registers(figures), *_learning(figures)])


def _outcomes(figures: dict[str, Any]) -> list[str]:
    rows = [
        [c["name"], c["register_bits"], c["memory_bits"], c["flips"]]
        + [c["outcomes"][name] for name in OUTCOMES]
        + [c["remedies"][name] for name in ("reset", "load", "lost")]
        for c in figures["circuits"]
    ]
    head = ["circuit", "register bits", "memory bits", "flips", *OUTCOMES.values()]
    return [
        "One bit flips at a random clock edge while the emitted Verilog learns a sample: "
        f"{figures['flips_per_bit']} times for each bit of each register, and as often for "
        f"{figures['bits_per_memory']} bits of each memory. After one more sample, weights and "
        "random states are read back, and an untouched circuit and the golden model have to do "
        "the same as the upset circuit from there on: spikes, counts, winners, cycles of every "
        "phase, random states, weights. Where they do not, or no answer comes, the reset wire is "
        "pulsed (*reset*), and, if that is not enough, the weights are written again (*load*).",
        table([*head, "healed by reset", "by load", "not healed"], rows),
    ]


def _registers(figures: dict[str, Any]) -> list[str]:
    kinds: dict[str, Counter[str]] = {}
    for circuit in figures["circuits"]:
        for kind, entry in circuit["kinds"].items():
            kinds.setdefault(kind, Counter()).update(entry)
    bad = ("hung", "protocol", "illegal")
    rows = [
        [kind, n["flips"], *(n[name] for name in OUTCOMES)]
        for kind, n in sorted(kinds.items(), key=lambda item: -sum(item[1][b] for b in bad))
    ]
    zero = [
        f"{name} generator of {circuit['name']}"
        for circuit in figures["circuits"]
        for name, found in circuit["zero_generators"].items()
        if found["legal_again"] and not found["stays_zero"]
    ]
    parts = [
        "By kind of storage, over all circuits:",
        table(["kind", "flips", *OUTCOMES.values()], rows),
    ]
    if zero:
        parts.append(
            "By chance a generator's state hardly ever becomes 0, from which no step leads away. "
            "It was forced to happen (" + ", ".join(zero) + "): each went back to its seed."
        )
    return parts


def _learning(figures: dict[str, Any]) -> list[str]:
    learning = figures.get("learning")
    if learning is None:
        return []
    rates = learning["plan"]["rates"]
    rows = []
    for curve in CURVES:
        cells = [_cell(learning, curve, rate) for rate in rates]
        rows.append([curve, *cells])
    return [
        f"Accuracy on held-out {learning['data']}, in percent, after the circuit of preset "
        f"`{learning['preset']}` has learned all training samples once while bits flip (mean of "
        f"{len(learning['plan']['seeds'])} seeds; in brackets the resets per 1,000 samples, "
        "because no answer came). States are membranes, dendrites, kept inputs, phases and the "
        "pipelines of the datapath; control is everything else but weights and the feedback ROM.",
        table(["flips per bit and sample", *(f"{rate:g}" for rate in rates)], rows),
        "![accuracy against flip rate](verification/upsets.png)",
    ]


def _of(learning: dict[str, Any], curve: str, rate: float) -> list[dict[str, Any]]:
    return [t for t in learning["trainings"] if (t["curve"], t["rate"]) == (curve, rate)]


def _cell(learning: dict[str, Any], curve: str, rate: float) -> str:
    runs = _of(learning, curve, rate)
    accuracy = np.mean([run["accuracy"] for run in runs])
    resets = 1000 * sum(r["resets"] for r in runs) / sum(r["samples"] for r in runs)
    return f"{100 * accuracy:.1f}" + (f" ({resets:.1f})" if resets else "")


def draw(learning: dict[str, Any], path: Path) -> None:
    """Draw accuracy against flip rate: mean and range of the seeds."""
    figure = Figure(figsize=(7.5, 4.8), layout="constrained")
    axis = figure.subplots()
    rates: Sequence[float] = [rate for rate in learning["plan"]["rates"] if rate]
    for colour, curve in zip(COLOURS[1:], CURVES, strict=False):
        seeds = [[100 * r["accuracy"] for r in _of(learning, curve, rate)] for rate in rates]
        axis.plot(rates, [np.mean(s) for s in seeds], marker="o", color=colour, label=curve)
        axis.fill_between(
            rates, [min(s) for s in seeds], [max(s) for s in seeds], color=colour, alpha=0.15
        )
    none = [r["accuracy"] for r in learning["trainings"] if r["rate"] == 0]
    axis.axhline(100 * float(np.mean(none)), color=COLOURS[0], linestyle="--", label="no flips")
    axis.set(xscale="log", xlabel="flips per bit and sample", ylabel="accuracy (%)", ylim=(0, 100),
             title=f"{learning['preset']}: learning {learning['data']} under upsets")  # fmt: skip
    axis.grid(alpha=0.3)
    axis.legend()
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
