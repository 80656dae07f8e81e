"""The model of ECP5's block RAM against plain memories: every width, and many collisions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from erbium.scripts.fpga.device import ECP5
from erbium.scripts.fpga.gates import cell_models
from erbium.scripts.fpga.tools import YOSYS, run
from erbium.sim.engines.toolchain import environment

#: Bits of an address and of a word: each shape fills one block RAM.
SHAPES = ((14, 1), (13, 2), (12, 4), (11, 9), (10, 18), (9, 36))

# Contents from the start only where there are few words, because Yosys takes long for many.
MEMORIES = """
module ram #(parameter A = 9, W = 36) (
  input clk, write, read, input [A-1:0] to, from, input [W-1:0] d, output reg [W-1:0] q
);
  (* ram_style = "block" *) reg [W-1:0] memory [0:(1<<A)-1];
  integer i;
  initial if (A < 12) for (i = 0; i < 1 << A; i = i + 1) memory[i] = i * 32'd40503 ^ i << 17;
  always @(posedge clk) begin
    if (write) memory[to] <= d;
    if (read) q <= memory[from];
  end
endmodule
module MODULE(input clk, write, read, input [13:0] to, from, input [35:0] d, output [69:0] q);
INSTANCES
endmodule
"""

BENCH = """
module bench;
  reg clk = 0, write, read;
  reg [13:0] to, from;
  reg [35:0] d;
  wire [69:0] plain, cells;
  plain p(.clk(clk), .write(write), .read(read), .to(to), .from(from), .d(d), .q(plain));
  cells c(.clk(clk), .write(write), .read(read), .to(to), .from(from), .d(d), .q(cells));
  integer cycle, i, known = 0, wrong = 0;
  initial begin
    for (cycle = 0; cycle < 5000; cycle = cycle + 1) begin
      write = $random; read = $random; d = {$random, $random};
      // 64 places that differ in all bits of the address, so that they are met again.
      to = ($random & 63) * 32'd2654435761 >> 18;
      from = ($random & 63) * 32'd2654435761 >> 18;
      if ($random & 1) from = to;
      #1 clk = 1;
      #1 clk = 0;
      for (i = 0; i < 70; i = i + 1)
        if (plain[i] !== 1'bx) begin
          known = known + 1;
          wrong = wrong + (cells[i] !== plain[i]);
        end
    end
    $display("%0d %0d", known, wrong);
  end
endmodule
"""


def memories(module: str) -> str:
    """Return a module with one memory of each shape."""
    lines, low = [], 0
    for address, width in SHAPES:
        # The upper bits of the address differ most.
        ports = f".to(to[13:{14 - address}]), .from(from[13:{14 - address}]), .d(d[{width - 1}:0])"
        lines.append(
            f"ram #({address}, {width}) ram_{width}(.clk(clk), .write(write), .read(read), "
            f"{ports}, .q(q[{low + width - 1}:{low}]));"
        )
        low += width
    return MEMORIES.replace("MODULE", module).replace("INSTANCES", "\n".join(lines))


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The memories, made of block RAM."""
    folder = tmp_path_factory.mktemp("cells")
    (folder / "memories.v").write_text(memories("cells"))
    script = "read_verilog memories.v; synth_ecp5 -top cells; write_verilog -noattr cells.v"
    run(YOSYS, ["-p", script], directory=folder, log="yosys.log")
    return (folder / "cells.v").read_text()


def simulate(folder: Path, cells: str) -> tuple[int, int]:
    """Return the bits compared, and how many of them differ."""
    text = "\n".join((cell_models(ECP5, {"DP16KD"}), memories("plain"), cells, BENCH))
    (folder / "bench.v").write_text(text)
    for command in (
        ("iverilog", "-g2005", "-s", "bench", "-o", "bench", "bench.v"),
        ("vvp", "bench"),
    ):
        output = subprocess.run(
            command,
            cwd=folder,
            env=environment("icarus"),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    known, wrong = output.split()[-2:]
    return int(known), int(wrong)


def test_block_ram_of_every_width_equals_a_memory(cells: str, tmp_path: Path) -> None:
    assert cells.count("  DP16KD #(") == len(SHAPES)
    for _, width in SHAPES:
        assert f".DATA_WIDTH_B(32'd{width})" in cells
    known, wrong = simulate(tmp_path, cells)
    assert known > 200_000
    assert wrong == 0


def test_loose_address_is_found(cells: str, tmp_path: Path) -> None:
    faulty = re.sub(r"\.ADB9\([^)]*\)", ".ADB9(1'h0)", cells, count=1)
    assert faulty != cells
    assert simulate(tmp_path, faulty)[1] > 0
