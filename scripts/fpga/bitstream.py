"""From a board and a configuration to the file that the board is loaded with."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.link.uart import BAUD, divider
from erbium.hw.board.boards import Board
from erbium.hw.board.ratio import ClockError, Ratio
from erbium.hw.board.top import Top, link_of
from erbium.hw.verilog.emission import portable
from erbium.scripts.fpga.cells import Netlist, check_fit
from erbium.scripts.fpga.device import find_device
from erbium.scripts.fpga.place import find_placer, pack, place_design, report_name
from erbium.scripts.fpga.synthesis import read_source, synthesis
from erbium.scripts.fpga.timing import CriticalPath, read_fmax, read_registers
from erbium.scripts.fpga.tools import YOSYS, FlowError, find_tool, run, version


class TooSlow(FlowError):
    """The design does not reach its clock; the message says which it would reach."""


@dataclass(frozen=True)
class BitstreamResult:
    """A bitstream, and what is in it.

    Attributes
    ----------
    board, device, preset, lanes
        What was built.
    bitstream : str
        The file.
    size : int
        Its bytes.
    asked_mhz, clock_mhz : float
        Clock that was wanted, and the one that the board makes: the fastest not above it.
    fmax_mhz : float
        Highest clock at which the design works.
    luts, ffs : int
        4-input LUTs and flip-flops of the whole design; see `FpgaResult`.
    brams : dict of str to int
        Block RAMs by kind.
    dsps : int
        Multiplier blocks.
    critical_path : CriticalPath
        What limits the clock.
    tools : dict of str to str
        Versions of the programs.
    link : str
        What feeds the core: "uart" or "exerciser".
    baud : int or None
        Bits a second of a serial link, as they are asked for.
    """

    board: str
    device: str
    preset: str
    lanes: int
    bitstream: str
    size: int
    asked_mhz: float
    clock_mhz: float
    fmax_mhz: float
    luts: int
    ffs: int
    brams: dict[str, int]
    dsps: int
    critical_path: CriticalPath
    tools: dict[str, str]
    link: str = "exerciser"
    baud: int | None = None

    def as_dict(self) -> dict[str, object]:
        """Return every value, ready for JSON."""
        return dataclasses.asdict(self)


def build_bitstream(
    board: Board,
    config: Config,
    *,
    build_dir: Path | str,
    mhz: float | None = None,
    seed: int = 1,
    link: str = "exerciser",
    baud: int = BAUD,
    weights: Sequence[np.ndarray] | None = None,
    progress: Callable[[str], None] | None = None,
) -> BitstreamResult:
    """Build the top of a board around a core.

    Parameters
    ----------
    board : Board
    config : Config
    build_dir : path
        Folder for all files, made if necessary.
    mhz : float, optional
        Wanted clock; the board's own if left out.
    seed : int
        Seed of the placer.
    link : str
        What feeds the core: "uart" or "exerciser".
    baud : int
        Bits a second of a serial link.
    weights : list of int array [sources, targets], optional
        What the weight memory behind a serial link holds at power-up.
    progress : callable, optional
        Told in a few words what begins.

    Raises
    ------
    FlowError
        If a program is missing or fails, if the design does not fit, or if it is too slow.
    ClockError
        If the board cannot make such a clock, or no such baud rate from it.
    """
    clock = board.clock(mhz)
    if link == "uart":
        check_baud(clock, baud)
    chip, tell = find_device(board.device), progress or (lambda text: None)
    find_tool(YOSYS)
    find_placer(chip.family, bitstream=True)
    directory = Path(build_dir)
    directory.mkdir(parents=True, exist_ok=True)
    what = f"{config.name} with {config.lanes} lanes"

    tell(f"synthesize {config.name} for {board.name}")
    top = Top(board, config, clock=clock, link=link_of(link, baud=baud, weights=weights))
    netlist = synthesize_top(board, config, top, directory)
    check_fit(what, chip, netlist)
    made = float(clock.mhz)
    tell(f"place and route for {made:.4g} MHz")
    place_design(chip, directory, "top", seed=seed, mhz=made, has_pins=True, bitstream=True)
    registers = read_registers(directory / "top.json")
    fmax, path = read_fmax(directory / report_name("top", seed), registers)
    _check_clock(what, board, made, fmax)
    tell("pack")
    file = pack(chip, directory, "top", seed=seed)
    family, counts = chip.family, netlist.count()
    return BitstreamResult(
        board=board.name,
        device=chip.name,
        preset=config.name,
        lanes=config.lanes,
        bitstream=str(file),
        size=os.path.getsize(file),
        asked_mhz=board.mhz if mhz is None else mhz,
        clock_mhz=round(made, 3),
        fmax_mhz=round(fmax, 2),
        luts=netlist.luts(family),
        ffs=netlist.ffs(family),
        brams=netlist.block_rams(family),
        dsps=sum(counts[kind] for kind in family.dsps),
        critical_path=path,
        tools={tool: version(tool) for tool in (YOSYS, family.placer)},
        link=link,
        baud=baud if link == "uart" else None,
    )


def check_baud(clock: Ratio, baud: int) -> None:
    """Raise `ClockError` if a clock does not divide down to a baud rate."""
    try:
        divider(float(clock.mhz * 1_000_000), baud)
    except ValueError as error:
        raise ClockError(f"{error}, with --baud or --mhz") from error


def synthesize_top(board: Board, config: Config, top: Top, directory: Path) -> Netlist:
    """Map a board's top to cells.

    Parameters
    ----------
    board : Board
    config : Config
        Of the core in it.
    top : Top
    directory : Path
        Gets ``core.v``, ``top.json`` (netlist), the file of pins and ``synthesis.log``.

    Raises
    ------
    FlowError
        If Yosys is missing or fails.
    """
    family = find_device(board.device).family
    pins = f"top.{family.pins}"
    files = top_files(board, top)
    (directory / pins).write_text(files[pins], encoding="utf-8")
    script = (
        *read_source(files["core.v"], "top", directory),
        f"{synthesis(config, family)} -top top -json top.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="synthesis.log")
    return Netlist.read(directory / "top.json", "top")


def top_files(board: Board, top: Top) -> dict[str, str]:
    """Return the text of a board's top, ``core.v``, and of its file of pins, by name."""
    # The platform writes the design and the file of pins; the programs are called from here. As
    # Verilog the design keeps the marks of memories that are never read where they are written;
    # Amaranth's other format would cost a bypass for each.
    files = board.platform().prepare(top, "top", emit_src=False, debug_verilog=True).files
    pins = f"top.{find_device(board.device).family.pins}"
    return {pins: _text(files[pins]), "core.v": portable(_text(files["top.debug.v"]))}


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def _check_clock(what: str, board: Board, clock: float, fmax: float) -> None:
    if fmax < clock:
        raise TooSlow(
            f"{what} on {board.name} reaches {fmax:.2f} MHz, not {clock:.4g} MHz; "
            f"ask for less, such as --mhz {int(fmax)}, or for another --seed or fewer --lanes"
        )
