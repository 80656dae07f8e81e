"""Placing and routing a synthesised design, and packing it into a bitstream."""

from __future__ import annotations

from pathlib import Path

from erbium.scripts.fpga.device import Device
from erbium.scripts.fpga.family import Family
from erbium.scripts.fpga.tools import find_tool, run


def find_placer(family: Family, *, bitstream: bool) -> None:
    """Check that all programs after synthesis are there, before any time is spent.

    Raises
    ------
    MissingTool
        If one is not.
    """
    find_tool(family.placer)
    if bitstream:
        find_tool(family.packer.tool)


def report_name(design: str, seed: int) -> str:
    """Return the name of the report that `place_design` leaves."""
    return f"{design}_{seed}.report.json"


def place_design(
    chip: Device,
    directory: Path,
    design: str,
    *,
    seed: int,
    mhz: float,
    has_pins: bool,
    bitstream: bool,
) -> None:
    """Place and route ``DESIGN.json`` of `directory`; write a report there.

    Parameters
    ----------
    chip : Device
    directory : Path
    design : str
        What the names of all files begin with.
    seed : int
        Seed of the placer.
    mhz : float
        Frequency to aim at. A missed target is an answer, not an error.
    has_pins : bool
        A file beside the design says which port is at which pin.
    bitstream : bool
        Also write what `pack` needs.
    """
    family = chip.family
    options = ["--json", f"{design}.json", "--report", report_name(design, seed)]
    options += ["--seed", str(seed), "--freq", f"{mhz:.6g}", "--timing-allow-fail"]
    if has_pins:
        options += [option.format(pins=f"{design}.{family.pins}") for option in family.pins_option]
    if bitstream:
        options += [family.packer.place_option, _placed(family, design, seed)]
    run(
        family.placer,
        [*chip.place_options, *options],
        directory=directory,
        log=f"{design}_{seed}.place.log",
    )


def pack(chip: Device, directory: Path, design: str, *, seed: int) -> Path:
    """Pack what `place_design` wrote with this seed; return the file, such as ``DESIGN.bin``."""
    packer = chip.family.packer
    bitstream = f"{design}.{packer.bitstream}"
    names = {"placed": _placed(chip.family, design, seed), "bitstream": bitstream, "die": chip.die}
    arguments = [argument.format(**names) for argument in packer.arguments]
    run(packer.tool, arguments, directory=directory, log=f"{design}.pack.log")
    return directory / bitstream


def _placed(family: Family, design: str, seed: int) -> str:
    return f"{design}_{seed}.{family.packer.placed}"
