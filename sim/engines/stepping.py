"""Drive a simulator from a script, cycle by cycle, and compare every output that it states.

Icarus runs a test bench of its own, without Python: it reads the inputs from a file and writes
the outputs to another. Amaranth's simulator runs the circuit as it is before any Verilog.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Collection
from pathlib import Path

from amaranth import ResetInserter, Signal
from amaranth.sim import Simulator

from erbium.golden.config import Config
from erbium.golden.cycle.record import fields
from erbium.hw.core import Core
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.compare.comparer import Comparer, Mismatch
from erbium.sim.engines.toolchain import environment, find
from erbium.sim.host.ports import PortMap, Ports, signals, trace_path
from erbium.sim.host.script import Script

BENCH = """`timescale 1ns/1ps
module bench;
  reg clk = 0;
  reg [{bits}:0] inputs [0:{last}];
  reg [{bits}:0] now = 0;
  integer file, cycle;
{wires}
  {top} dut (.clk(clk){connections});
  initial begin
    $readmemh("inputs.hex", inputs);
    file = $fopen("outputs.hex", "w");
    for (cycle = 0; cycle <= {last}; cycle = cycle + 1) begin
      now = inputs[cycle];
      #5 $fdisplay(file, "{format}"{shown});
      clk = 1;
      #5 clk = 0;
    end
    $fclose(file);
    $finish;
  end
endmodule
"""


def compare(
    comparer: Comparer, script: Script, cycle: int, seen: Ports, hidden: Collection[str] = ()
) -> None:
    """Compare what a cycle shows with all that the script states, but for what is hidden.

    Raises
    ------
    Mismatch
        If an output differs, or has unknown bits.
    """
    expected = script.outputs[cycle]
    comparer.ports(cycle, seen, expected, [name for name in expected if name not in hidden])
    if comparer.first:
        raise Mismatch(comparer.mismatch)


def icarus(script: Script, hardware: Config, build_dir: Path) -> int:
    """Run the emitted Verilog of `hardware` on Icarus; compare ports and all units' traces.

    Returns
    -------
    int
        Cycles compared.

    Raises
    ------
    Mismatch
    """
    tool, config = find("icarus"), script.config
    ports = PortMap(hardware)
    shown = {name: f"{name}_seen" for name in ports.outputs}
    shown |= {path: f"dut.{path}" for path in map(trace_path, fields(config))}
    wires, connections, offset = [], [], 0
    for name, width in ports.inputs.items():
        connections.append(f", .{name}(now[{offset + width - 1}:{offset}])")
        offset += width
    for name, width in ports.outputs.items():
        wires.append(f"  wire [{width - 1}:0] {shown[name]};")
        connections.append(f", .{name}({shown[name]})")
    bench = BENCH.format(
        bits=offset - 1, last=len(script.inputs) - 1, top=module_name(hardware),
        wires="\n".join(wires), connections="".join(connections),
        format=" ".join(["%h"] * len(shown)), shown="".join(f", {name}" for name in shown.values()),
    )  # fmt: skip
    build_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build_dir, prefix="icarus-") as work:
        folder = Path(work)
        (folder / "core.v").write_text(emit_core(hardware))
        (folder / "bench.v").write_text(bench)
        (folder / "inputs.hex").write_text(
            "\n".join(f"{ports.inputs_word(values):x}" for values in script.inputs)
        )
        for command in (
            [str(tool.path), "-g2005", "-o", "bench", "-s", "bench", "core.v", "bench.v"],
            [str(tool.path.with_name("vvp")), "-n", "bench"],
        ):
            done = subprocess.run(
                command, cwd=work, env=environment("icarus"), text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            if done.returncode:
                raise Mismatch(f"{command[0]} failed: {done.stdout.strip()[-300:]}")
        lines = (folder / "outputs.hex").read_text().splitlines()
    if len(lines) != len(script.outputs):
        raise Mismatch(f"Icarus wrote {len(lines)} of {len(script.outputs)} cycles")
    comparer = Comparer("ports", found="icarus")
    for cycle, line in enumerate(lines):
        seen = dict(zip(shown, map(_number, line.split()), strict=True))
        compare(comparer, script, cycle, seen)
    comparer.check()
    return len(lines)


def _number(text: str) -> int | None:
    return None if set(text) & set("xXzZ") else int(text, 16)


def amaranth(script: Script, hardware: Config) -> int:
    """Run the circuit of `hardware` in Amaranth's own simulator; compare its ports.

    Returns
    -------
    int
        Cycles compared.

    Raises
    ------
    Mismatch
    """
    core, reset = Core(hardware), Signal()
    inputs, outputs = signals(core)
    inputs["rst"] = reset
    # Units are not ports; Icarus sees them.
    hidden = {trace_path(unit) for unit in fields(script.config)}
    finished, comparer = [], Comparer("ports", found="amaranth")

    async def bench(ctx) -> None:
        before: Ports = {}
        for cycle, ports in enumerate(script.inputs):
            for name, value in ports.items():
                if before.get(name) != value:
                    ctx.set(inputs[name], value)
            before = ports
            expected = script.outputs[cycle]
            seen = {name: ctx.get(port) for name, port in outputs.items() if name in expected}
            compare(comparer, script, cycle, seen, hidden)
            await ctx.tick()
        finished.append(True)

    simulator = Simulator(ResetInserter(reset)(core))
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    if not finished:
        raise Mismatch("Amaranth's simulator stopped before the script's end")
    comparer.check()
    return len(script.inputs)
