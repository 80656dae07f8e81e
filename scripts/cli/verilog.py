"""The command that emits a core, for somebody's own design."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from erbium.golden.link.uart import BAUD, CLOCK_HZ, divider
from erbium.scripts.cli.options import (
    OUTPUT,
    Changes,
    chosen,
    powered_up,
    save,
    with_changes,
    with_json,
    with_lanes,
    with_preset_or_checkpoint,
    with_weights,
)
from erbium.scripts.common.files import write_text
from erbium.scripts.common.outputs import DASH


@click.command()
@with_preset_or_checkpoint
@with_weights
@with_lanes
@with_changes
@click.option("--out", type=OUTPUT, help="Verilog file  [default: build/verilog/MODULE.v]")
@click.option("--module", help="Name of the module  [default: erbium_PRESET_LANES_FINGERPRINT]")
@click.option("--rom", type=click.Choice(["case", "memory"]), default="case", show_default=True,
              help="Fixed feedback as a case statement, or a memory that an initial block fills, "
              "which some tools leave empty")  # fmt: skip
@click.option("--old-names", is_flag=True, help="Ports and module as they were named before, "
              "such as i_pixel__valid; no VHDL")  # fmt: skip
@click.option("--harness", is_flag=True, help="Also write MODULE_harness.v, a wrapper with few "
              "pins, to measure the core with a placer of your own")  # fmt: skip
@click.option("--link", type=click.Choice(["uart"]), help="A core behind this link, with the wires "
              "of the link as ports, instead of a core alone; see docs/link.md")  # fmt: skip
@click.option("--clock-mhz", type=click.FloatRange(min=0, min_open=True), help="Clock that the "
              f"link will have  [default: {CLOCK_HZ / 1e6:g}]")  # fmt: skip
@click.option("--baud", type=click.IntRange(min=1), help=f"Bits a second on the link  "
              f"[default: {BAUD}]")  # fmt: skip
@with_json
def verilog(
    name: str | None, start: Path | None, power_up: str | None, lanes: int | None,
    changes: Changes, out: Path | None, module: str | None, rom: str, old_names: bool,
    harness: bool, link: str | None, clock_mhz: float | None, baud: int | None,
    json_file: Path | None,
) -> None:  # fmt: skip
    """Write the Verilog of a preset, or of the machine of a training with what it has learned."""
    from erbium.golden.link.registers import linked
    from erbium.hw.verilog.emission import emit_core, module_name
    from erbium.hw.verilog.linked import emit_linked, linked_name
    from erbium.hw.verilog.names import old_module_name

    if harness and out == DASH:
        raise click.BadParameter(
            "--harness writes a second file beside the first; name a file", param_hint="--out"
        )
    _check_link(link, {"--old-names": old_names, "--harness": harness},
                {"--clock-mhz": clock_mhz, "--baud": baud})  # fmt: skip
    config, state = chosen(name, lanes, changes, start)
    held, weights = powered_up(power_up, config, state)
    options = {"keep_roms": rom == "memory", "weights": weights}
    if link:
        config = linked(config)
        clock_hz, baud = round((clock_mhz or CLOCK_HZ / 1e6) * 1e6), baud or BAUD
        module = module or linked_name(config)
        _check_rate(clock_hz, baud)
        emission = partial(emit_linked, clock_hz=clock_hz, baud=baud)
    else:
        module = module or (old_module_name if old_names else module_name)(config)
        emission = partial(emit_core, old_names=old_names)
    out = out or Path("build", "verilog", f"{module}.v")
    try:
        text = emission(config, name=module, **options)
    except ValueError as error:
        raise click.BadParameter(f"{error}", param_hint="--module") from error
    files = {out: (module, text)}
    if harness:
        from erbium.scripts.fpga.harness import write_harness

        top = f"{module}_harness"
        files[out.with_name(f"{out.stem}_harness.v")] = (
            top, write_harness(config, module, top, old_names=old_names)
        )  # fmt: skip
    for path, (written, content) in files.items():
        write_text(path, content)
        click.echo(f"{path}: module {written}, {content.count(chr(10)):,} lines")
    save(
        json_file,
        {"file": str(out), "module": module, "lines": text.count("\n")}
        | {"files": [str(path) for path in files]}
        | {"config": config.as_dict(), "config_sha256": config.sha256}
        | {"run": None if state is None else state.plan.run, "weights": held}
        | ({"link": link, "clock_hz": clock_hz, "baud": baud} if link else {"link": None}),
    )


def _check_link(
    link: str | None, only_core: dict[str, object], only_link: dict[str, object]
) -> None:
    """Refuse options that say nothing of what is written."""
    for option, value in (only_core if link else only_link).items():
        if value:
            remedy = "leave it out" if link else "add --link uart, or leave it out"
            what = "a core behind a link" if link else "a core alone"
            raise click.BadParameter(f"{what} has no use for it; {remedy}", param_hint=option)


def _check_rate(clock_hz: int, baud: int) -> None:
    """Refuse a rate that the clock cannot make."""
    try:
        divider(clock_hz, baud)
    except ValueError as error:
        raise click.BadParameter(f"{error}", param_hint="--baud") from error
