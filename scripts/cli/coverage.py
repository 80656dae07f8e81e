"""Commands that measure how well the machine is tested, and what faults do to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from erbium.scripts.cli.campaign_options import origin, with_jobs, with_out, with_seed
from erbium.scripts.cli.options import COUNT
from erbium.scripts.common import tables
from erbium.scripts.common.files import write_json
from erbium.scripts.common.outputs import Output
from erbium.scripts.common.shell import Unequal


@click.command()
@click.option("--flips", type=COUNT, help="Flips for each bit of a register  [default: 10]")
@click.option("--preset", "name", help="One circuit  [default: small ones with all features]")
@click.option("--samples", type=COUNT, help="Learn so many at each flip rate  [default: all]")
@click.option("--seeds", type=COUNT, default=3, show_default=True, help="Seeds at each flip rate")
@click.option("--strikes/--no-strikes", "strike", default=True, show_default=True,
              help="Flip single bits; else keep what the file has")  # fmt: skip
@click.option("--learning/--no-learning", "learns", default=True, show_default=True,
              help="Also learn digits at several flip rates")  # fmt: skip
@with_seed
@with_jobs
@with_out("upsets")
def upsets(
    flips: int | None, name: str | None, samples: int | None, seeds: int, strike: bool,
    learns: bool, seed: int, jobs: int, out: Path,
) -> None:  # fmt: skip
    """Flip bits of every register and memory of a learning circuit; see whether it comes back."""
    from erbium.golden.presets import preset
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify import upset_strikes as strikes
    from erbium.scripts.verify.upset_accuracy import train_all
    from erbium.scripts.verify.upsets import OUTCOMES, draw, summary, totals

    console, circuits = Console(), []
    figures: dict[str, Any] = origin(seed) | {
        "flips_per_bit": flips or strikes.FLIPS,
        "bits_per_memory": strikes.MEMORY_BITS,
        "circuits": circuits,
    }
    # What is written to cannot be read, and holds one document.
    keeps = not Output.of(out).streamed
    if not strike:
        if not keeps or not out.exists():
            raise click.BadParameter(f"--no-strikes keeps what a file has, and '{out}' has nothing")
        figures = json.loads(out.read_text())
    with Bars(console) as bars:
        for one in ((name,) if name else strikes.CIRCUITS) if strike else ():
            config = strikes.circuit(one)
            found = strikes.strike_circuit(config, seed, figures["flips_per_bit"], jobs, bars)
            circuits.append(found | {"zero_generators": strikes.zero_generators(config, seed)})
            if keeps:
                # A campaign that is stopped leaves what it has.
                write_json(out, figures)
        if learns:
            chosen = range(seed, seed + seeds)
            learned = train_all(preset("digits"), "digits", samples, chosen, jobs, bars)
            figures["learning"] = origin(seed) | learned
    write_json(out, figures)
    if learns and keeps:
        draw(figures["learning"], out.with_suffix(".png"))
    counts = totals(figures)
    rows = [(words, counts[key]) for key, words in OUTCOMES.items()]
    console.print(tables.facts("upsets", [("flips", counts["flips"]), *rows]))
    console.print(summary(figures), highlight=False, soft_wrap=True)
    if counts["by lost"]:
        raise Unequal(f"{counts['by lost']} flips could not be healed, not even by a reset")


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
    from erbium.scripts.verify import toggles
    from erbium.scripts.verify.toggle import LEAST, share, summary

    console, rounds = Console(), rounds or toggles.ROUNDS
    # Now: somebody may edit the sources while this runs.
    figures = origin(seed)
    with Bars(console) as bars:
        circuits = toggles.measure(names or toggles.CIRCUITS, rounds, seed, jobs, bars)
    figures |= {"rounds": rounds, "circuits": circuits}
    write_json(out, figures)
    console.print(summary(figures), highlight=False, soft_wrap=True)
    if share(circuits) < LEAST:
        raise Unequal(f"{share(circuits):.2%} of the bits toggle; at least {LEAST:.0%} must")


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
    from erbium.scripts.verify import functional as report
    from erbium.scripts.verify.benches import collect
    from erbium.sim.benches.suite import VARIANTS
    from erbium.sim.engines.runner import BenchError

    console, chosen = Console(), names or tuple(VARIANTS)
    figures = origin(seed)
    with Bars(console) as bars:
        try:
            hits, cycles = collect(chosen, simulator, range(seed, seed + seeds), jobs, bars)
        except BenchError as error:
            raise Unequal(str(error)) from error
    figures |= {"simulator": simulator, "seeds": seeds}
    figures |= {"circuits": list(chosen), "cycles": cycles}
    figures["crosses"] = report.counted(hits)
    write_json(out, figures)
    console.print(report.summary(figures), highlight=False, soft_wrap=True)


@coverage.command()
@click.option("--tests", multiple=True, help="Files or folders  [default: all tests]")
@click.option("--proofs/--no-proofs", default=True, show_default=True,
              help="Also run `erbium formal`")  # fmt: skip
@with_jobs
@with_out("python-coverage")
def python(tests: tuple[str, ...], proofs: bool, jobs: int, out: Path) -> None:
    """Run tests and proofs, and count the lines and branches of Python that they reach."""
    from erbium.scripts.verify import python_coverage, python_runs

    tests = tests or ("tests",)
    figures = origin() | {"tests": [*tests, *(["erbium formal"] if proofs else [])]}
    figures |= python_runs.summed(python_runs.run_tests(tests, jobs, proofs))
    write_json(out, figures)
    click.echo(python_coverage.summary(figures))
    reached = python_runs.percent(figures["total"])
    if reached < python_runs.LEAST:
        raise Unequal(f"{reached:.1f} % of lines and branches; at least {python_runs.LEAST} % must")
