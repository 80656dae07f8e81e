"""What several commands share: arguments, options, and the file of figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from erbium.golden.config import Config
from erbium.golden.config_file import changed, find
from erbium.scripts.common.files import check_writable, write_json
from erbium.scripts.common.outputs import DASH, Output, kept_for_data

if TYPE_CHECKING:
    import numpy as np

    from erbium.scripts.data.augment import Augment
    from erbium.scripts.data.preparation import Preparation
    from erbium.scripts.train.checkpoint import Checkpoint


class _Output(click.ParamType):
    """What a command writes; refused before it works for hours, if that cannot be written."""

    def __init__(self, name: str) -> None:
        self.name = name

    def convert(
        self, value: str | Path, option: click.Parameter | None, context: click.Context | None
    ) -> Path:
        """Return the path, and keep standard output for it if that is what it means."""
        path, folder = Path(value), self.name == "folder"
        if not str(value) or (folder and path == DASH) or "\0" in str(value):
            self.fail(f"{str(value)!r} is no {self.name}; give its name", option, context)
        if not folder and str(value).endswith("/"):
            self.fail(f"{str(value)!r} is a folder; give the name of a file", option, context)
        check_writable(path, folder=folder)
        if context is not None and not folder and Output.of(path).standard:
            if context.meta.setdefault(__name__, option) is not option:
                self.fail("only one output can be standard output", option, context)
            # The root is closed even if the rest of the line is refused.
            context.find_root().with_resource(kept_for_data())
        return path


#: A file that is read; one that is written, "-" for standard output; a folder of files written.
FILE = click.Path(dir_okay=False, path_type=Path)
OUTPUT = _Output("file")
FOLDER = _Output("folder")
COUNT = click.IntRange(min=1)

with_preset = click.argument("name", metavar="PRESET")
with_lanes = click.option(
    "--lanes", type=int, help="Synapses per clock cycle, instead of the preset's"
)
with_json = click.option(
    "--json", "json_file", type=OUTPUT, help="Also write the figures to this file, or to '-'"
)


def _augment(_context: click.Context, _option: click.Parameter, text: str | None) -> Augment | None:
    from erbium.scripts.data.augment import Augment

    try:
        return None if text is None else Augment.parsed(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


with_augment = click.option(
    "--augment",
    metavar="shift=N",
    callback=_augment,
    help="Move each training image by -N to N pixels in x and y, anew in every pass",
)


def with_preset_or_checkpoint(function: Callable[..., None]) -> Callable[..., None]:
    """Add the ways to say which machine is meant: a preset, or a training by its checkpoint."""
    option = click.option("--checkpoint", "start", type=FILE,
                          help="Take configuration and seed from this training")  # fmt: skip
    argument = click.argument("name", metavar="[PRESET]", required=False)
    return argument(option(function))


#: Values of a configuration that the user has changed, by name.
Changes = dict[str, object]


def _value(text: str) -> object:
    """Return an integer, a list of them where there are commas, a truth, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    if "," in text:
        return [_value(part) for part in text.split(",") if part]
    try:
        return int(text)
    except ValueError:
        return text


def _changes(_context: click.Context, _option: click.Parameter, pairs: tuple[str, ...]) -> Changes:
    found: Changes = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not text:
            raise click.BadParameter(f"{pair!r} is no NAME=VALUE, such as layers=140,100,10")
        found[name] = _value(text)
    return found


with_changes = click.option(
    "--set",
    "changes",
    metavar="NAME=VALUE",
    multiple=True,
    callback=_changes,
    help="Change a value, such as layers=140,100,10; can be repeated",
)


def configured(name: str, lanes: int | None, changes: Changes) -> Config:
    """Return a preset or the configuration in a file, with the changes and lanes that are given."""
    return changed(find(name), changes if lanes is None else changes | {"lanes": lanes})


def configured_if_named(name: str | None, lanes: int | None, changes: Changes) -> Config | None:
    """Return the configuration of a command that has a set of its own if none is named."""
    if name is not None:
        return configured(name, lanes, changes)
    if changes or lanes is not None:
        raise click.UsageError("--set and --lanes change a configuration: give it with --preset")
    return None


def chosen(
    name: str | None, lanes: int | None, changes: Changes, start: Path | None
) -> tuple[Config, Checkpoint | None]:
    """Return the configuration that a command is to use, and the training that it is from.

    Without the checkpoint `start`, it is the preset `name`, changed. With it, configuration and
    seed are those of the training: what else is given must agree with them, unless no result
    depends on it.
    """
    if start is None:
        if name is None:
            raise click.UsageError("Missing argument 'PRESET', or --checkpoint FILE instead.")
        return configured(name, lanes, changes), None
    from erbium.scripts.train.checkpoint import load, machine

    state = load(start)
    given = changes if lanes is None else changes | {"lanes": lanes}
    # A training may have changed the preset that it names; any other preset, or a file, is a claim
    # about every value, but for the seed, which is the run's.
    if name is not None and name != state.config.name:
        other = find(name).as_dict()
        del other["seed"]
        given = other | given
    return machine(state, start, given), state


def preparation_of(state: Checkpoint | None) -> Preparation | None:
    """Return how the samples of a training were prepared, if there is one."""
    return None if state is None else state.plan.preparation


with_weights = click.option(
    "--weights", "power_up", type=click.Choice(("trained", "initial", "none")),
    help="What the weight memory holds at power-up: the weights of --checkpoint, the initial ones "
    "of the configuration, or nothing  [default: trained with --checkpoint, else none]",
)  # fmt: skip


def powered_up(
    power_up: str | None, config: Config, state: Checkpoint | None
) -> tuple[str, list[np.ndarray] | None]:
    """Return which weights the weight memory is to hold at power-up, and these weights or None.

    Parameters
    ----------
    power_up : str, optional
        What the user asked for. Without, a training's weights are taken where they can be held.
    config : Config
        The machine.
    state : Checkpoint, optional
        Its training.

    Raises
    ------
    PowerUpError
        If the user asked for weights that the machine's memory cannot hold at power-up.
    """
    from erbium.golden.feedback import initial_weights
    from erbium.hw.ram import PowerUpError, check_power_up

    if power_up == "none" or (power_up is None and state is None):
        return "none", None
    if power_up == "initial":
        weights = initial_weights(config)
    elif state is None:
        raise click.UsageError("--weights trained takes those of a training: add --checkpoint FILE")
    else:
        weights = state.weights
    try:
        check_power_up(config, weights)
    except PowerUpError as error:
        if power_up is not None:
            raise
        click.echo(f"erbium: warning: the weights of --checkpoint are left out: {error}", err=True)
        return "none", None
    return power_up or "trained", weights


def save(path: Path | None, values: dict[str, Any]) -> None:
    """Write figures to `path`, if there is one."""
    if path is not None:
        write_json(path, values)
