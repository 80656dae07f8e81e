"""The `erbium` command: parses, calls one function of the project, and prints its result.

Each command imports what it needs when it is called, so that `erbium presets` needs no simulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from golden.config import Config
from golden.presets import PRESETS, preset
from scripts import tables
from scripts.files import write_json, write_text
from scripts.shell import Commands, Unequal

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
COUNT = click.IntRange(min=1)


def _configured(name: str, lanes: int | None) -> Config:
    config = preset(name)
    return config if lanes is None else config.replace(lanes=lanes)


def _rates(_context: click.Context, _option: click.Parameter, text: str | None) -> list[int] | None:
    try:
        return None if text is None else [int(rate) for rate in text.split(",")]
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no list of integers from 0 to 256, such as 256,256,128"
        ) from None


_preset = click.argument("name", metavar="PRESET")
_lanes = click.option("--lanes", type=int, help="Synapses per clock cycle, instead of the preset's")
_json = click.option("--json", "json_file", type=FILE, help="Also write the figures to this file")
_data = click.option(
    "--data", default="digits", show_default=True, help="'digits' or a folder with MNIST's files"
)


def _save(path: Path | None, values: dict[str, Any]) -> None:
    if path is not None:
        write_json(path, values)


@contextmanager
def _benches() -> Iterator[None]:
    from sim.runner import BenchError

    try:
        yield
    except BenchError as error:
        raise Unequal(str(error)) from error


@click.group("erbium", cls=Commands, no_args_is_help=False)
@click.version_option(package_name="erbium")
def main() -> None:
    """Generate, simulate, train and build neuromorphic cores that learn on chip."""


@main.command()
@_json
def presets(json_file: Path | None) -> None:
    """List the named configurations."""
    _save(json_file, {name: config.as_dict() for name, config in PRESETS.items()})
    Console().print(tables.presets(PRESETS.values()))


@main.command()
@_preset
@_lanes
@click.option("--out", type=FILE, help="Verilog file  [default: build/verilog/MODULE.v]")
@_json
def verilog(name: str, lanes: int | None, out: Path | None, json_file: Path | None) -> None:
    """Write the Verilog of a preset."""
    from hw.verilog import emit_core, module_name

    config = _configured(name, lanes)
    out = out or Path("build", "verilog", f"{module_name(config)}.v")
    text = emit_core(config)
    write_text(out, text)
    lines = text.count("\n")
    _save(
        json_file,
        {"file": str(out), "module": module_name(config), "lines": lines}
        | {"config": config.as_dict(), "config_sha256": config.sha256},
    )
    click.echo(f"{out}: module {module_name(config)}, {lines:,} lines")


@main.command()
@_preset
@_data
@click.option("--epochs", type=COUNT, default=10, show_default=True, help="Passes over the data")
@click.option("--rates", callback=_rates, help="Rate 0 to 256 per epoch, instead of --epochs")
@click.option("--samples", type=int, help="Training samples to use  [default: all]")
@click.option("--validation", type=int, help="Validation samples to use  [default: all]")
@click.option("--test", type=int, help="Test samples to use  [default: all]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True,
              help="First seed: initial weights, feedback, order of the samples")  # fmt: skip
@click.option("--seeds", type=COUNT, default=1, show_default=True, help="Trainings, a seed each")
@click.option("--engine", type=click.Choice(("fast", "numpy")), default="fast",
              show_default=True, help="Compiled, or NumPy: the results are the same")  # fmt: skip
@click.option("--out", type=FOLDER, help="Folder of the runs  [default: runs/PRESET]")
@click.option("--resume", is_flag=True, help="Go on with the checkpoints in --out")
@_json
def train(
    name: str, data: str, epochs: int, rates: list[int] | None, samples: int | None,
    validation: int | None, test: int | None, seed: int, seeds: int, engine: str,
    out: Path | None, resume: bool, json_file: Path | None,
) -> None:  # fmt: skip
    """Train the golden model; draw what it learned."""
    from scripts import runs
    from scripts import train as training
    from scripts.data import load
    from scripts.progress import Bars

    config, out, console = preset(name), out or Path("runs", name), Console()
    dataset = load(data, config).limited(samples, validation, test)
    rates = training.falling_rates(epochs) if rates is None else rates
    with Bars(console) as bars:
        states = runs.run(
            config, dataset, rates, seeds=range(seed, seed + seeds), out=out, bars=bars,
            engine=engine, resume=resume,
        )  # fmt: skip
    figures = runs.summary(states)
    _save(json_file, figures)
    console.print(tables.training(figures))
    click.echo(f"see {out}")


@main.command()
@click.argument("file", type=FILE)
@click.option("--data", help="Data to use instead of those the file names")
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler whose workers to use")
@click.option("--workers", type=COUNT, help="Processes on this machine  [default: one per core]")
@click.option("--out", type=FOLDER, help="Folder of the results  [default: runs/sweep-NAME]")
@_json
def sweep(
    file: Path, data: str | None, scheduler: str | None, workers: int | None, out: Path | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Run all trainings that a file describes, and those again that failed or are missing."""
    if scheduler and workers:
        raise click.BadParameter("--workers starts its own; with --scheduler, leave it out")
    from scripts.progress import Bars
    from scripts.sweep import Store, read, run, summary

    console = Console()
    with Bars(console) as bars:
        jobs = read(file, data, bars)
        store = Store(out or Path("runs", f"sweep-{jobs.name}"))
        failures = run(
            jobs, store, scheduler=scheduler, workers=workers, report=bars,
            failed=lambda failure: console.print(f"failed: {failure}", markup=False),
        )  # fmt: skip
    settings = summary.summarize(jobs, store)
    _save(json_file, {"name": jobs.name, "data": jobs.data, "settings": settings,
                      "failed": [str(failure) for failure in failures]})  # fmt: skip
    console.print(summary.table(f"{jobs.name}, see {store.path.parent}", settings))
    if failures:
        raise Unequal(
            f"{len(failures)} of {len(jobs.jobs)} jobs failed, see above; run the same command to "
            "try them again"
        )


@main.command()
@_preset
@click.option("--device", default="ecp5-25", show_default=True, help="Chip to build for")
@_lanes
@click.option("--seeds", type=COUNT, default=1, show_default=True, help="Runs of the placer")
@_json
def synth(name: str, device: str, lanes: int | None, seeds: int, json_file: Path | None) -> None:
    """Synthesise, place and route; print area and clock."""
    from scripts.fpga import synthesize

    config, console = _configured(name, lanes), Console()
    folder = Path("build", "fpga", f"{name}-{config.lanes}-{device}")
    with console.status("synthesis") as status:
        result = synthesize(
            config, device, build_dir=folder, seeds=range(1, seeds + 1), progress=status.update
        )
    _save(json_file, result.as_dict())
    console.print(tables.synthesis(result))


@main.command()
@_preset
@_data
@click.option("--samples", type=COUNT, default=100, show_default=True, help="Samples to learn")
@_lanes
@click.option("--simulator", default="verilator", show_default=True, help="Only 'verilator'")
@_json
def cosim(
    name: str, data: str, samples: int, lanes: int | None, simulator: str, json_file: Path | None
) -> None:  # fmt: skip
    """Learn samples in the emitted Verilog and in the golden model; compare every bit."""
    if simulator != "verilator":
        raise click.BadParameter(
            f"whole trainings run in 'verilator' only, not {simulator!r}; to compare every clock "
            "cycle in Icarus, use: erbium sim --simulator icarus"
        )
    from scripts.data import load
    from scripts.progress import Bars
    from sim.cosim import cosimulate

    config, console = _configured(name, lanes), Console()
    part = load(data, config).train.first(samples, "training samples")
    with Bars(console) as bars:
        report = cosimulate(
            config,
            part.samples,
            part.labels,
            progress=lambda done, total: bars("samples", done, total, None),
            build_dir=Path("build", "native"),
        )
    _save(json_file, report.as_dict())
    console.print(tables.facts(f"{name}: golden model and Verilog", report.as_dict().items()))
    if not report.equal:
        raise Unequal(f"circuit and golden model differ: {report.first_mismatch}")


@main.command()
@click.option("--simulator", help="'icarus' or 'verilator'  [default: both]")
@click.option("--preset", "name", help="A preset  [default: a set of small configurations]")
@click.option("--seed", type=COUNT, default=1, show_default=True, help="Seed of data and stalls")
@_json
def sim(simulator: str | None, name: str | None, seed: int, json_file: Path | None) -> None:
    """Run the cocotb benches: every unit against its golden twin, in every clock cycle."""
    from sim.runner import SIMULATORS
    from sim.suite import preset_suite, run_suite, suite
    from sim.toolchain import find

    simulators = SIMULATORS if simulator is None else (simulator,)
    for tool in simulators:
        find(tool)
    jobs = suite() if name is None else preset_suite(preset(name))
    console, results = Console(), []
    with _benches(), console.status("benches") as status:
        runs = run_suite(
            jobs, simulators, build_dir=Path("build", "sim"), seed=seed, started=status.update
        )
        for result in runs:
            results.append(result.as_dict())
            console.print(str(result), highlight=False, soft_wrap=True)
    _save(json_file, {"benches": results})


@main.command()
@_preset
@_lanes
@_json
def lint(name: str, lanes: int | None, json_file: Path | None) -> None:
    """Check the emitted Verilog with all of Verilator's warnings."""
    from hw.verilog import emit_core, module_name
    from sim.lint import WAIVERS, LintError, check

    config = _configured(name, lanes)
    verilog = Path("build", "verilog", f"{module_name(config)}.v")
    write_text(verilog, emit_core(config))
    try:
        lines = check(verilog, module_name(config))
    except LintError as error:
        raise Unequal(str(error)) from error
    _save(json_file, {"file": str(verilog), "lines": lines, "warnings": 0, "waived": WAIVERS})
    click.echo(f"{verilog}: {lines:,} lines, no warnings but the {len(WAIVERS)} kinds waived:")
    for code, reason in WAIVERS.items():
        click.echo(f"  {code}: {reason}")


@main.command()
@_preset
@click.option("--out", type=FOLDER, default=Path("build", "waves"), show_default=True)
@_json
def waves(name: str, out: Path, json_file: Path | None) -> None:
    """Record the waveforms of one learned sample, to be opened with GTKWave."""
    from sim.toolchain import find
    from sim.waves import record_waves

    find("icarus")
    with _benches():
        files = record_waves(preset(name), out=out)
    _save(json_file, {"files": [str(path) for path in files]})
    for path in files:
        click.echo(path)


@main.command()
@click.option("--json", "json_file", type=FILE, default=Path("build", "demo", "result.json"),
              show_default=True, help="Where to write the figures")  # fmt: skip
def demo(json_file: Path) -> None:
    """Learn digits in the model and in its Verilog, compare, draw, place and route."""
    from scripts.demo import run

    run(Console(), json_file)
