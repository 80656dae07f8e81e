"""Options of commands that take data: which, and how intensities are made of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from erbium.golden.config import Config
from erbium.scripts.cli.options import Changes, configured
from erbium.scripts.common.hints import untold

if TYPE_CHECKING:
    from erbium.scripts.data.source import Source
    from erbium.scripts.train.checkpoint import Checkpoint
    from erbium.scripts.train.learned import Learned

Command = Callable[..., None]


def _inputs(_context: click.Context, _option: click.Parameter, text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(",") if name)


def _hidden(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[int, ...] | None:
    if text is None:
        return None
    sizes = text.split(",")
    if not all(size.isascii() and size.isdigit() and int(size) for size in sizes):
        raise click.BadParameter(f"{text!r} is no size of a layer; give one, or several as 64,32")
    return tuple(map(int, sizes))


OPTIONS = (
    click.option("--full-scale", type=click.IntRange(1, 255), default=255, show_default=True,
                 help="Largest intensity that the data can have; it is scaled to 255"),
    click.option("--keep-order", is_flag=True,
                 help="Split samples as they lie, without shuffling them before"),
    click.option("--label", metavar="COLUMN",
                 help="Column of a table with the labels: name, 'first', 'last' or number  "
                 "[default: 'label', 'class' or 'target', else the last]"),
    click.option("--header/--no-header", default=None,
                 help="Whether the first row of a text has names  [default: if none is a number]"),
    click.option("--scaling", metavar="SCALING", default="auto", show_default=True,
                 help="How columns become 0 to 255: 'columns' each by its range, 'common' all by "
                 "one, 'none' as they are, 'auto' as the samples suggest"),
    click.option("--inputs", metavar="NAMES", default="", callback=_inputs,
                 help="Inputs to add: 'pairs' (255 - x beside each x), 'bias' (always 255), or "
                 "'pairs,bias'"),
    click.option("--split", type=click.IntRange(min=0), default=0, show_default=True,
                 help="Number of the split, where data are not split for ever"),
)  # fmt: skip


#: What `OPTIONS` are called.
NAMES = ("full_scale", "keep_order", "label", "header", "scaling", "inputs", "split")


def _with_source(function: Command) -> Command:
    """Add the options that say how to take data; with where they are, they become a `Source`."""

    @functools.wraps(function)
    def call(*args: Any, data: str, **others: Any) -> None:
        from erbium.scripts.data.source import Source

        source = Source(data, **{name: others.pop(name) for name in NAMES})
        function(*args, data=source, **others)

    for option in reversed(OPTIONS):
        call = option(call)
    return call


def with_data_argument(function: Command) -> Command:
    """Add the argument that says which data to take, and the options how."""
    return click.argument("data", metavar="DATA")(_with_source(function))


def with_data_by_default(default: str, shown: str = "") -> Callable[[Command], Command]:
    """Return what adds the options that say which data to take, and how; they become a `Source`."""

    def add(function: Command) -> Command:
        return click.option(
            "--data", default=default, show_default=shown or default,
            help="A CSV, .npz or .npy file; a folder of images by class, or with MNIST's files; or "
            "'digits', 'mnist', 'fashion-mnist', 'wine', 'breast-cancer', 'iris'",
        )(_with_source(function))  # fmt: skip

    return add


with_data = with_data_by_default("digits")
with_data_or_checkpoint = with_data_by_default("digits", "those of the checkpoint, else digits")
with_data_of_run = with_data_by_default("digits", "those of the run")


def of_training(data: Source, state: Checkpoint | None) -> Source:
    """Return the data that a training learned, as it took them, but for what the user says."""
    # Of weights that were saved from a machine, nobody knows what they learned.
    if state is None or not state.plan.data_sha256:
        return data
    context, learned = click.get_current_context(), state.plan.taken
    given = [name for name in ("data", *NAMES)
             if context.get_parameter_source(name) is not ParameterSource.DEFAULT]  # fmt: skip
    if "data" not in given:
        data = dataclasses.replace(data, name=learned.name)
    return data.as_learned(learned, given)


def tell_other(found: Learned) -> None:
    """Warn if data are not those that a training learned."""
    if found.wanted and not found.same:
        click.echo(f"erbium: warning: {found.difference}", err=True)


with_hidden = click.option(
    "--hidden", metavar="SIZES", callback=_hidden,
    help="Sizes of hidden layers, such as 32 or 64,32: as many inputs and classes as the data have",
)  # fmt: skip


def configured_for(
    name: str | None, lanes: int | None, changes: Changes, data: Source,
    hidden: tuple[int, ...] | None,
) -> Config:  # fmt: skip
    """Return the configuration of a command that has `with_hidden`."""
    if hidden is None:
        if name is None:
            raise click.UsageError(
                "Missing argument 'PRESET', or --hidden SIZES for a network that fits the data."
            )
        return configured(name, lanes, changes)
    if "layers" in changes:
        raise click.UsageError("--hidden and --set layers both say the layers; give one")
    from erbium.scripts.data.fitted import fitted
    from erbium.scripts.data.source import shape

    given = changes if lanes is None else changes | {"lanes": lanes}
    with untold():
        # What is odd about them is told when they are loaded.
        found = shape(data)
    return fitted(name, given, data.name, found, hidden)
