"""RAM blocks: what the planner's rule says is what Yosys does, over many sizes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from amaranth import Module
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out

from erbium.hw.verilog.emission import emit
from erbium.scripts.fpga.blocks import LACKING, RULES, place
from erbium.scripts.fpga.memory import AUTO, BLOCK, HUGE, PAIR, QUEUE, ROM, SINGLE, Memory
from erbium.scripts.fpga.tools import FlowError

from .mapping import map_memories, zeros_removed

# Around the sizes of blocks, and of the cores' memories.
DEPTHS = (2, 5, 16, 17, 33, 64, 190, 256, 300, 512, 740, 1100, 2500)
WIDTHS = (1, 4, 9, 10, 16, 18, 19, 32, 37, 72, 144)
KINDS = ((PAIR, AUTO), (PAIR, BLOCK), (QUEUE, AUTO), (ROM, AUTO))


def some_memories(count: int) -> list[Memory]:
    """Return memories of all kinds; the name says which must be blocks."""
    draw = random.Random(4)
    found = []
    for number, (ports, style) in zip(range(count), itertools.cycle(KINDS)):
        depth, width = draw.choice(DEPTHS), draw.choice(WIDTHS)
        if ports == ROM:
            # Synthesis takes long for many words from the start.
            depth = min(depth, 300)
        found.append(Memory(f"{style}_{number}", depth, width, ports, style))
    return found


class Bare(wiring.Component):
    """Memories without anything around them, with the ports that a core's memories have."""

    def __init__(self, memories: list[Memory]) -> None:
        self._memories = memories
        super().__init__(dict(itertools.chain(*map(self._members, memories))))

    @staticmethod
    def _members(spec: Memory) -> Iterator[tuple[str, wiring.Member]]:
        address = range(max(2, spec.depth))
        read = {"from": In(address), "read": In(1), "data": Out(spec.width)}
        write = {"to": In(address), "write": In(1), "new": In(spec.width)}
        for name, member in (read if spec.ports == ROM else read | write).items():
            yield f"{spec.name}_{name}", member

    def elaborate(self, platform):
        m = Module()
        for spec in self._memories:
            draw = random.Random(spec.name)
            words = [draw.getrandbits(spec.width) for _ in range(spec.depth)]
            m.submodules[spec.name] = ram = memory.Memory(
                shape=spec.width,
                depth=spec.depth,
                init=words if spec.ports == ROM else [],
                attrs={"no_rw_check": 1} if spec.ports == PAIR else {},
            )
            self._connect(m, spec, ram)
        return m

    def _connect(self, m, spec, ram):
        port = ram.read_port()
        m.d.comb += [
            port.addr.eq(getattr(self, f"{spec.name}_from")),
            port.en.eq(getattr(self, f"{spec.name}_read")),
            getattr(self, f"{spec.name}_data").eq(port.data),
        ]
        if spec.ports != ROM:
            port = ram.write_port()
            m.d.comb += [
                port.addr.eq(getattr(self, f"{spec.name}_to")),
                port.en.eq(getattr(self, f"{spec.name}_write")),
                port.data.eq(getattr(self, f"{spec.name}_new")),
            ]


@pytest.mark.parametrize("synth", RULES)
def test_blocks_are_those_of_yosys(synth: str, tmp_path: Path) -> None:
    specs = some_memories(32)
    verilog = zeros_removed(emit(Bare(specs), "top", keep_roms=True))
    found = map_memories(verilog, "top", synth, tmp_path, blocks="block_*")
    for spec in specs:
        use = place(spec, synth)
        assert found[spec.name] == ({use.cell: use.count} if use.count else {}), spec


SINGLE_PORT = """\
module top(input clk, input [{bits}:0] a, input r, w, input [{top}:0] d, output reg [{top}:0] q);
  (* ram_style = "huge" *) reg [{top}:0] single [{last}:0];
  always @(posedge clk) if (w) single[a] <= d; else if (r) q <= single[a];
endmodule
"""


@pytest.mark.parametrize(("depth", "width"), [(19900, 32), (3000, 34), (16385, 16)])
def test_large_blocks_are_those_of_yosys(depth: int, width: int, tmp_path: Path) -> None:
    spec = Memory("single", depth, width, SINGLE, HUGE)
    verilog = SINGLE_PORT.format(bits=(depth - 1).bit_length() - 1, top=width - 1, last=depth - 1)
    found = map_memories(verilog, "top", "synth_ice40", tmp_path, options="-spram")
    use = place(spec, "synth_ice40")
    assert found["single"] == {use.cell: use.count} == {"SB_SPRAM256KA": use.count}


def test_unknown_family_is_refused() -> None:
    with pytest.raises(FlowError, match=r"nothing is known about the RAM blocks of synth_other"):
        place(Memory("any", 2, 2), "synth_other")


def test_what_a_family_lacks_does_not_fit() -> None:
    use = place(Memory("weights", 16384, 16, SINGLE, HUGE), "synth_ecp5")
    assert (use.cell, use.count, use.kind) == (LACKING, 1, HUGE)
