"""The command that writes the register map of a linked core, for other tools."""

from __future__ import annotations

from pathlib import Path

import click

from erbium.golden.config_file import label
from erbium.scripts.cli.options import (
    FOLDER,
    Changes,
    configured,
    save,
    with_changes,
    with_json,
    with_lanes,
    with_preset,
)

#: As `scripts.registers.files.FORMATS`, in which a test finds them.
FORMATS = ("systemrdl", "svd", "html", "markdown", "c", "ip-xact")


@click.command()
@with_preset
@with_lanes
@with_changes
@click.option("--clock-hz", type=click.IntRange(min=1), default=24_000_000, show_default=True,
              help="Clock of the device, which it tells its host")  # fmt: skip
@click.option("--baud", type=click.IntRange(min=1), default=3_000_000, show_default=True,
              help="Speed of its line, which it tells, too")  # fmt: skip
@click.option("--out", type=FOLDER, help="Folder  [default: build/registers/NAME]")
@click.option("--format", "formats", multiple=True, type=click.Choice(FORMATS),
              help="Write this one; can be repeated  [default: all]")  # fmt: skip
@with_json
def registers(
    name: str, lanes: int | None, changes: Changes, clock_hz: int, baud: int, out: Path | None,
    formats: tuple[str, ...], json_file: Path | None,
) -> None:  # fmt: skip
    """Write the register map of a core with a link: manuals, C header, SystemRDL, IP-XACT, SVD."""
    from erbium.golden.link.registers import register_map
    from erbium.scripts.registers.files import write_registers

    config = configured(name, lanes, changes)
    found = register_map(config, clock_hz=clock_hz, baud=baud)
    out = out or Path("build", "registers", label(config))
    files = write_registers(found, out, formats or FORMATS)
    save(
        json_file,
        {
            "files": {form: str(path) for form, path in files.items()},
            "registers": {
                r.name: {"address": r.address, "bytes": r.bytes, "count": r.count} for r in found
            },
            "config": found.config.as_dict(),
        },
    )
    for form, path in files.items():
        click.echo(f"{form:<10} {path}")
