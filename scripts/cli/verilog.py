"""The command that emits a core, for somebody's own design."""

from __future__ import annotations

from pathlib import Path

import click

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
@with_json
def verilog(
    name: str | None, start: Path | None, power_up: str | None, lanes: int | None,
    changes: Changes, out: Path | None, module: str | None, rom: str, old_names: bool,
    harness: bool, json_file: Path | None,
) -> None:  # fmt: skip
    """Write the Verilog of a preset, or of the machine of a training with what it has learned."""
    from erbium.hw.verilog.emission import emit_core, module_name
    from erbium.hw.verilog.names import old_module_name

    if harness and out == DASH:
        raise click.BadParameter(
            "--harness writes a second file beside the first; name a file", param_hint="--out"
        )
    config, state = chosen(name, lanes, changes, start)
    held, weights = powered_up(power_up, config, state)
    module = module or (old_module_name if old_names else module_name)(config)
    out = out or Path("build", "verilog", f"{module}.v")
    try:
        text = emit_core(
            config, name=module, old_names=old_names, keep_roms=rom == "memory", weights=weights
        )
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
        | {"run": None if state is None else state.plan.run, "weights": held},
    )
