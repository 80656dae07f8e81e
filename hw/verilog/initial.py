"""Memories of emitted Verilog, without what some tools leave out: ``initial`` blocks.

A memory that can be written starts unknown, as one of a chip does. One that cannot becomes a
``case`` in the process that reads it: that is a circuit, and what synthesis takes for a ROM.
"""

import re

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


def without_initial_blocks(text, *, keep_roms=False):
    """Return a module's Verilog with no ``initial`` block, or (`keep_roms`) with those of ROMs.

    Raises
    ------
    ValueError
        If there is one that is no memory's, or the memory's words matter and are written, too.
    """
    for match in ROM.finditer(text):
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
