"""Commands about the circuit: check and simulate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.golden.config import Config
from erbium.golden.config_file import label
from erbium.scripts.cli.data_options import of_training, tell_other, with_data_or_checkpoint
from erbium.scripts.cli.options import (
    COUNT,
    FOLDER,
    Changes,
    chosen,
    configured,
    configured_if_named,
    save,
    with_augment,
    with_changes,
    with_json,
    with_lanes,
    with_preset,
    with_preset_or_checkpoint,
)
from erbium.scripts.common import tables
from erbium.scripts.common.files import write_text
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.scripts.common.progress import Report
    from erbium.scripts.data.augment import Augment
    from erbium.scripts.data.dataset import Dataset
    from erbium.scripts.data.source import Source
    from erbium.scripts.fpga.cells import Netlist
    from erbium.scripts.train.checkpoint import Checkpoint


@contextmanager
def _benches() -> Iterator[None]:
    from erbium.sim.engines.runner import BenchError

    try:
        yield
    except BenchError as error:
        raise Unequal(str(error)) from error


@click.command()
@with_preset_or_checkpoint
@with_data_or_checkpoint
@click.option("--samples", type=COUNT, default=100, show_default=True, help="Samples to learn")
@with_augment
@with_lanes
@with_changes
@click.option("--simulator", default="verilator", show_default=True, help="Only 'verilator'")
@click.option("--gates", "family", metavar="FAMILY",
              help="Run the netlist for 'ice40' or 'ecp5', not the emitted Verilog")  # fmt: skip
@with_json
def cosim(
    name: str | None, start: Path | None, data: Source, samples: int, augment: Augment | None,
    lanes: int | None, changes: Changes, simulator: str, family: str | None, json_file: Path | None,
) -> None:  # fmt: skip
    """Learn samples in the emitted Verilog and in the golden model; compare every bit.

    With a checkpoint, both go on from there: with its weights and the states of its generators.
    Images are then moved as in the training's next pass, unless --augment says otherwise.
    """
    if simulator != "verilator":
        raise click.BadParameter(
            f"whole trainings run in 'verilator' only, not {simulator!r}; to compare every clock "
            "cycle in Icarus, use: erbium sim --simulator icarus"
        )
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.data.augment import NONE, shown
    from erbium.sim.compare.cosim import cosimulate

    # The seed is part of the circuit: random feedback is in there.
    (config, state), console = chosen(name, lanes, changes, start), Console()
    run, epoch = (0, 0) if state is None else (state.plan.run, state.epoch)
    if augment is None:
        augment = NONE if state is None else state.plan.augment
    netlist = None if family is None else _netlist(config, family, console)[0].read_text()
    with Bars(console) as bars:
        dataset = _dataset(data, config, bars, state, start)
        augment.image(dataset.train, dataset.name)
        part = dataset.train.first(samples, "training samples")
        report = cosimulate(
            config,
            shown(augment, part, run, epoch),
            part.labels,
            weights=None if state is None else state.weights,
            random=None if state is None else state.random,
            progress=lambda done, total: bars("samples", done, total, None),
            build_dir=Path("build", "native"),
            verilog=netlist,
            netlist=netlist is not None,
        )
    origin = {"family": family, "seed": config.seed, "run": None if state is None else run}
    if augment:
        origin |= {"augment": augment.as_dict(), "epoch": epoch + 1}
    save(json_file, report.as_dict() | origin)
    circuit = "Verilog" if family is None else f"netlist for {family}"
    console.print(
        tables.facts(f"{config.name}: golden model and {circuit}", report.as_dict().items())
    )
    if not report.equal:
        raise Unequal(f"circuit and golden model differ: {report.first_mismatch}")


def _dataset(
    data: Source, config: Config, report: Report, state: Checkpoint | None, path: Path | None
) -> Dataset:
    """Return data that fit a machine, as its training took them if there is one."""
    if state is None or path is None:
        from erbium.scripts.data.source import load

        return load(data, config, report)
    from erbium.scripts.train.learned import data_of

    found = data_of(state, path, of_training(data, state), report)
    tell_other(found)
    return found.whole


@click.command()
@click.option("--simulator", help="'icarus' or 'verilator'  [default: both]")
@click.option("--preset", "name", help="A preset  [default: a set of small configurations]")
@with_lanes
@with_changes
@click.option("--seed", type=COUNT, default=1, show_default=True, help="Seed of data and stalls")
@with_json
def sim(
    simulator: str | None, name: str | None, lanes: int | None, changes: Changes, seed: int,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Run the cocotb benches: every unit against its golden twin, in every clock cycle."""
    from erbium.sim.benches.suite import preset_suite, run_suite, suite
    from erbium.sim.engines.runner import SIMULATORS
    from erbium.sim.engines.toolchain import find

    simulators = SIMULATORS if simulator is None else (simulator,)
    for tool in simulators:
        find(tool)
    config = configured_if_named(name, lanes, changes)
    jobs = suite() if config is None else preset_suite(config)
    console, results = Console(), []
    with _benches(), console.status("benches") as status:
        runs = run_suite(jobs, simulators, build_dir=Path("build", "sim"), seed=seed,
                         started=status.update)  # fmt: skip
        for result in runs:
            results.append(result.as_dict())
            console.print(str(result), highlight=False, soft_wrap=True)
    save(json_file, {"benches": results})


def _netlist(config: Config, family: str, console: Console) -> tuple[Path, Netlist]:
    """Synthesise a core for `family`; return the file that simulates it, and its cells."""
    from erbium.scripts.fpga.device import find_family
    from erbium.scripts.fpga.gates import write_gates

    folder = Path("build", "gates", f"{label(config)}-{config.lanes}-{family}")
    with console.status(f"synthesis for {family}"):
        return write_gates(config, find_family(family), folder)


@click.command()
@with_preset_or_checkpoint
@click.option("--family", default="ice40", show_default=True, help="'ice40' or 'ecp5'")
@click.option("--simulator", help="'icarus' or 'verilator'  [default: both]")
@with_lanes
@with_changes
@click.option("--samples", type=COUNT, help="Learn so many samples, and skip the other tests")
@click.option("--seed", type=COUNT, default=1, show_default=True, help="Seed of data and stalls")
@with_json
def gates(
    name: str | None, start: Path | None, family: str, simulator: str | None, lanes: int | None,
    changes: Changes, samples: int | None, seed: int, json_file: Path | None,
) -> None:  # fmt: skip
    """Run the core bench on the netlist that is placed, every port compared in every cycle."""
    from erbium.sim.engines.runner import SIMULATORS, run_bench
    from erbium.sim.engines.toolchain import find

    (config, _), console = chosen(name, lanes, changes, start), Console()
    for tool in (simulators := SIMULATORS if simulator is None else (simulator,)):
        find(tool)
    path, netlist = _netlist(config, family, console)
    some = {} if samples is None else {"only": "learns", "extra": {"samples": samples}}
    results = []
    with _benches():
        for tool in simulators:
            with console.status(f"core of {config.name} on {tool}"):
                result = run_bench("core", config, tool, build_dir=path.parent, seed=seed,
                                   netlist=path, **some)  # fmt: skip
            results.append(result.as_dict())
            console.print(f"{family:<6} {result}", highlight=False, soft_wrap=True)
    found = {"family": family, "cells": dict(sorted(netlist.count().items()))}
    save(json_file, found | {"benches": results})


@click.command()
@with_preset
@with_lanes
@with_changes
@with_json
def lint(name: str, lanes: int | None, changes: Changes, json_file: Path | None) -> None:
    """Check the emitted Verilog with all of Verilator's warnings."""
    from erbium.hw.verilog.emission import emit_core, module_name
    from erbium.hw.verilog.header import LINT_OFF
    from erbium.sim.lint import WAIVERS, LintError, check

    config = configured(name, lanes, changes)
    verilog = Path("build", "verilog", f"{module_name(config)}.v")
    write_text(verilog, emit_core(config))
    try:
        lines = check(verilog, module_name(config))
    except LintError as error:
        raise Unequal(str(error)) from error
    waived = LINT_OFF | WAIVERS
    save(json_file, {"file": str(verilog), "lines": lines, "warnings": 0, "waived": waived})
    click.echo(f"{verilog}: {lines:,} lines, no warnings but the {len(waived)} kinds waived:")
    for code, reason in waived.items():
        click.echo(f"  {code}: {reason}")


@click.command()
@with_preset
@with_lanes
@with_changes
@click.option("--out", type=FOLDER, default=Path("build", "waves"), show_default=True)
@with_json
def waves(name: str, lanes: int | None, changes: Changes, out: Path,
          json_file: Path | None) -> None:  # fmt: skip
    """Record the waveforms of one learned sample, to be opened with GTKWave."""
    from erbium.sim.engines.toolchain import find
    from erbium.sim.waves import record_waves

    config = configured(name, lanes, changes)
    find("icarus")
    with _benches():
        files = record_waves(config, out=out)
    save(json_file, {"files": [str(path) for path in files]})
    for path in files:
        click.echo(path)
