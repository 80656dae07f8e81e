"""What commands share that leave figures for the report of verification."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from erbium.scripts.cli.options import COUNT, OUTPUT

#: Where the figures are.
FOLDER = Path("docs", "verification")

with_jobs = click.option(
    "--jobs", type=COUNT, default=os.cpu_count() or 1, help="Processes  [default: one per core]"
)
with_seed = click.option("--seed", type=COUNT, default=1, show_default=True)


def with_out(name: str) -> Any:
    """Return the option that says where the figures go."""
    return click.option(
        "--out", type=OUTPUT, default=FOLDER / f"{name}.json", show_default=True,
        help="Where to write the figures",
    )  # fmt: skip


def _version(name: str) -> str:
    from importlib.metadata import version

    from erbium.sim.engines.toolchain import find

    # It may be the system's.
    return find(name).version if name == "verilator" else version(name)


#: Whose versions may decide figures.
TOOLS = ("amaranth", "numpy", "verilator")


def origin(seed: int | None = None, tools: Sequence[str] = TOOLS) -> dict[str, Any]:
    """Return what makes figures reproducible: command, seed, sources, versions of `tools`."""
    from erbium.scripts.verify.hashes import hashes

    words = ["erbium", *sys.argv[1:]]
    return {
        "command": shlex.join(words),
        "seed": seed,
        **hashes(),
        "versions": {name: _version(name) for name in tools},
    }
