"""What several commands share: arguments, options, and the file of figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from golden.config import Config
from golden.presets import preset
from scripts.files import write_json

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
COUNT = click.IntRange(min=1)

with_preset = click.argument("name", metavar="PRESET")
with_lanes = click.option(
    "--lanes", type=int, help="Synapses per clock cycle, instead of the preset's"
)
with_json = click.option(
    "--json", "json_file", type=FILE, help="Also write the figures to this file"
)
with_data = click.option(
    "--data",
    default="digits",
    show_default=True,
    help="'digits', 'mnist', 'fashion-mnist', or a folder with MNIST's files",
)


def configured(name: str, lanes: int | None) -> Config:
    """Return the preset `name`, with other lanes if they are given."""
    config = preset(name)
    return config if lanes is None else config.replace(lanes=lanes)


def save(path: Path | None, values: dict[str, Any]) -> None:
    """Write figures to `path`, if there is one."""
    if path is not None:
        write_json(path, values)
