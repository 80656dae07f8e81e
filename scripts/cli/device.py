"""Commands for a machine at a port: teach it, ask it, load it, watch it, test it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console

from erbium.scripts.cli.data_options import with_data, with_data_or_checkpoint
from erbium.scripts.cli.learning import rates_option
from erbium.scripts.cli.options import COUNT, FILE, FOLDER, OUTPUT, save, with_augment, with_json
from erbium.scripts.cli.ports import Port, with_port
from erbium.scripts.cli.questions import questions
from erbium.scripts.common import tables
from erbium.scripts.common.shell import Unequal

if TYPE_CHECKING:
    from erbium.golden.config import Config
    from erbium.scripts.data.augment import Augment
    from erbium.scripts.data.dataset import Dataset
    from erbium.scripts.data.source import Source


def with_training(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a training on a machine."""
    for option in reversed((
        with_data,
        click.option("--epochs", type=COUNT, default=10, show_default=True,
                     help="Passes over the data"),
        rates_option,
        with_augment,
        click.option("--samples", type=int, help="Training samples to use  [default: all]"),
        click.option("--validation", type=int, help="Validation samples to use  [default: all]"),
        click.option("--test", type=int, help="Test samples to use  [default: all]"),
        click.option("--run", type=click.IntRange(min=0), default=0, show_default=True,
                     help="Decides the order of the samples and how they are moved; the seed is in "
                     "the machine"),
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
    augment: Augment
    limits: tuple[int | None, int | None, int | None]
    run: int
    out: Path | None
    resume: bool

    def do(self, console: Console, *, live: bool) -> dict[str, Any]:
        from erbium.scripts.common.files import write_json
        from erbium.scripts.common.progress import Bars
        from erbium.scripts.device import training
        from erbium.scripts.device.monitor import Monitor
        from erbium.scripts.diagnosis import examination
        from erbium.scripts.train.runs import sizes
        from erbium.scripts.train.training import METRICS

        # Before a circuit is built, if it is known which one.
        known = self.port.config
        found = None if known is None else self._prepare(known, console)
        with self.port.open() as machine:
            config = machine.config
            out, dataset = found or self._prepare(config, console)
            title = f"{config.name} at {self.port.name}, {dataset.name}"
            with Monitor(console, title) if live else Bars(console) as shown:
                state, figures = training.train(
                    machine, dataset, self.rates, run=self.run, augment=self.augment,
                    out=out, resume=self.resume, report=shown,
                    watcher=shown.watch if live else None,
                    after_pass=lambda state: examination.tell_early(state, dataset),
                )  # fmt: skip
            examined = examination.examine(state, dataset)
            examination.tell(examined)
            # Samples are those that the machine learned; the sizes are told beside.
            figures |= {"parts": sizes(dataset)} | examined.as_dict()
            write_json(out / METRICS, figures)
        console.print(tables.training_on_machine(figures))
        click.echo(f"see {out}")
        return figures

    def _prepare(self, config: Config, console: Console) -> tuple[Path, Dataset]:
        """Return the folder of the training and its data; refuse what does not fit."""
        from erbium.scripts.common.progress import Bars
        from erbium.scripts.data.source import load
        from erbium.scripts.train.checkpoint import load as load_checkpoint
        from erbium.scripts.train.training import CHECKPOINT, check_new

        out, sha256 = self.out or Path("runs", f"device-{config.name}"), None
        if self.resume:
            checkpoint = load_checkpoint(out / CHECKPOINT, "start without --resume")
            sha256 = checkpoint.plan.data_sha256
        else:
            check_new(out)
        with Bars(console) as bars:
            dataset = load(self.data, config, bars, limits=self.limits, sha256=sha256)
        self.augment.image(dataset.train, dataset.name)
        return out, dataset


def _train(live: bool, asked: dict[str, Any]) -> None:
    from erbium.scripts.data.augment import NONE
    from erbium.scripts.train.training import falling_rates

    epochs, rates, augment = (asked.pop(name) for name in ("epochs", "rates", "augment"))
    limits = tuple(asked.pop(name) for name in ("samples", "validation", "test"))
    json_file = asked.pop("json_file")
    rates = falling_rates(epochs) if rates is None else rates
    training = _Training(limits=limits, rates=rates, augment=augment or NONE, **asked)
    figures = training.do(Console(), live=live)
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
@with_data_or_checkpoint
@click.option("--checkpoint", "start", type=FILE, help="Load the weights of this training before")
@click.option("--part", type=click.Choice(("training", "validation", "test")), default="test",
              show_default=True, help="Samples to show")  # fmt: skip
@click.option("--samples", type=COUNT, help="How many of them  [default: all]")
@with_json
def classify(
    port: Port, data: Source, start: Path | None, part: str, samples: int | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Show samples without learning, and count how many are recognised.

    Samples without labels (an .npz with x only, a table with the columns of a sample only) are
    answered one by one.
    """
    from erbium.scripts.common.progress import Bars
    from erbium.scripts.train.checkpoint import load as load_checkpoint

    if start is None:
        port.tell_new()
    state = None if start is None else load_checkpoint(start)
    with port.open() as machine, Bars(Console()) as bars:
        if start is not None:
            machine.load_weights(start, bars)
        shown = questions(machine, data, state, start, part, samples, bars)
        before = machine.traffic
        winners = machine.classify(shown.samples, shown.labels, bars)
        after = machine.traffic
    figures = {
        "port": port.name, "preset": machine.config.name, **shown.figures(winners),
        "bytes_per_sample": round((after.sent - before.sent) / len(winners), 2),
        "retries": after.retries - before.retries,
    }  # fmt: skip
    save(json_file, figures)
    shown.show(winners)


@device.command("save")
@with_port
@click.option("--out", type=OUTPUT, default=Path("weights.npz"), show_default=True,
              help="The checkpoint")  # fmt: skip
def save_weights(port: Port, out: Path) -> None:
    """Write weights and random states into a checkpoint."""
    from erbium.scripts.common.progress import Bars

    port.tell_new()
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
