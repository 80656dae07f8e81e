"""Commands that measure what the tests reach."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.scripts.cli.campaign_options import finish, origin, with_jobs, with_out, with_seed
from erbium.scripts.cli.options import COUNT
from erbium.scripts.common.shell import Unequal


@click.group("coverage")
def coverage() -> None:
    """Measure what the tests reach: bits of the Verilog, situations, lines of Python."""


@coverage.command()
@click.option("--preset", "names", multiple=True, help="Circuits  [default: a set of small ones]")
@click.option("--rounds", type=COUNT, help="Trainings of six samples for each  [default: 120]")
@with_seed
@with_jobs
@with_out("toggle")
def toggle(names: tuple[str, ...], rounds: int | None, seed: int, jobs: int, out: Path) -> None:
    """Count which bits of the emitted Verilog go up and down."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.toggle import CIRCUITS, ROUNDS, run

    # Now: somebody may edit the sources while this runs.
    figures = origin(seed)
    with Bars(Console()) as bars:
        figures |= run(names or CIRCUITS, rounds or ROUNDS, seed, jobs, bars)
    finish("toggle", figures, out)


@coverage.command()
@click.option("--simulator", default="icarus", show_default=True,
              help="'icarus' or 'verilator'; 'none' drives the golden model alone")  # fmt: skip
@click.option("--preset", "names", multiple=True, help="Circuits  [default: all of the benches]")
@click.option("--seeds", type=COUNT, default=1, show_default=True, help="Runs of each circuit")
@with_seed
@with_jobs
@with_out("functional")
def functional(
    simulator: str, names: tuple[str, ...], seeds: int, seed: int, jobs: int, out: Path
) -> None:
    """Run the benches of the core, and count the situations in which they compared it."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.functional import run
    from erbium.sim.benches.suite import VARIANTS
    from erbium.sim.engines.runner import BenchError

    chosen = names or tuple(VARIANTS)
    figures = origin(seed)
    with Bars(Console()) as bars:
        try:
            figures |= run(chosen, simulator, range(seed, seed + seeds), jobs, bars)
        except BenchError as error:
            raise Unequal(str(error)) from error
    finish("functional", figures, out)


@coverage.command()
@click.option("--tests", multiple=True, help="Files or folders  [default: all tests]")
@click.option("--proofs/--no-proofs", default=True, show_default=True,
              help="Also run `erbium formal`")  # fmt: skip
@with_jobs
@with_out("python-coverage")
def python(tests: tuple[str, ...], proofs: bool, jobs: int, out: Path) -> None:
    """Run tests and proofs, and count the lines and branches of Python that they reach."""
    from erbium.scripts.verify.python_coverage import run

    finish("python-coverage", origin() | run(tests or ("tests",), jobs, proofs), out)
