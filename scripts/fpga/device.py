"""Devices that a core can be built for."""

from __future__ import annotations

from dataclasses import dataclass, field

from erbium.scripts.fpga.family import ECP5, GW1N, GW2A, ICE40, Family


class DeviceError(ValueError):
    """A device or family that the flow does not know; the message lists the choices."""


#: Families whose netlists can be simulated: there is a model of each cell.
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
    large_rams : int
        Single-port RAM blocks of `Family.large_ram` on the chip.
    die : str
        What the programs that place and pack call the silicon, where the part does not say it.
    pins : dict of str to str
        A pin for each port of the harness, where the program that places chooses none itself.
    """

    name: str
    part: str
    family: Family
    place_options: tuple[str, ...]
    luts: int
    block_rams: int
    target_mhz: int
    large_rams: int = 0
    die: str = ""
    pins: dict[str, str] = field(default_factory=dict)


def _gowin(
    name: str, part: str, die: str, family: Family, luts: int, block_rams: int, mhz: int, pins: str
) -> Device:
    return Device(
        name,
        part,
        family,
        ("--device", part, "--vopt", f"family={die}"),
        luts,
        block_rams,
        target_mhz=mhz,
        die=die,
        pins=dict(zip(("clk", "rst", "i", "o"), pins.split(), strict=True)),
    )


_CABGA381 = ("--package", "CABGA381", "--speed", "6", "--lpf-allow-unconstrained")

DEVICES: dict[str, Device] = {
    device.name: device
    for device in (
        Device("ecp5-25", "LFE5U-25F-6BG381C", ECP5, ("--25k", *_CABGA381), 24288, 56, 200),
        Device("ecp5-85", "LFE5U-85F-6BG381C", ECP5, ("--85k", *_CABGA381), 83640, 208, 200),
        Device("up5k", "iCE40UP5K-SG48", ICE40, ("--up5k", "--package", "sg48"), 5280, 30, 48, 4),
        Device("hx8k", "iCE40HX8K-CT256", ICE40, ("--hx8k", "--package", "ct256"), 7680, 32, 120),
        _gowin("gw1n-9", "GW1NR-LV9QN88PC6/I5", "GW1N-9C", GW1N, 8640, 26, 150, "52 3 11 10"),
        _gowin(
            "gw2a-18", "GW2A-LV18PG256C8/I7", "GW2A-18C", GW2A, 20736, 46, 250, "H11 T10 N16 C13"
        ),
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
