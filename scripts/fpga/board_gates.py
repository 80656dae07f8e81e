"""A board's chip, to be simulated at the pins of its UART: all of it, as it is placed.

Only what stands between the chip and the board becomes wires: PLL and pins, see board_wires.v. So
the clock that is simulated is the one that the PLL makes. The text holds one module more, with the
ports that a core behind a UART has: clk, rst (which a board has not), rx and tx.
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
from erbium.scripts.fpga.gates import OWN_MODELS, cell_models, check_models, netlist_text
from erbium.scripts.fpga.tools import YOSYS, find_tool

#: The cells that become wires.
WIRES = "board_wires.v"

#: Ports of the pins; Amaranth and synthesis do not agree on their directions.
_PORT = re.compile(r"^  (?:input|output|inout) (\S+__io);$", re.MULTILINE)

#: A module of `WIRES`, and an instance in Verilog.
_MODULE = re.compile(r"^module (\w+)\(.*?^endmodule\n", re.MULTILINE | re.DOTALL)
_INSTANCE = re.compile(r"^  ([A-Za-z]\w*) (?:#\(|\S+ \($)", re.MULTILINE)

#: A module with ports clk, rst, rx and tx around a board's top.
AROUND = """
module {name}(input clk, input rst, input rx, output tx);
  top top(.{clock}(clk), .uart_0__rx__io(rx), .uart_0__tx__io(tx));
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
    wires = _wires()
    (build_dir / WIRES).write_text("".join(wires.values()), encoding="utf-8")
    inside = Netlist((), {name: kind for name, kind in netlist.cells.items() if kind not in wires})
    models = cell_models(family, inside.count())
    check_models(models, inside, f"{config.name} on {board.name}")
    text = netlist_text(build_dir, "top", "top", f"techmap -map {WIRES}")
    return models + _directed(text, board) + _around(board, name), netlist


def board_verilog(board: Board, top: Top, *, name: str) -> str:
    """Return what simulates a board's top before it is synthesised.

    Parameters
    ----------
    board, top, name
        As for `board_gates`.
    """
    text = top_files(board, top)["core.v"]
    wires = _wires()
    used = sorted(wires.keys() & set(_INSTANCE.findall(text)))
    return "\n".join([*(wires[kind] for kind in used), text, _around(board, name)])


def _wires() -> dict[str, str]:
    text = (OWN_MODELS / WIRES).read_text(encoding="utf-8")
    return {match[1]: match[0] for match in _MODULE.finditer(text)}


def _directed(text: str, board: Board) -> str:
    """Return a netlist whose pins have the directions in which they are used."""
    inputs = {_clock(board), "uart_0__rx__io"}
    return _PORT.sub(lambda m: f"  {'input' if m[1] in inputs else 'output'} {m[1]};", text)


def _clock(board: Board) -> str:
    return f"{board.platform().default_clk}_0__io"


def _around(board: Board, name: str) -> str:
    return AROUND.format(name=name, clock=_clock(board))
