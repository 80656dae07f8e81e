"""What a machine is asked: samples of a part of the data, or some that have no labels."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from click.core import ParameterSource
from rich.console import Console

from erbium.scripts.cli.data_options import of_training, tell_other
from erbium.scripts.common import tables
from erbium.scripts.common.classes import name_of

if TYPE_CHECKING:
    from erbium.scripts.common.progress import Report
    from erbium.scripts.data.source import Source
    from erbium.scripts.device.device import Device
    from erbium.scripts.train.checkpoint import Checkpoint


@dataclass(frozen=True)
class Questions:
    """Samples to show.

    Attributes
    ----------
    data : str
        Where they are from.
    samples : int array [count, inputs]
    classes : tuple of str
        Names of the classes, if they have any.
    labels : int array [count], or None
        Their classes, if they are known.
    part : str or None
        Part of the data, if they are split.
    """

    data: str
    samples: np.ndarray
    classes: tuple[str, ...]
    labels: np.ndarray | None = None
    part: str | None = None

    def figures(self, winners: np.ndarray) -> dict[str, Any]:
        """Return what the machine answered, ready for JSON."""
        names = self.names(winners)
        error = None if self.labels is None else float((winners != self.labels).mean())
        return {
            "data": self.data, "part": self.part, "samples": len(winners), "error": error,
            "winners": winners.tolist(), "names": names, "classes": list(self.classes),
        }  # fmt: skip

    def names(self, winners: np.ndarray) -> list[str]:
        """Return what the classes that won are called."""
        return [name_of(winner, self.classes) for winner in winners.tolist()]

    def show(self, winners: np.ndarray) -> None:
        """Print what the machine answered."""
        if self.labels is None:
            for number, name in enumerate(self.names(winners), 1):
                click.echo(f"sample {number}: {name}")
            click.echo(f"{len(winners)} samples of {self.data} without labels")
            return
        seen = Counter(zip(self.labels.tolist(), winners.tolist(), strict=True))
        Console().print(tables.confusion(seen, self.classes))
        error = (winners != self.labels).mean()
        click.echo(f"{len(winners)} {self.part} samples of {self.data}: {error:.2%} not recognised")


def questions(
    machine: Device, asked: Source, state: Checkpoint | None, start: Path | None, part: str,
    count: int | None, report: Report,
) -> Questions:  # fmt: skip
    """Return the samples that a command asks for, prepared as the training did if there is one.

    Parameters
    ----------
    machine : Device
        With the weights and the preparation of the training.
    asked : Source
        What the user asks for.
    state, start
        The training and its checkpoint, if there is one.
    part, count
        The part of the data, and how many of it.
    report : Report
        Told the bytes of files that are fetched.
    """
    from erbium.scripts.data.source import load
    from erbium.scripts.train.learned import data_of

    data = of_training(asked, state)
    # The column of the labels is that of the training, or one that the user names in this file.
    unnamed = dataclasses.replace(data, label=asked.label)
    plain = _without_labels(machine, unnamed, data.label, count)
    if plain is not None:
        return plain
    if state is None or start is None:
        dataset = load(data, machine.config, report)
    else:
        found = data_of(state, start, data, report)
        tell_other(found)
        dataset = found.whole
    chosen = dataset.parts[part].first(count, f"{part} samples")
    return Questions(data.name, chosen.samples, dataset.classes, chosen.labels, part)


def _without_labels(
    machine: Device, asked: Source, learned: str | None, count: int | None
) -> Questions | None:
    """Return samples that have no labels; None if they have some."""
    from erbium.scripts.data import unlabelled
    from erbium.scripts.data.preparation import Preparation

    if machine.config.encoder == "events":
        return None
    inputs = machine.config.layers[0]
    found = unlabelled.read(asked, machine.preparation, inputs, learned)
    preparation = machine.preparation or Preparation(inputs)
    if found is None:
        return None
    given = click.get_current_context().get_parameter_source("part")
    if given is not ParameterSource.DEFAULT:
        raise click.BadParameter(
            f"'{found.name}' has no labels, and so it has no parts; leave it out",
            param_hint="--part",
        )
    samples = unlabelled.prepared(found, preparation)
    if count is not None and count > len(samples):
        raise click.BadParameter(
            f"cannot take {count} of {len(samples)} samples; choose 1 to {len(samples)}",
            param_hint="--samples",
        )
    return Questions(found.name, samples[:count], preparation.classes)
