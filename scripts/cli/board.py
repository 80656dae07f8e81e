"""Commands about boards."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.golden.config_file import label
from erbium.scripts.cli.options import (
    COUNT,
    FILE,
    Changes,
    chosen,
    save,
    with_changes,
    with_json,
    with_lanes,
)
from erbium.scripts.common import tables


@click.command()
@click.argument("board_name", metavar="BOARD")
@click.option("--preset", "name", help="Configuration, instead of the board's")
@click.option(
    "--checkpoint", "start", type=FILE, help="Take configuration and seed from this training"
)
@with_lanes
@with_changes
@click.option(
    "--mhz", type=click.FloatRange(min=0, min_open=True), help="Clock, instead of the board's"
)
@click.option("--seed", type=COUNT, default=1, show_default=True, help="Seed of the placer")
@with_json
def bitstream(
    board_name: str,
    name: str | None,
    start: Path | None,
    lanes: int | None,
    changes: Changes,
    mhz: float | None,
    seed: int,
    json_file: Path | None,
) -> None:
    """Build the file that a board is loaded with; it learns and blinks without a host."""
    from erbium.hw.board.boards import find_board
    from erbium.scripts.fpga import find_device
    from erbium.scripts.fpga.bitstream import build_bitstream
    from erbium.scripts.fpga.plan import adapted

    board, console = find_board(board_name), Console()
    if name is None and lanes is None and start is None and "lanes" not in changes:
        lanes = board.lanes
    if name is None and start is None:
        name = board.preset
    asked, state = chosen(name, lanes, changes, start)
    # The board's own lanes are no wish of the user's, but they fit.
    fixed = {*changes, *(() if lanes is None else ("lanes",))}
    config = adapted(asked, find_device(board.device), fixed)
    usual = label(asked) == board.preset
    folder = Path("build", "bitstream", board.name if usual else f"{board.name}-{label(asked)}")
    with console.status("synthesis") as status:
        result = build_bitstream(
            board, config, build_dir=folder, mhz=mhz, seed=seed, progress=status.update
        )
    run = None if state is None else state.plan.run
    save(json_file, result.as_dict() | {"config": config.as_dict(), "run": run})
    console.print(tables.bitstream(result))
