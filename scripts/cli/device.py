"""Commands for a machine at a port: teach it, ask it, load it, watch it, test it."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from erbium.scripts.cli.data_options import with_data
from erbium.scripts.cli.learning import rates_option
from erbium.scripts.cli.options import COUNT, FILE, FOLDER, OUTPUT, save, with_json
from erbium.scripts.common import tables
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source
    from erbium.scripts.device.device import Device


@dataclasses.dataclass(frozen=True)
class Port:
    """Where a machine is, and which one is expected."""

    name: str
    baud: int
    expected: str | None
    noise: float

    @contextmanager
    def open(self) -> Iterator[Device]:
        """Open it while the context is entered."""
        from erbium.scripts.device.device import FOLDER as BUILT
        from erbium.scripts.device.device import Device
        from erbium.scripts.device.noise import NOISE_SEED, NoisyTransport
        from erbium.scripts.device.transport import open_transport

        def told(line: str) -> None:
            click.echo(f"erbium: {line}", err=True)

        if not self.noise:
            opened = Device.open(self.name, self.expected, baud=self.baud, told=told)
        else:
            line = open_transport(self.name, baud=self.baud, folder=BUILT)
            opened = Device(NoisyTransport(line, self.noise, NOISE_SEED), told=told)
        with opened as device:
            yield device


def with_port(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which machine is meant; they become one `Port`."""

    @click.option("--port", "name", required=True,
                  help="serial:///dev/ttyUSB1, sim:CONFIG (the circuit) or model:CONFIG, where "
                  "CONFIG is a preset or a file")  # fmt: skip
    @click.option("--baud", type=COUNT, default=3_000_000, show_default=True,
                  help="Bits a second, as the machine was built")  # fmt: skip
    @click.option("--expect", metavar="CONFIG", help="Refuse any other machine than this")
    @click.option("--noise", type=click.FloatRange(0, 0.5), default=0.0,
                  help="Part of all bytes to corrupt, to see that nothing is lost")  # fmt: skip
    @functools.wraps(function)
    def call(
        *args: Any, name: str, baud: int, expect: str | None, noise: float, **others: Any
    ) -> None:
        function(*args, port=Port(name, baud, expect, noise), **others)

    return call


def with_training(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a training on a machine."""
    for option in reversed((
        with_data,
        click.option("--epochs", type=COUNT, default=10, show_default=True,
                     help="Passes over the data"),
        rates_option,
        click.option("--samples", type=int, help="Training samples to use  [default: all]"),
        click.option("--validation", type=int, help="Validation samples to use  [default: all]"),
        click.option("--test", type=int, help="Test samples to use  [default: all]"),
        click.option("--run", type=click.IntRange(min=0), default=0, show_default=True,
                     help="Decides the order of the samples; the seed is in the machine"),
        click.option("--out", type=FOLDER, help="Folder of checkpoint and figures  [default: "
                     "runs/device-NAME]"),
        click.option("--resume", is_flag=True, help="Go on with the checkpoint in --out"),
        with_json,
    )):  # fmt: skip
        function = option(function)
    return function


@click.group()
def device() -> None:
    """Use a machine at a serial port, the simulated circuit, or the golden model."""


@dataclasses.dataclass(frozen=True)
class _Training:
    """What a training on a machine is asked to do; `live` shows all there is to see."""

    port: Port
    data: Source
    rates: list[int]
    limits: tuple[int | None, int | None, int | None]
    run: int
    out: Path | None
    resume: bool

    def do(self, console: Console, *, live: bool) -> dict[str, Any]:
        from erbium.scripts.common.files import write_json
        from erbium.scripts.common.progress import Bars
        from erbium.scripts.data.source import load
        from erbium.scripts.device import training
        from erbium.scripts.device.monitor import Monitor
        from erbium.scripts.train.checkpoint import load as load_checkpoint
        from erbium.scripts.train.training import CHECKPOINT, METRICS, check_new

        with self.port.open() as machine:
            config = machine.config
            out = self.out or Path("runs", f"device-{config.name}")
            sha256, checkpoint = None, out / CHECKPOINT
            if self.resume:
                sha256 = load_checkpoint(checkpoint, "start without --resume").plan.data_sha256
            else:
                check_new(out)
            with Bars(console) as bars:
                dataset = load(self.data, config, bars, limits=self.limits, sha256=sha256)
            title = f"{config.name} at {self.port.name}, {dataset.name}"
            with Monitor(console, title) if live else Bars(console) as shown:
                _, figures = training.train(
                    machine, dataset, self.rates, run=self.run, out=out, resume=self.resume,
                    report=shown, watcher=shown.watch if live else None,
                )  # fmt: skip
            write_json(out / METRICS, figures)
        console.print(_table(figures))
        click.echo(f"see {out}")
        return figures


def _table(figures: dict[str, Any]) -> Any:
    shown = [
        ("test error", f"{figures['test_error']:.2%}"),
        ("error while being taught", f"{figures['taught_error']:.2%}"),
        ("weights as the golden model's", figures["weights_equal"]),
        ("samples", figures["samples"]),
    ]
    if figures["samples"]:
        shown += [
            ("bytes to the machine per sample", figures["bytes_per_sample"]),
            ("bytes back per sample", figures["reply_bytes_per_sample"]),
            ("samples a second of a line of 3 Mbaud", figures["link_samples_per_second_3mbaud"]),
        ]
    shown += [("commands sent again", figures["retries"]),
              ("errors reported", figures["errors_reported"])]  # fmt: skip
    return tables.facts(f"{figures['preset']} at {figures['port']}, {figures['data']}", shown)


def _train(live: bool, asked: dict[str, Any]) -> None:
    from erbium.scripts.train.training import falling_rates

    epochs, rates = asked.pop("epochs"), asked.pop("rates")
    limits = tuple(asked.pop(name) for name in ("samples", "validation", "test"))
    json_file = asked.pop("json_file")
    rates = falling_rates(epochs) if rates is None else rates
    figures = _Training(limits=limits, rates=rates, **asked).do(Console(), live=live)
    save(json_file, figures)
    different = figures["first_difference"]
    if different is not None:
        raise Unequal(f"machine and golden model differ: {different}; try: erbium device selftest")


@device.command()
@with_port
@with_training
def train(**asked: Any) -> None:
    """Teach the machine, from its initial weights on, and compare it with the golden model."""
    _train(False, asked)


@device.command()
@with_port
@with_training
def monitor(**asked: Any) -> None:
    """Teach the machine, and watch: accuracy, spikes, errors, samples a second."""
    _train(True, asked)


@device.command()
@with_port
@with_data
@click.option("--checkpoint", "start", type=FILE, help="Load the weights of this training before")
@click.option("--part", type=click.Choice(("training", "validation", "test")), default="test",
              show_default=True, help="Samples to show")  # fmt: skip
@click.option("--samples", type=COUNT, help="How many of them  [default: all]")
@with_json
def classify(
    port: Port, data: Source, start: Path | None, part: str, samples: int | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Show samples without learning, and count how many are recognised."""
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.data.source import load

    with port.open() as machine, Bars(Console()) as bars:
        if start is not None:
            machine.load_weights(start, bars)
        dataset = load(data, machine.config, bars, preparation=machine.preparation)
        chosen = dataset.parts[part].first(samples, f"{part} samples")
        before = machine.traffic
        winners = machine.classify(chosen.samples, chosen.labels, bars)
        after = machine.traffic
    error = float((winners != chosen.labels).mean())
    figures = {
        "port": port.name, "preset": machine.config.name, "data": data.name, "part": part,
        "samples": len(chosen), "error": error, "winners": winners.tolist(),
        "bytes_per_sample": round((after.sent - before.sent) / len(chosen), 2),
        "retries": after.retries - before.retries, "classes": list(dataset.classes),
    }  # fmt: skip
    save(json_file, figures)
    Console().print(tables.confusion(chosen.labels, winners, dataset.classes))
    click.echo(f"{len(chosen)} {part} samples of {data.name}: {error:.2%} not recognised")


@device.command("save")
@with_port
@click.option("--out", type=OUTPUT, default=Path("weights.npz"), show_default=True,
              help="The checkpoint")  # fmt: skip
def save_weights(port: Port, out: Path) -> None:
    """Write weights and random states into a checkpoint."""
    from erbium.scripts.common.progress import Bars

    with port.open() as machine, Bars(Console()) as bars:
        machine.save_weights(out, bars)
    click.echo(out)


@device.command("load")
@with_port
@click.option("--checkpoint", type=FILE, required=True, help="The training to take them from")
def load_weights(port: Port, checkpoint: Path) -> None:
    """Load weights and random states from a checkpoint, and read them back."""
    import numpy as np

    from erbium.scripts.common.progress import Bars
    from erbium.scripts.train.checkpoint import load

    with port.open() as machine, Bars(Console()) as bars:
        machine.load_weights(checkpoint, bars)
        found, wanted = machine.save_weights(report=bars), load(checkpoint).weights
    if not all(map(np.array_equal, found, wanted)):
        raise Unequal(
            f"what {port.name} has is not what was loaded from '{checkpoint}'; try: erbium device "
            "selftest"
        )
    click.echo(f"{port.name} has the weights of {checkpoint}")


@device.command()
@with_port
@with_json
def info(port: Port, json_file: Path | None) -> None:
    """Say what the machine is and does."""
    with port.open() as machine:
        facts = machine.info
        errors = machine.errors()
    save(json_file, facts)
    config: dict[str, Any] = facts["config"]
    shown = [
        ("layers", "-".join(map(str, config["layers"]))),
        *((name, config[name]) for name in ("lanes", "weight_bits", "encoder", "memory", "seed")),
        ("clock", f"{facts['clock_hz'] / 1e6:g} MHz"),
        *((name, facts[name]) for name in ("baud", "fingerprint", "erbium_version")),
        *((name, facts[name]) for name in ("learning", "locked", "busy")),
        ("errors", errors),
    ]
    Console().print(tables.facts(f"{config['name']} at {port.name}", shown))


@device.command()
@with_port
@with_json
def selftest(port: Port, json_file: Path | None) -> None:
    """Try registers, weights, samples and refusals; leave weights as they were."""
    from erbium.scripts.device.selftest import run

    console = Console()
    with port.open() as machine, console.status("selftest") as status:
        steps = run(machine, status.update)
    save(json_file, {step.name: step.failure or "passed" for step in steps})
    console.print(
        tables.facts(f"{machine.config.name} at {port.name}",
                     [(step.name, step.failure or "passed") for step in steps])
    )  # fmt: skip
    failed = [step.name for step in steps if step.failure]
    if failed:
        raise Unequal(f"{len(failed)} of {len(steps)} tests failed: {', '.join(failed)}")
