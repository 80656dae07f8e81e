"""Commands about chips: plan a core for some, build it, measure many cores on all of them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.golden.config_file import label
from erbium.scripts.cli.data_options import of_training, with_data_or_checkpoint
from erbium.scripts.cli.options import (
    COUNT,
    FILE,
    Changes,
    chosen,
    powered_up,
    preparation_of,
    save,
    with_changes,
    with_json,
    with_lanes,
    with_preset_or_checkpoint,
    with_weights,
)
from erbium.scripts.common import tables
from erbium.scripts.common.files import check_writable, write_json, write_text
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source


@click.command()
@with_preset_or_checkpoint
@click.option("--device", help="Chip to plan for  [default: all]")
@with_lanes
@with_changes
@with_data_or_checkpoint
@click.option("--samples", type=COUNT, default=2, show_default=True, help="Samples to count with")
@click.option("--mhz", type=click.FloatRange(min=0, min_open=True),
              help="Clock  [default: as measured]")  # fmt: skip
@with_json
def plan(
    name: str | None, start: Path | None, device: str | None, lanes: int | None, changes: Changes,
    data: Source, samples: int, mhz: float | None, json_file: Path | None,
) -> None:  # fmt: skip
    """Say without synthesis whether a core fits, and how long a sample takes.

    With a checkpoint, samples are counted with its weights.
    """
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.fpga import DEVICES, find_device
    from erbium.scripts.fpga.clock import Clock, expected
    from erbium.scripts.fpga.examples import examples
    from erbium.scripts.fpga.plan import plan as planned
    from erbium.scripts.fpga.plan_tables import plans as drawn
    from erbium.scripts.fpga.throughput import work

    (config, state), console = chosen(name, lanes, changes, start), Console()
    chips = list(DEVICES.values()) if device is None else [find_device(device)]
    plans = [planned(config, chip) for chip in chips]
    with Bars(console) as bars:
        data = of_training(data, state)
        some = examples(data, config, samples, bars, preparation_of(state))
        cost = work(
            config, some.samples, some.labels,
            None if state is None else state.weights,
            random=None if state is None else state.random,
            progress=lambda done, total: bars("samples", done, total, None),
        )  # fmt: skip
    clocks = [expected(config, chip) if mhz is None else Clock(mhz, "given") for chip in chips]
    save(
        json_file,
        {"config": config.as_dict(), "data": some.origin, "work": dataclasses.asdict(cost)}
        | {"devices": {
            found.device: found.as_dict() | {"clock": dataclasses.asdict(clock)}
            | cost.at(clock.mhz)
            for found, clock in zip(plans, clocks, strict=True)
        }},
    )  # fmt: skip
    for table in drawn(config, plans, clocks, cost, some.origin):
        console.print(table)
    for found in plans:
        for remedy in found.remedies:
            click.echo(f"to make it fit {found.device}: {remedy}")


@click.command()
@with_preset_or_checkpoint
@with_weights
@click.option("--device", default="ecp5-25", show_default=True, help="Chip to build for")
@with_lanes
@with_changes
@click.option("--link", type=click.Choice(["uart"]),
              help="Build the core behind this link, instead of the core alone")  # fmt: skip
@click.option("--seeds", type=COUNT, default=1, show_default=True, help="Runs of the placer")
@with_data_or_checkpoint
@click.option("--samples", type=COUNT, default=1, show_default=True, help="Samples to count with")
@with_json
def synth(
    name: str | None, start: Path | None, power_up: str | None, device: str, lanes: int | None,
    changes: Changes, link: str | None, seeds: int, data: Source, samples: int,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Synthesise, place, route and pack; print area and clock, and the speed that follows."""
    from erbium.scripts.fpga import find_device, synthesize
    from erbium.scripts.fpga.examples import examples
    from erbium.scripts.fpga.plan import adapted
    from erbium.scripts.fpga.throughput import work

    asked, state = chosen(name, lanes, changes, start)
    console, chip = Console(), find_device(device)
    fixed = {*changes, *(() if lanes is None else ("lanes",))}
    config = adapted(asked, chip, fixed)
    if config != asked:
        console.print(
            f"{asked.name} with {asked.lanes} lanes and memory={asked.memory} does not fit "
            f"{device}: taking {config.lanes} lanes and memory={config.memory}, "
            "which change no result",
            highlight=False, soft_wrap=True,
        )  # fmt: skip
    held, power_up_weights = powered_up(power_up, config, state)
    behind = "" if link is None else f"-{link}"
    folder = Path("build", "fpga", f"{label(asked)}-{config.lanes}-{device}{behind}")
    with console.status("synthesis") as status:
        result = synthesize(
            config,
            chip,
            build_dir=folder,
            seeds=range(1, seeds + 1),
            bitstream=True,
            weights=power_up_weights,
            link=link is not None,
            progress=status.update,
        )
        status.update("count cycles")
        data = of_training(data, state)
        some = examples(data, config, samples, preparation=preparation_of(state))
        weights, random = (None, None) if state is None else (state.weights, state.random)
        cost = work(config, some.samples, some.labels, weights, random=random)
        speed = cost.at(result.fmax_mhz)
    save(
        json_file,
        result.as_dict()
        | {"data": some.origin, "config": config.as_dict()}
        | {"run": None if state is None else state.plan.run, "weights": held}
        | {"link": link}
        | speed,
    )
    console.print(tables.synthesis(result))
    console.print(tables.facts(f"speed, with the activity of {some.origin}", speed.items()))


@click.command("synth-all")
@click.option("--file", "description", type=FILE, default=Path("docs", "fpga.toml"),
              show_default=True, help="What to measure")  # fmt: skip
@click.option("--data", help="Data to use instead of those the file names")
@click.option("--draw", is_flag=True, help="Only write what is already measured")
@with_json
def synth_all(description: Path, data: str | None, draw: bool, json_file: Path | None) -> None:
    """Measure all cores that docs/fpga.toml names, as far as they are missing; write the tables."""
    from erbium.scripts.common.places import insert
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.fpga.survey import document
    from erbium.scripts.fpga.survey import measurement as measure
    from erbium.scripts.fpga.survey.entries import read

    console, survey = Console(), read(description)
    if data is not None:
        survey = dataclasses.replace(survey, data=data)
    runs = measure.Measurement(survey, measure.FOLDER, Path("build", "fpga"))
    text, folder = description.with_suffix(".md"), description.with_suffix("")
    for path in (text, folder / "results.json"):
        check_writable(path)
    failures = []
    if not draw:
        jobs = survey.jobs
        with Bars(console) as bars:
            report = bars.line("cores")
            state = {"done": 0, "what": "start"}

            def show(**news: object) -> None:
                state.update(news)
                report(state["what"], state["done"], len(jobs), None)

            failures = runs.run(jobs, lambda done: show(done=done), lambda what: show(what=what))
    write_text(
        text,
        insert(text.read_text(encoding="utf-8"), document.tables(survey, runs.find)),
    )
    found = measure.results(survey, runs.find)
    write_json(folder / "results.json", found)
    save(json_file, found)
    for path in (text, folder / "results.json"):
        click.echo(path)
    for failure in failures:
        click.echo(f"failed: {failure}", err=True)
    if failures:
        raise Unequal(f"{len(failures)} cores failed, see above; run the same command to try again")
