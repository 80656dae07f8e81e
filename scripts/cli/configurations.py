"""Commands about configurations: list those that have names, and make one's own."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.golden.presets import PRESETS
from erbium.scripts.cli.options import (
    OUTPUT,
    Changes,
    configured,
    save,
    with_changes,
    with_json,
    with_lanes,
)
from erbium.scripts.common import tables
from erbium.scripts.common.files import write_text
from erbium.scripts.common.outputs import Output


@click.command()
@with_json
def presets(json_file: Path | None) -> None:
    """List the named configurations."""
    save(json_file, {name: config.as_dict() for name, config in PRESETS.items()})
    Console().print(tables.presets(PRESETS.values()))


@click.command()
@click.argument("name")
@click.option("--like", default="digits", show_default=True, metavar="PRESET",
              help="Preset, or file of a configuration, to start from")  # fmt: skip
@with_lanes
@with_changes
@click.option("--out", type=OUTPUT, help="File to write  [default: NAME.toml]")
@click.option("--force", is_flag=True, help="Write over a file that exists")
@with_json
def new(
    name: str, like: str, lanes: int | None, changes: Changes, out: Path | None, force: bool,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Write a configuration to a file, to be edited, and given in the place of a preset."""
    from erbium.golden.config_file import SUFFIX, dump

    name = name.removesuffix(SUFFIX)
    config = configured(like, lanes, changes | {"name": name})
    out = out or Path(f"{name}{SUFFIX}")
    if out.exists() and not Output.of(out).streamed and not force:
        raise click.BadParameter(
            f"'{out}' exists; give another name, or --force to write over it", param_hint="NAME"
        )
    write_text(out, dump(config))
    save(json_file, {"file": str(out), "config": config.as_dict()})
    click.echo(f"{out}: {config.name}, {'-'.join(map(str, config.layers))} neurons; next, such as:")
    click.echo(f"  erbium train {out} --data FOLDER")
    click.echo(f"  erbium verilog {out}")
