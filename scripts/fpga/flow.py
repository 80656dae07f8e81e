"""Synthesis, placement and routing of a core, and what they cost."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.hw.verilog.emission import emit
from erbium.scripts.fpga.cells import Netlist, check_fit, read_memories
from erbium.scripts.fpga.device import Device, find_device
from erbium.scripts.fpga.harness import Harness
from erbium.scripts.fpga.place import find_placer, pack, place_design, report_name
from erbium.scripts.fpga.synthesis import synthesize_core, top_name
from erbium.scripts.fpga.timing import CriticalPath, read_fmax, read_registers
from erbium.scripts.fpga.tools import YOSYS, find_tool, run, version


@dataclass(frozen=True)
class FpgaResult:
    """Cost and speed of a core on a device.

    All counts are those of the core alone, as synthesised: without the harness that place and
    route needs, and without what the placer adds to pass signals on.

    Attributes
    ----------
    preset, lanes, device
        What was built.
    luts : int
        4-input LUTs: logic, and those whose place carries and distributed RAM take.
    ffs : int
        Flip-flops.
    brams : dict of str to int
        Block RAMs by kind; empty if there is none.
    weight_brams : int
        Block RAMs among them that hold weights.
    weight_memory_in_block_ram : bool
        Every weight bit is in a block RAM, none in a flip-flop or in distributed RAM.
    memories : dict of str to str
        What Yosys mapped each memory to.
    distributed_ram : int
        Cells of small memories made of LUTs; each is 16 words of up to 4 bits.
    dsps : int
        Multiplier blocks.
    cells : dict of str to int
        Cells by type.
    seeds : tuple of int
        Seeds of the placer, one run each; empty if nothing was placed.
    fmax_mhz : float or None
        Median of the highest clock over the seeds.
    fmax_range : tuple of float or None
        Lowest and highest of them.
    critical_path : CriticalPath or None
        What limits the clock in the run that is nearest to the median.
    tools : dict of str to str
        Versions of the programs.
    bitstream : str or None
        File that the device can be loaded with, of the fastest run; None unless asked for.
    """

    preset: str
    lanes: int
    device: str
    luts: int
    ffs: int
    brams: dict[str, int]
    weight_brams: int
    weight_memory_in_block_ram: bool
    memories: dict[str, str]
    distributed_ram: int
    dsps: int
    cells: dict[str, int]
    seeds: tuple[int, ...]
    fmax_mhz: float | None
    fmax_range: tuple[float, float] | None
    critical_path: CriticalPath | None
    tools: dict[str, str]
    bitstream: str | None

    def as_dict(self) -> dict[str, object]:
        """Return every value, ready for JSON."""
        return dataclasses.asdict(self)


def synthesize(
    config: Config,
    device: str | Device,
    *,
    build_dir: Path | str,
    seeds: int | Sequence[int] = 1,
    place: bool = True,
    bitstream: bool = False,
    weights: Sequence[np.ndarray] | None = None,
    link: bool = False,
    progress: Callable[[str], None] | None = None,
) -> FpgaResult:
    """Build the Verilog of ``emit_core(config)`` for a device.

    Parameters
    ----------
    config : Config
    device : str or Device
        Name of one of `DEVICES`.
    build_dir : path
        Folder for all files, made if necessary: ``core.v``, ``core.json`` (netlist),
        ``top.json`` (netlist with harness), ``top_<seed>.report.json`` and logs.
    seeds : int or sequence of int
        Seeds of the placer; the design is placed and routed once with each.
    place : bool
        False stops after synthesis, with counts but no clock.
    bitstream : bool
        Also pack a bitstream, of the core in its harness.
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up.
    link : bool
        Build the core behind a UART, guard included, instead of the core alone.
    progress : callable, optional
        Told in a few words what begins.

    Raises
    ------
    DeviceError
        If the device is not known.
    PowerUpError
        If weights are given, and the weight memory holds nothing at power-up.
    FlowError
        If a program is missing or fails, or if the core does not fit.
    """
    chip = device if isinstance(device, Device) else find_device(device)
    tell = progress or (lambda text: None)
    seeds = (seeds,) if isinstance(seeds, int) else tuple(seeds)
    find_tool(YOSYS)
    tools = [YOSYS]
    if place:
        find_placer(chip.family, bitstream=bitstream)
        tools.append(chip.family.placer)
    directory = Path(build_dir)
    directory.mkdir(parents=True, exist_ok=True)

    tell(f"synthesize {config.name} for {chip.name}")
    netlist = synthesize_core(config, chip.family, directory, weights, link=link)
    memories = read_memories((directory / "synthesis.log").read_text(encoding="utf-8"))
    clocks: dict[int, tuple[float, CriticalPath]] = {}
    if place:
        check_fit(f"{config.name} with {config.lanes} lanes", chip, netlist)
        _add_harness(top_name(config, link=link), chip, directory, netlist)
        registers = read_registers(directory / "top.json")
        for seed in seeds:
            tell(f"place and route, seed {seed}")
            _place(chip, directory, seed, bitstream=bitstream)
            clocks[seed] = read_fmax(directory / report_name("top", seed), registers)
    file = None
    if bitstream and clocks:
        fastest = max(clocks, key=lambda seed: clocks[seed][0])
        file = pack(chip, directory, "top", seed=fastest)
    versions = {tool: version(tool) for tool in tools}
    return _result(config, chip, netlist, memories, clocks, versions, file)


def _add_harness(module: str, chip: Device, directory: Path, netlist: Netlist) -> None:
    """Wrap the netlist of the core.

    Only the harness is synthesised: what is placed is cell for cell what was counted.
    """
    harness = emit(Harness(module, netlist.ports), "top")
    (directory / "harness.v").write_text(harness, encoding="utf-8")
    script = (
        # The core as a closed box, then without it and the cell library: core.json has both.
        "read_verilog -lib core.v",
        "read_verilog harness.v",
        f"{chip.family.synth} -top top",
        "delete =* =top %d",
        "read_json core.json",
        "hierarchy -top top",
        "flatten",
        "write_json top.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="harness.log")


def _place(chip: Device, directory: Path, seed: int, *, bitstream: bool) -> None:
    if chip.pins:
        lines = [f'IO_LOC "{port}" {pin};\n' for port, pin in chip.pins.items()]
        (directory / f"top.{chip.family.pins}").write_text("".join(lines), encoding="utf-8")
    place_design(
        chip,
        directory,
        "top",
        seed=seed,
        mhz=chip.target_mhz,
        has_pins=bool(chip.pins),
        bitstream=bitstream,
    )


def _result(
    config: Config,
    chip: Device,
    netlist: Netlist,
    memories: dict[str, str],
    clocks: dict[int, tuple[float, CriticalPath]],
    versions: dict[str, str],
    bitstream: Path | None,
) -> FpgaResult:
    family, counts = chip.family, netlist.count()
    weight_brams = netlist.weight_block_rams(config, family, memories)
    fmaxes = [fmax for fmax, _ in clocks.values()]
    median = statistics.median(fmaxes) if fmaxes else None
    typical = min(clocks.values(), key=lambda c: abs(c[0] - median)) if clocks else (None, None)
    return FpgaResult(
        preset=config.name,
        lanes=config.lanes,
        device=chip.name,
        luts=netlist.luts(family),
        ffs=netlist.ffs(family),
        brams=netlist.block_rams(family),
        weight_brams=weight_brams,
        weight_memory_in_block_ram=weight_brams > 0,
        memories=memories,
        distributed_ram=sum(counts[kind] for kind in family.distributed_rams),
        dsps=sum(counts[kind] for kind in family.dsps),
        cells=dict(sorted(counts.items())),
        seeds=tuple(clocks),
        fmax_mhz=None if median is None else round(median, 2),
        fmax_range=(round(min(fmaxes), 2), round(max(fmaxes), 2)) if fmaxes else None,
        critical_path=typical[1],
        tools=versions,
        bitstream=None if bitstream is None else str(bitstream),
    )
