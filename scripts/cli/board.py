"""Commands about boards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from erbium.golden.config_file import label
from erbium.golden.link.uart import BAUD
from erbium.scripts.cli.options import (
    COUNT,
    FILE,
    Changes,
    chosen,
    powered_up,
    save,
    with_changes,
    with_json,
    with_lanes,
    with_weights,
)
from erbium.scripts.common import tables

if TYPE_CHECKING:
    from erbium.golden.config import Config
    from erbium.hw.board.boards import Board
    from erbium.scripts.fpga.bitstream import BitstreamResult


@click.command()
@click.argument("board_name", metavar="BOARD")
@click.option("--preset", "name", help="Configuration, instead of the board's")
@click.option(
    "--checkpoint", "start", type=FILE, help="Take configuration and seed from this training"
)
@with_weights
@with_lanes
@with_changes
@click.option(
    "--mhz", type=click.FloatRange(min=0, min_open=True), help="Clock, instead of the board's"
)
@click.option("--link", type=click.Choice(("uart", "exerciser")), default="uart", show_default=True,
              help="What feeds the core: a host, through the board's USB bridge, or a circuit that "
              "teaches it patterns, to test the board")  # fmt: skip
@click.option("--baud", type=COUNT, default=BAUD, show_default=True,
              help="Bits a second of the UART")  # fmt: skip
@click.option("--seed", type=COUNT, default=1, show_default=True, help="Seed of the placer")
@with_json
def bitstream(
    board_name: str,
    name: str | None,
    start: Path | None,
    power_up: str | None,
    lanes: int | None,
    changes: Changes,
    mhz: float | None,
    link: str,
    baud: int,
    seed: int,
    json_file: Path | None,
) -> None:
    """Build the file that a board is loaded with.

    With the exerciser as link, the board learns and blinks without a host.
    """
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
    if link == "exerciser" and power_up not in (None, "none"):
        raise click.UsageError(
            f"--weights {power_up} is of no use with --link exerciser, which writes weights of its "
            "own; leave it out, or take --link uart"
        )
    held, weights = powered_up("none" if link == "exerciser" else power_up, config, state)
    usual = label(asked) == board.preset
    folder = Path("build", "bitstream", board.name if usual else f"{board.name}-{label(asked)}")
    with console.status("synthesis") as status:
        result = build_bitstream(
            board, config, build_dir=folder, mhz=mhz, seed=seed, link=link, baud=baud,
            weights=weights, progress=status.update,
        )  # fmt: skip
    run = None if state is None else state.plan.run
    next_ = commands(board, config, result)
    save(
        json_file,
        result.as_dict()
        | {"config": config.as_dict(), "run": run, "weights": held, "commands": next_},
    )
    console.print(tables.bitstream(result))
    for command in next_:
        click.echo(f"next: {command}")


def commands(board: Board, config: Config, result: BitstreamResult) -> list[str]:
    """Return what to type next: to load the board, and to train it."""
    load = f"openFPGALoader -b {board.loader} {result.bitstream}"
    if result.link != "uart":
        return [load]
    data = next((name for name in ("mnist", "digits") if config.name.startswith(name)), "FOLDER")
    baud = "" if result.baud == BAUD else f" --baud {result.baud}"
    return [load, f"erbium device train --port serial://{board.port} --data {data}{baud}"]
