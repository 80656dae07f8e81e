"""A board's chip, to be simulated at the pins of its UART: all of it, as it is placed.

The PLL is replaced by a wire, so the clock that is simulated is the one that it makes. The text
holds one module more, with the ports that a core behind a UART has: clk, rst (which a board has
not), rx and tx.
"""

from __future__ import annotations

import re
from pathlib import Path

from erbium.golden.config import Config
from erbium.hw.board.boards import Board
from erbium.hw.board.top import Top
from erbium.scripts.fpga.bitstream import synthesize_top, top_files
from erbium.scripts.fpga.cells import Netlist
from erbium.scripts.fpga.device import find_device
from erbium.scripts.fpga.gates import cell_models, check_models, netlist_text
from erbium.scripts.fpga.tools import YOSYS, find_tool

#: An instance of a cell in Verilog: not of one of the design's modules, whose names have dots.
_INSTANCE = re.compile(r"^  ([A-Za-z]\w*) (?:#\(|\w+ \()", re.MULTILINE)

#: A pin that is only read; a cell of the ECP5 drives it all the same, with nothing.
_PIN = re.compile(r"^  input (\S+__io);$", re.MULTILINE)

#: A module with ports clk, rst, rx and tx around a board's top.
AROUND = """
module {name}(input clk, input rst, input rx, output tx);
  wire clk_pin, rx_pin, tx_pin;
  assign clk_pin = clk;
  assign rx_pin = rx;
  assign tx = tx_pin;
  top top(.{clock}(clk_pin), .uart_0__rx__io(rx_pin), .uart_0__tx__io(tx_pin));
endmodule
"""


def board_gates(
    board: Board, config: Config, top: Top, build_dir: Path, *, name: str
) -> tuple[str, Netlist]:
    """Synthesise a board's top; return what simulates its netlist, and the cells in it.

    Parameters
    ----------
    board : Board
    config : Config
        Of the core in it.
    top : Top
        With a serial link.
    build_dir : Path
        Folder for the files of `synthesize_top`; made if necessary.
    name : str
        Of the module with ports clk, rst, rx and tx.

    Raises
    ------
    FlowError
        If Yosys is missing or fails, or if there is no model of a cell.
    """
    find_tool(YOSYS)
    build_dir.mkdir(parents=True, exist_ok=True)
    family = find_device(board.device).family
    netlist = synthesize_top(board, config, top, build_dir)
    models = cell_models(family, netlist.count())
    check_models(models, netlist, f"{config.name} on {board.name}")
    text = netlist_text(build_dir, "top", "top")
    return _two_states(models) + _PIN.sub(r"  inout \1;", text) + _around(board, name), netlist


def board_verilog(board: Board, top: Top, *, name: str) -> str:
    """Return what simulates a board's top before it is synthesised: the Verilog, and the models of
    the cells that are instantiated in it.

    Parameters
    ----------
    board, top, name
        As for `board_gates`.
    """
    text = top_files(board, top)["core.v"]
    cells = set(_INSTANCE.findall(text)) - set(re.findall(r"^module (\w+)", text, re.MULTILINE))
    netlist = Netlist((), {kind: kind for kind in cells})
    models = cell_models(find_device(board.device).family, cells)
    check_models(models, netlist, board.name)
    parts = [
        re.search(rf"^module {kind}\b.*?^endmodule$", models, re.MULTILINE | re.DOTALL)[0]
        for kind in sorted(cells)
    ]
    return "\n".join([*parts, text, _around(board, name)])


def _two_states(models: str) -> str:
    """Return models of pins for simulators that know 0 and 1 only, where nothing is found out to be
    unconnected: what Amaranth's buffers leave out is 0 there, and does not matter.
    """
    models = models.replace("CLOCK_ENABLE || CLOCK_ENABLE === 1'bz", "CLOCK_ENABLE")
    return models.replace("if (T === 1'bz) T_pd = 1'b0; else T_pd = T;", "T_pd = T;")


def _around(board: Board, name: str) -> str:
    clock = f"{board.platform().default_clk}_0__io"
    return AROUND.format(name=name, clock=clock)
