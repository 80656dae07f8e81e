"""The command that proves the circuit."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.scripts.cli.options import COUNT, OUTPUT, save, with_json
from erbium.scripts.common.shell import Unequal

#: Where the figures of a full campaign go.
REPORT = Path("docs", "verification", "formal.json")


@click.command()
@click.option("--full", is_flag=True, help="Also the long proofs")
@click.option("--only", metavar="NAME", multiple=True, help="Only this proof; can be repeated")
@click.option("--processes", type=COUNT, help="Proofs at a time  [default: number of cores]")
@click.option(
    "--seconds",
    type=click.FloatRange(min=0, min_open=True),
    default=900.0,
    show_default=True,
    help="Longest time for one question to a solver",
)
@click.option("--out", type=OUTPUT, help=f"File of the report's figures  [with --full: {REPORT}]")
@with_json
def formal(
    full: bool, only: tuple[str, ...], processes: int | None, seconds: float, out: Path | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Prove the circuit: for all inputs, not for those of a test."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify import formal_run as proofs
    from erbium.sim.formal.run import run_proofs

    console, chosen = Console(), proofs.chosen(full, only)
    with Bars(console) as bars:
        outcomes, failures = run_proofs(
            chosen,
            Path("build", "formal"),
            processes=processes,
            seconds=seconds,
            report=lambda done, total: bars("proofs", done, total, None),
        )
    figures = proofs.figures(outcomes, failures, full, only)
    save(json_file, figures)
    console.print(proofs.table(outcomes))
    if failures:
        raise Unequal(f"{len(failures)} of {len(chosen)} proofs failed: " + "; ".join(failures))
    save(out or (REPORT if full and not only else None), figures)
    console.print(f"{len(outcomes)} statements proved, {proofs.twins(outcomes)} faults found")
