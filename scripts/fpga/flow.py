"""Synthesis, placement and routing of a core, and what they cost."""

from __future__ import annotations

import dataclasses
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from golden.config import Config
from hw.verilog import emit, module_name
from scripts.fpga.device import Device, find_device
from scripts.fpga.harness import Harness
from scripts.fpga.netlist import Netlist, read_memories
from scripts.fpga.report import CriticalPath, read_fmax, read_registers
from scripts.fpga.synthesis import synthesize_core
from scripts.fpga.tools import YOSYS, FlowError, find_tool, run, version


class DoesNotFit(FlowError):
    """The core needs more than the device has; the message says what."""


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
        4-input LUTs: logic, two per carry cell and four per distributed RAM cell (ECP5).
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
        Cells of small memories made of LUTs; each is 16 words of 4 bits.
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
    progress: Callable[[str], None] | None = None,
) -> FpgaResult:
    """Build the Verilog of ``emit_core(config)`` for a device.

    Parameters
    ----------
    config : Config
    device : str or Device
        Name of one of `DEVICES`.
    build_dir : path
        Folder for all files, made if necessary: ``core.v``, ``source.v`` (the same without
        weights that start at 0), ``core.json`` (netlist), ``top.json`` (netlist with harness),
        ``report_<seed>.json`` and logs.
    seeds : int or sequence of int
        Seeds of the placer; the design is placed and routed once with each.
    place : bool
        False stops after synthesis, with counts but no clock.
    progress : callable, optional
        Told in a few words what begins.

    Raises
    ------
    DeviceError
        If the device is not known.
    FlowError
        If a program is missing or fails, or if the core does not fit.
    """
    chip = device if isinstance(device, Device) else find_device(device)
    tell = progress or (lambda text: None)
    seeds = (seeds,) if isinstance(seeds, int) else tuple(seeds)
    find_tool(YOSYS)
    tools = [YOSYS]
    if place:
        find_tool(chip.family.placer, chip.family.package)
        tools.append(chip.family.placer)
    directory = Path(build_dir)
    directory.mkdir(parents=True, exist_ok=True)

    tell(f"synthesize {config.name} for {chip.name}")
    netlist = synthesize_core(config, chip.family, directory)
    memories = read_memories((directory / "synthesis.log").read_text(encoding="utf-8"))
    clocks: dict[int, tuple[float, CriticalPath]] = {}
    if place:
        _check_fit(config, chip, netlist)
        _add_harness(config, chip, directory, netlist)
        registers = read_registers(directory / "top.json")
        for seed in seeds:
            tell(f"place and route, seed {seed}")
            _place(chip, directory, seed)
            clocks[seed] = read_fmax(directory / f"report_{seed}.json", registers)
    versions = {tool: version(tool) for tool in tools}
    return _result(config, chip, netlist, memories, clocks, versions)


def _check_fit(config: Config, chip: Device, netlist: Netlist) -> None:
    family = chip.family
    needs = {
        "LUTs": (netlist.luts(family), chip.luts),
        # The first kind is the one that memories are mapped to.
        "block RAMs": (
            netlist.block_rams(family).get(next(iter(family.block_ram_bits)), 0),
            chip.block_rams,
        ),
    }
    for what, (needed, available) in needs.items():
        if needed > available:
            raise DoesNotFit(
                f"{config.name} with {config.lanes} lanes needs {needed} {what}, "
                f"but {chip.name} has {available}"
            )


def _add_harness(config: Config, chip: Device, directory: Path, netlist: Netlist) -> None:
    """Wrap the netlist of the core.

    Only the harness is synthesised: what is placed is cell for cell what was counted.
    """
    harness = emit(Harness(module_name(config), netlist.ports), "top")
    (directory / "harness.v").write_text(harness, encoding="utf-8")
    script = (
        # The core as a closed box, then without it and the cell library: core.json has both.
        "read_verilog -lib source.v",
        "read_verilog harness.v",
        f"{chip.family.synth} -top top",
        "delete =* =top %d",
        "read_json core.json",
        "hierarchy -top top",
        "flatten",
        "write_json top.json",
    )
    run(YOSYS, ["-p", "; ".join(script)], directory=directory, log="harness.log")


def _place(chip: Device, directory: Path, seed: int) -> None:
    report = f"report_{seed}.json"
    options = ("--json", "top.json", "--report", report, "--seed", str(seed))
    # A missed target is an answer, not an error.
    target = ("--freq", str(chip.target_mhz), "--timing-allow-fail")
    run(
        chip.family.placer,
        [*chip.place_options, *options, *target],
        directory=directory,
        log=f"place_{seed}.log",
    )


def _result(
    config: Config,
    chip: Device,
    netlist: Netlist,
    memories: dict[str, str],
    clocks: dict[int, tuple[float, CriticalPath]],
    versions: dict[str, str],
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
        distributed_ram=counts[family.distributed_ram] if family.distributed_ram else 0,
        dsps=sum(counts[kind] for kind in family.dsps),
        cells=dict(sorted(counts.items())),
        seeds=tuple(clocks),
        fmax_mhz=None if median is None else round(median, 2),
        fmax_range=(round(min(fmaxes), 2), round(max(fmaxes), 2)) if fmaxes else None,
        critical_path=typical[1],
        tools=versions,
    )
