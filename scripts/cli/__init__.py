"""The `erbium` command: parses, calls one function of the project, and prints its result.

Each command imports what it needs when it is called, so that `erbium presets` needs no simulator.
"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console

from erbium.extras import DISTRIBUTION
from erbium.scripts.cli import (
    board,
    campaigns,
    checks,
    circuit,
    configurations,
    coverage,
    device,
    devices,
    export,
    fit,
    learning,
    registers,
    runs,
    verify,
    verilog,
)
from erbium.scripts.cli.options import OUTPUT
from erbium.scripts.common.shell import Commands
from erbium.scripts.verify.registry import CAMPAIGNS


@click.group("erbium", cls=Commands, no_args_is_help=False)
@click.version_option(package_name=DISTRIBUTION)
def main() -> None:
    """Generate, simulate, train and build neuromorphic cores that learn on chip.

    Where a command asks for a PRESET, it takes a file of a configuration, too: see "erbium new".
    """


@main.command()
@click.option("--json", "json_file", type=OUTPUT, default=Path("build", "demo", "result.json"),
              show_default=True, help="Where to write the figures")  # fmt: skip
def demo(json_file: Path) -> None:
    """Learn digits in the model and in its Verilog, compare, draw, place and route."""
    from erbium.scripts.demo import run

    run(Console(), json_file)


for command in (
    configurations.presets, configurations.new, verilog.verilog,
    learning.train, fit.fit, runs.diagnose, runs.view, learning.sweep, learning.results,
    device.device, export.export,
    devices.plan, devices.synth, devices.synth_all, board.bitstream, circuit.cosim, circuit.sim,
    circuit.gates, circuit.lint, circuit.waves, registers.registers, verify.verify_report,
):  # fmt: skip
    main.add_command(command)

_ran = {
    command.name: command
    for module in (campaigns, checks, coverage)
    for command in vars(module).values()
    if isinstance(command, click.Command)
}
for campaign in CAMPAIGNS.values():
    main.add_command(_ran[campaign.command.split()[0]])
