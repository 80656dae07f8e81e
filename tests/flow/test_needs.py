"""The planner's needs: LUTs of small memories, blocks and large blocks, each of its own kind."""

from __future__ import annotations

import dataclasses

import pytest

from erbium.golden.presets import preset
from erbium.scripts.fpga.blocks import DISTRIBUTED, Use
from erbium.scripts.fpga.device import DEVICES, find_device
from erbium.scripts.fpga.memory import BLOCK, HUGE, PAIR, QUEUE, Memory, memories
from erbium.scripts.fpga.plan import Need, Plan, _needs, fits, plan

TINY, DIGITS = preset("tiny"), preset("digits")

#: Data sheets: LUTs whose place a cell of distributed RAM takes.
RAM_LUTS = {"TRELLIS_DPR16X4": 4, "RAM16SDP4": 8}


def use(cell: str, count: int, kind: str) -> Use:
    """Return what some memory became."""
    return Use(Memory("some", 16, 4, PAIR), cell, count, kind)


@pytest.mark.parametrize(
    ("device", "uses", "expected"),
    [
        (
            "ecp5-25",
            [use("TRELLIS_DPR16X4", 3, DISTRIBUTED), use("TRELLIS_DPR16X4", 2, DISTRIBUTED),
             use("DP16KD", 7, BLOCK)],
            {"RAM blocks": 7, "RAM LUTs": 4 * 5},
        ),
        ("ecp5-25", [use("DP16KD", 1, BLOCK)], {"RAM blocks": 1}),
        (
            "up5k",
            [use("SB_RAM40_4K", 6, BLOCK), use("SB_SPRAM256KA", 2, HUGE)],
            {"RAM blocks": 6, "large RAM blocks": 2},
        ),
        (
            "gw1n-9",
            [use("RAM16SDP4", 3, DISTRIBUTED), use("SDPB", 2, BLOCK), use("SPX9", 1, BLOCK)],
            {"RAM blocks": 3, "RAM LUTs": 24},
        ),
    ],
)  # fmt: skip
def test_each_kind_is_counted_for_itself(device: str, uses: list[Use], expected: dict) -> None:
    chip = find_device(device)
    found = {need.what: need.needed for need in _needs(tuple(uses), chip)}
    assert found == expected


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(
    "config", [TINY, DIGITS, DIGITS.replace(lanes=16)], ids=lambda one: f"{one.name}-{one.lanes}"
)
def test_needs_are_the_sum_of_the_memories(device: str, config) -> None:
    chip = DEVICES[device]
    found = plan(config, chip)
    needs = {need.what: need for need in found.needs}
    queues = [one for one in found.uses if one.memory.ports == QUEUE]
    assert {one.memory.name for one in found.uses} == {one.name for one in memories(config)}
    luts = sum(RAM_LUTS.get(one.cell, 0) * one.count for one in found.uses)
    # Queues are what the families with small memories make of LUTs.
    assert (luts > 0) == any(one.kind == DISTRIBUTED for one in queues)
    assert luts == (needs["RAM LUTs"].needed if "RAM LUTs" in needs else 0)
    blocks = sum(one.count for one in found.uses if one.kind == BLOCK)
    assert needs["RAM blocks"] == Need("RAM blocks", blocks, chip.block_rams)
    if "RAM LUTs" in needs:
        assert needs["RAM LUTs"].available == chip.luts


def test_as_much_as_there_is_fits_and_one_more_does_not() -> None:
    assert Need("RAM LUTs", 8, 8).met
    assert not Need("RAM LUTs", 9, 8).met
    config = DIGITS
    for device in DEVICES.values():
        enough = {need.what: need.needed for need in plan(config, device).needs}
        chip = dataclasses.replace(
            device, block_rams=enough["RAM blocks"], luts=enough.get("RAM LUTs", 0)
        )
        assert fits(config, chip)
        assert plan(config, chip).fits
        for name, what in (("block_rams", "RAM blocks"), ("luts", "RAM LUTs")):
            if what in enough:
                less = dataclasses.replace(chip, **{name: enough[what] - 1})
                assert not fits(config, less)
                found = plan(config, less)
                assert not found.fits
                assert [need.what for need in found.needs if not need.met] == [what]


def test_a_plan_tells_programs_all_of_it() -> None:
    found = plan(TINY, find_device("ecp5-25"))
    values = found.as_dict()
    assert [(n["what"], n["needed"], n["available"]) for n in values["needs"]] == [
        (need.what, need.needed, need.available) for need in found.needs
    ]
    assert [
        (m["name"], m["words"], m["bits"], m["cell"], m["cells"]) for m in values["memories"]
    ] == [(u.memory.name, u.memory.depth, u.memory.width, u.cell, u.count) for u in found.uses]
    one = dataclasses.replace(found, needs=(Need("a", 1, 2), Need("b", 3, 2)))
    assert (found.fits, one.fits) == (True, False)
    assert isinstance(one, Plan)


#: Device: LUTs, block RAMs and large block RAMs, from the vendors' tables.
CHIPS = {
    "up5k": (5280, 30, 4), "hx8k": (7680, 32, 0), "ecp5-25": (24288, 56, 0),
    "ecp5-85": (83640, 208, 0), "gw1n-9": (8640, 26, 0), "gw2a-18": (20736, 46, 0),
}  # fmt: skip


@pytest.mark.parametrize("device", CHIPS)
def test_chips_have_what_the_vendors_say(device: str) -> None:
    chip = DEVICES[device]
    assert (chip.luts, chip.block_rams, chip.large_rams) == CHIPS[device]
