"""What stands around a core's Verilog: who it is, what its ports carry, what lint leaves out."""

import json
import re
import textwrap

from erbium.golden.version import VERSION
from erbium.hw.verilog.functions import NAME
from erbium.hw.verilog.interface import MEANINGS

#: Whoever generates a file may use it as their own: without any condition, or with the patent
#: grant of Erbium's own licence.
LICENCE = "0BSD OR Apache-2.0"

#: Warnings of Verilator that the file itself switches off, and why each is harmless.
LINT_OFF = {
    "WIDTH": "operands and constants have the fewest bits; Verilog extends them, and 'is zero' is "
    "written as '!vector'",
}

#: What a file says of weights that its core holds at power-up.
POWERED_UP = """
The weight memory holds weights at power-up, from initial blocks: block RAM of FPGAs takes them
over, tools for other memories may leave them out. A reset does not bring them back.
"""

#: Columns of a comment.
COLUMNS = 100

#: Values that came later. Where they say nothing, a core's file is the one that it has always been.
LATER = ("guard", "event_buffer")


#: What a reader of the ports must know of all of them.
STREAMS = (
    "A transfer happens at a rising edge of clk at which both valid and ready are 1. Fields",
    "stand as in a concatenation, highest bits first; the first element of an array is lowest.",
)


def header(name, config, ports, *, what="", notes=STREAMS, meanings=MEANINGS, powered_up=False):
    """Return the comment at the beginning of a core's file.

    Parameters
    ----------
    name : str
        Of the module.
    config : Config
    ports : list of Port
    what : str
        What the module is beside a core.
    notes : sequence of str
        Lines before the table of ports.
    meanings : dict of str to str
        What each member is for.
    powered_up : bool
        Whether the core holds weights at power-up.
    """
    lines = [
        f"{name}: a neuromorphic core that learns on the chip{what}",
        "",
        f"SPDX-License-Identifier: {LICENCE}",
        "This file is generated, and yours to use, to change and to pass on.",
        "",
        f"generator      Erbium {VERSION}",
        f"configuration  {config.name}, fingerprint {config.fingerprint}",
        f"its results    {config.sha256} (of the values that change them)",
        "language       Verilog-2001; it means the same in every later one, and in SystemVerilog",
        "",
        "The configuration as JSON:",
        json.dumps({k: v for k, v in config.as_dict().items() if config.guard or k not in LATER}),
        *(POWERED_UP.rstrip().splitlines() if powered_up else []),
        "",
        *notes,
        "",
        *_table(ports, meanings),
    ]
    return "".join(f"// {line}".rstrip() + "\n" for line in lines)


def _table(ports, meanings):
    width = max(len(port.name) for port in ports)
    seen = set()
    for port in ports:
        direction = "output" if port.is_output else "input"
        left = f"{port.name:<{width}}  {direction:<6} {port.width:>5}  "
        if port.member not in seen:
            about = meanings[port.member].replace("`", "")
            yield from textwrap.wrap(f"-- {about}", COLUMNS - 3)
            seen.add(port.member)
        # Only between fields a line may end.
        fields = ", ".join(str(one).replace(" ", "\0") for one in port.contents)
        for line in textwrap.wrap(fields, COLUMNS - 3 - len(left)) or [""]:
            yield left + line.replace("\0", " ")
            left = " " * len(left)


def lint_off():
    """Return what switches off `LINT_OFF` from here on."""
    lines = []
    for code, why in LINT_OFF.items():
        lines += [f"// {line}" for line in textwrap.wrap(f"{code}: {why}.", COLUMNS - 3)]
        lines.append(f"/* verilator lint_off {code} */")
    return "\n".join([*lines, ""])


def lint_on():
    """Return what undoes `lint_off`, for the files that are read after this one."""
    return "".join(f"/* verilator lint_on {code} */\n" for code in LINT_OFF)


def ports_first(text, order=None):
    """Return a module's Verilog with its ports before everything else.

    Parameters
    ----------
    text : str
    order : list of str, optional
        Names of the ports in the order in which they are to stand; also gives their widths names.
    """
    head, _, body = text.partition(";\n")
    names = re.findall(rf"({NAME})(?=[,)\s])", head.partition("(")[2].replace("\n", " "))
    names = [name.strip() for name in names]
    if order is not None:
        if sorted(order) != sorted(names):
            raise ValueError(f"the ports are {names}, not {order}")
        names = order
    declarations, widths = [], []
    for name in names:
        declared = re.compile(
            rf"^((?:  \(\*.*\*\)\n)*)  (input|output|inout) (\[(\d+):0\] )?({re.escape(name)} ?);\n"
            rf"(?:  wire (?:\[\d+:0\] )?\5;\n|(  reg .*;\n))",
            re.MULTILINE,
        )
        attributes, kind, bits, high, spelled, register = declared.search(body).groups("")
        if order is not None and bits:
            widths.append(f"  localparam {name.upper()}_WIDTH = {int(high) + 1};\n")
            bits = f"[{name.upper()}_WIDTH-1:0] "
        declarations.append(f"{attributes}  {kind} {bits}{spelled};\n{register}")
        body = declared.sub("", body, count=1)
    start = head.partition("(")[0]
    if order is not None:
        head = f"{start}(\n  " + ",\n  ".join(names) + "\n)"
    return f"{head};\n{''.join(widths)}{''.join(declarations)}{body}"
