"""How many RAM blocks a memory takes: the rule by which Yosys' ``memory_libmap`` chooses.

Every way to build a memory has a cost: that of its blocks, of the multiplexers and decoders
where it is deeper than a block, and of logic that makes up for what a block lacks. The cheapest
is taken; flip-flops cost 1 a bit, and a ROM in logic 1/16. `RULES` describes the blocks of each
family as Yosys does.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from erbium.scripts.fpga.memory import AUTO, BLOCK, HUGE, PAIR, QUEUE, ROM, SINGLE, Memory
from erbium.scripts.fpga.tools import FlowError

#: Kind of a memory made of flip-flops, or (a ROM) of LUTs.
LOGIC = "logic"

#: What a memory becomes that the family has no RAM for: one block, of which there are none.
LACKING = "none"

#: Kind of a small memory made of LUTs that keep bits.
DISTRIBUTED = "distributed"

# Cost of a bit in logic.
_WRITTEN_BIT, _ROM_BIT = 1.0, 1 / 16

# Cost of an input of a multiplexer or an output of a decoder, and of each point of `_emulation`.
_MUX, _EMULATION = 0.5, 2


@dataclass(frozen=True)
class Rule:
    """A kind of RAM, used in one way.

    Attributes
    ----------
    cells : tuple of str
        Name of the cell; where two are given, the second has 9 bits in place of 8.
    kind : str
        BLOCK, HUGE or DISTRIBUTED.
    address_bits : int
        Bits of an address at the smallest width.
    widths : tuple of int
        Possible widths of a port, each with one address bit less than the one before.
    cost : int
        Cost of a block.
    ports : tuple of str
        Ports of memories that it can hold.
    byte : int
        Bits that are written together; 0 is all of a word.
    write_widths : tuple of int
        Widths of the port that writes, if they are fewer.
    scaled : bool
        The cost is that of the bits in use.
    """

    cells: tuple[str, ...]
    kind: str
    address_bits: int
    widths: tuple[int, ...]
    cost: int
    ports: tuple[str, ...]
    byte: int = 0
    write_widths: tuple[int, ...] = ()
    scaled: bool = False


_BOTH = (PAIR, QUEUE)
_EBR = (1, 2, 4, 9, 18, 36)

#: Rules of each family, by its synthesis command, in the order in which Yosys tries them.
RULES: dict[str, tuple[Rule, ...]] = {
    "synth_ice40": (
        Rule(("SB_RAM40_4K",), BLOCK, 11, (2, 4, 8, 16), 64, (*_BOTH, ROM), write_widths=(2, 4, 8)),
        Rule(("SB_RAM40_4K",), BLOCK, 11, (2, 4, 8, 16), 64, (*_BOTH, ROM), 1, (16,)),
        Rule(("SB_SPRAM256KA",), HUGE, 14, (16,), 2048, (SINGLE,), 4),
    ),
    "synth_ecp5": (
        Rule(("TRELLIS_DPR16X4",), DISTRIBUTED, 4, (4,), 4, _BOTH),
        Rule(("DP16KD",), BLOCK, 14, _EBR[:-1], 128, (*_BOTH, ROM), 9),
        Rule(("DP16KD",), BLOCK, 14, _EBR, 128, (*_BOTH, ROM), 9, (36,)),
    ),
    "synth_gowin": (
        Rule(("RAM16SDP4",), DISTRIBUTED, 4, (4,), 4, _BOTH, scaled=True),
        Rule(("SP", "SPX9"), BLOCK, 14, _EBR, 128, (ROM,), 9),
        Rule(("DPB", "DPX9B"), BLOCK, 14, _EBR[:-1], 128, _BOTH, 9),
        Rule(("SDPB", "SDPX9B"), BLOCK, 14, _EBR, 128, _BOTH, 9),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Use:
    """What a memory is made of: `count` cells called `cell`; or LOGIC and 0, or LACKING and 1."""

    memory: Memory
    cell: str
    count: int
    kind: str


def place(memory: Memory, synth: str) -> Use:
    """Return what a memory becomes with a synthesis command, such as "synth_ecp5".

    Raises
    ------
    FlowError
        If the command's blocks are not described.
    """
    # Options choose a device of the family, whose blocks are the same.
    synth = synth.partition(" ")[0]
    if synth not in RULES:
        raise FlowError(f"nothing is known about the RAM blocks of {synth}; add them to RULES")
    # Lanes have memories that differ in nothing but their names.
    found = _choose(dataclasses.replace(memory, name=""), synth)
    if found is None:
        return Use(memory, LACKING, 1, memory.style)
    return dataclasses.replace(found, memory=memory)


@cache
def _choose(memory: Memory, synth: str) -> Use | None:
    """Return the cheapest way to build a memory, or None if there is none."""
    bit = _ROM_BIT if memory.ports == ROM else _WRITTEN_BIT
    best = Use(memory, LOGIC, 0, LOGIC) if memory.style == AUTO else None
    least = int(memory.bits * bit)
    for cost, use in _cheapest_of_each_kind(memory, RULES[synth]):
        # Yosys keeps whole costs of what it has found, and compares exact ones with them.
        if best is None or cost < least:
            best, least = use, int(cost)
    return best


def total(uses: Iterable[Use]) -> dict[str, int]:
    """Return the cells of all memories, by name."""
    found: Counter[str] = Counter()
    for use in uses:
        found[use.cell] += use.count
    return {cell: count for cell, count in found.items() if count}


def _cheapest_of_each_kind(memory: Memory, rules: tuple[Rule, ...]) -> Iterable[tuple[float, Use]]:
    found: dict[str, tuple[float, Use]] = {}
    for rule in rules:
        # The largest blocks are used on demand only.
        allowed = memory.style == rule.kind or (memory.style == AUTO and rule.kind != HUGE)
        if not allowed or memory.ports not in rule.ports:
            continue
        fitted = _fit(memory, rule)
        if rule.kind not in found or fitted[0] < found[rule.kind][0]:
            found[rule.kind] = fitted
    return found.values()


def _fit(memory: Memory, rule: Rule) -> tuple[float, Use]:
    """Return cost and blocks at the width at which a rule is cheapest."""
    best: tuple[float, Use] | None = None
    least = 0
    read_only = memory.ports == ROM
    writable = rule.write_widths if rule.write_widths and not read_only else rule.widths
    for index, width in enumerate(rule.widths):
        # A narrow word in a wide one is written by itself, but no part of a byte is.
        if not read_only and width < min(writable) and width < rule.byte:
            continue
        unit = min(width, max(writable))
        if unit != width and best is not None:
            break
        byte = 1 if read_only else min(rule.byte or unit, unit)
        rows = -(-memory.depth >> rule.address_bits - index)
        count = -(-rows * byte * -(-memory.width // byte) // unit)
        cost = _cost(memory, rule, rows, count, unit)
        if best is None or cost < least:
            cell = rule.cells[-1 if unit >= 9 else 0]
            best, least = (cost, Use(memory, cell, count, rule.kind)), int(cost)
    assert best is not None, "each rule has a width that is as wide as its byte"
    return best


def _cost(memory: Memory, rule: Rule, rows: int, count: int, unit: int) -> float:
    blocks = rule.cost * (rows * memory.width / unit if rule.scaled else count)
    decoder = rows if rows > 1 and memory.ports != ROM else 0
    multiplexer = (rows - 1) * memory.width
    return blocks + _MUX * (decoder + multiplexer) + _EMULATION * _emulation(memory, rule)


def _emulation(memory: Memory, rule: Rule) -> int:
    """Score what is added to a block: a point for the port that reads, more for old words."""
    if memory.ports == SINGLE:
        return 0
    # LUTs are read at once, before the word is written; blocks read an old word only with help.
    return 7 if memory.ports == QUEUE and rule.kind == BLOCK else 1
