"""RAM blocks: where one more bit makes another choice the cheaper one, it is that of Yosys, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.hw.verilog.emission import emit
from erbium.scripts.fpga.blocks import LOGIC, Use, place
from erbium.scripts.fpga.memory import AUTO, PAIR, QUEUE, ROM, Memory
from tests.slow import slow_but

from .mapping import map_memories, zeros_removed
from .test_blocks import Bare

#: What Yosys made of memories: depth and width, around those at which flip-flops or logic give way
#: to RAM, and small RAM to blocks; and of some that take many blocks.
RECORD = {
    ("synth_ice40", PAIR): {
        (33, 2): (0, LOGIC), (67, 1): (1, "SB_RAM40_4K"), (190, 72): (5, "SB_RAM40_4K"),
        (300, 37): (5, "SB_RAM40_4K"), (512, 36): (5, "SB_RAM40_4K"),
        (513, 16): (3, "SB_RAM40_4K"), (740, 18): (4, "SB_RAM40_4K"),
        (1100, 9): (3, "SB_RAM40_4K"), (4097, 4): (5, "SB_RAM40_4K"),
        (2500, 144): (90, "SB_RAM40_4K"),
    },
    ("synth_ice40", QUEUE): {(39, 2): (0, LOGIC), (79, 1): (1, "SB_RAM40_4K")},
    ("synth_ice40", ROM): {
        (264, 4): (0, LOGIC), (268, 4): (1, "SB_RAM40_4K"), (300, 37): (5, "SB_RAM40_4K"),
    },
    ("synth_ecp5", PAIR): {
        (3, 2): (0, LOGIC), (6, 1): (0, LOGIC), (7, 1): (1, "TRELLIS_DPR16X4"),
        (17, 4): (2, "TRELLIS_DPR16X4"), (33, 9): (9, "TRELLIS_DPR16X4"),
        (190, 72): (2, "DP16KD"), (300, 37): (2, "DP16KD"), (512, 36): (1, "DP16KD"),
        (513, 16): (1, "DP16KD"), (740, 18): (1, "DP16KD"), (1100, 9): (1, "DP16KD"),
        (4097, 4): (2, "DP16KD"), (2500, 144): (20, "DP16KD"),
    },
    ("synth_ecp5", QUEUE): {
        (6, 1): (0, LOGIC), (7, 1): (1, "TRELLIS_DPR16X4"), (64, 32): (1, "DP16KD"),
    },
    ("synth_ecp5", ROM): {
        (260, 8): (0, LOGIC), (265, 8): (1, "DP16KD"), (300, 37): (2, "DP16KD"),
    },
    ("synth_gowin", PAIR): {
        (2, 2): (0, LOGIC), (3, 1): (0, LOGIC), (4, 1): (1, "RAM16SDP4"),
        (17, 1): (2, "RAM16SDP4"), (33, 9): (9, "RAM16SDP4"), (190, 72): (2, "SDPX9B"),
        (300, 37): (2, "SDPX9B"), (512, 36): (1, "SDPX9B"), (513, 16): (1, "DPX9B"),
        (740, 18): (1, "DPX9B"), (1100, 9): (1, "DPX9B"), (4097, 4): (2, "DPB"),
        (2500, 144): (20, "SDPX9B"),
    },
    ("synth_gowin", QUEUE): {
        (3, 1): (0, LOGIC), (4, 1): (1, "RAM16SDP4"), (64, 32): (1, "SDPX9B"),
    },
    ("synth_gowin", ROM): {(260, 8): (0, LOGIC), (265, 8): (1, "SPX9"), (300, 37): (2, "SPX9")},
}  # fmt: skip


@pytest.mark.parametrize(("synth", "ports"), RECORD, ids=lambda one: one)
def test_choices_are_those_on_record(synth: str, ports: str) -> None:
    record = RECORD[synth, ports]
    found = {size: place(Memory("any", *size, ports, AUTO), synth) for size in record}
    assert {size: (use.count, use.cell) for size, use in found.items()} == record
    # One kind is chosen here, and another there.
    assert len({use.kind for use in found.values()}) > 1


@pytest.mark.parametrize("synth", slow_but({"synth_ice40"}, sorted({synth for synth, _ in RECORD})))
def test_the_record_is_of_yosys(synth: str, tmp_path: Path) -> None:
    specs = {
        (ports, size): Memory(f"{ports}_{size[0]}_{size[1]}", *size, ports, AUTO)
        for (command, ports), record in RECORD.items()
        if command == synth
        for size in record
    }
    verilog = zeros_removed(emit(Bare(list(specs.values())), "top", keep_roms=True))
    found = map_memories(verilog, "top", synth, tmp_path, blocks="none_*")
    for (ports, size), spec in specs.items():
        count, cell = RECORD[synth, ports][size]
        assert found.get(spec.name, {}) == ({cell: count} if count else {}), spec


def test_a_use_tells_its_memory() -> None:
    memory = Memory("weights", 740, 18)
    assert place(memory, "synth_ecp5") == Use(memory, "DP16KD", 1, "block")
    # Options choose a device of the family, whose blocks are the same.
    other = Memory("words", 740, 18)
    assert place(other, "synth_gowin -family gw2a") == Use(other, "DPX9B", 1, "block")
