"""Memories of emitted Verilog, without what some tools leave out: ``initial`` blocks.

A memory that can be written starts unknown, as one of a chip does. One that cannot becomes a
``case`` in the process that reads it: that is a circuit, and what synthesis takes for a ROM. Only
a memory that is marked as `hw.ram.POWER_UP` keeps its block: the language has no other way to say
what a memory that is written holds before, and whoever asks for it knows that the chip can.
"""

import re

from erbium.hw.ram import POWER_UP
from erbium.hw.verilog.functions import NAME

#: Initial words that are all 0: the emitter gives them to every memory. They cost synthesis
#: minutes, single-port RAM cannot have any, and no circuit may depend on what its memories hold at
#: power-up.
INITIAL_ZEROS = re.compile(
    r"^(  reg (?:\[\d+:0\] )?\S+ +\[\d+:0\];\n)  initial begin\n(?:    .*= \d+'[hd]0+;\n)+  end\n",
    re.MULTILINE,
)

#: A memory that is only read: attributes, name, last address, words.
ROM = re.compile(
    rf"^((?:  \(\*.*\*\)\n)*)  reg (?:\[\d+:0\] )?({NAME}) ?\[(\d+):0\];\n"
    r"  initial begin\n((?:    .*;\n)+)  end\n",
    re.MULTILINE,
)
WORD = re.compile(r"\[(\d+)\] = (\d+'\w+);")

#: The mark of a memory whose words at power-up matter.
MARK = re.compile(rf"^  \(\* {POWER_UP} = .* \*\)\n", re.MULTILINE)


def without_initial_blocks(text, *, keep_roms=False):
    """Return a module's Verilog with no ``initial`` block, or (`keep_roms`) with those of ROMs.

    A memory that is marked keeps its block in any case.

    Raises
    ------
    ValueError
        If there is one that is no memory's, or the memory's words matter, are written, too, and
        it is not marked.
    """
    for match in ROM.finditer(text):
        if MARK.search(match[1]):
            return _without(text, match, keep_roms)
        if "rom_style" in match[1] or not INITIAL_ZEROS.search(match[0]):
            if keep_roms:
                return text
            text = _with_case(text.replace(match[0], "", 1), match)
    text = INITIAL_ZEROS.sub(r"\1", text)
    if re.search(r"^\s*initial\b", text, re.MULTILINE):
        raise ValueError(
            "the emitted Verilog has an initial block, which some tools leave out: " + text
        )
    return text


def _without(text, marked, keep_roms):
    """Return a module's Verilog in which a memory has lost its mark, and all others their blocks.

    Raises
    ------
    ValueError
        If the block leaves out a word, which would be unknown.
    """
    words, last = WORD.findall(marked[4]), int(marked[3])
    if [int(number) for number, _ in words] != list(range(last + 1)):
        raise ValueError(f"memory {marked[2]} is to hold {last + 1} words at power-up, and has not")
    before, after = (
        without_initial_blocks(part, keep_roms=keep_roms)
        for part in (text[: marked.start()], text[marked.end() :])
    )
    return before + MARK.sub("", marked[0]) + after


def _with_case(text, memory):
    """Return a module's Verilog whose reads of a memory are a ``case`` of its words."""
    attributes, name, last, block = memory.groups()
    words = WORD.findall(block)
    bits = max(1, int(last).bit_length())
    read = re.compile(
        rf"^(  reg (?:\[\d+:0\] )?(\w+);\n  always @\(posedge clk\) begin\n    if \(.*\) begin\n)"
        rf"      \2 <= {re.escape(name.strip())} ?\[(.*)\];\n",
        re.MULTILINE,
    )
    found = read.search(text)
    mentions = re.findall(rf"(?<![\\\w$.]){re.escape(name.strip())}(?![\w$.])", text)
    if found is None or len(words) != int(last) + 1 or len(mentions) != 1:
        raise ValueError(f"memory {name} has initial words, and is more than read at a clock edge")
    start, register, address = found.groups()
    width = words[0][1].partition("'")[0]
    # Vivado looks for the attribute at the register, Yosys at the case.
    lines = [f"      {line}" for line in attributes.replace("  (*", "(*").splitlines()]
    lines.append(f"      case ({address})")
    lines += [f"        {bits}'d{number}: {register} <= {word};" for number, word in words]
    lines += [f"        default: {register} <= {width}'h0;", "      endcase", ""]
    return text.replace(found[0], attributes + start + "\n".join(lines), 1)
