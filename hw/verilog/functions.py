"""Combinational processes of emitted Verilog become functions, which mean the same everywhere.

The emitter writes ``always @*`` for whatever has a condition. Such a process runs when one of its
inputs changes. In SystemVerilog, registers have their start values before any process waits, so
one whose inputs keep them never runs, and what it drives stays unknown. A continuous assignment
is evaluated at the start in every language and every tool. So the body of each process moves into
a function of the signals that it reads.
"""

import re
from dataclasses import dataclass

#: A name, plain or escaped.
NAME = r"\\\S+ |[A-Za-z_][\w$]*"

#: A declaration of a wire, in a module's own lines: width, name.
DECLARED = re.compile(
    rf"^  (?:input|output|inout|wire|reg) (?:\[(\d+):0\] )?({NAME})(?: = [^;]*)?;$", re.MULTILINE
)

#: A process with several statements, and one with a single statement.
PROCESS = re.compile(r"^  always @\* begin\n((?:    .*\n)*)  end\n", re.MULTILINE)
STATEMENT = re.compile(r"^  always @\*\n    (.* = .*;)\n", re.MULTILINE)

#: How the emitter starts processes: a register that is never written, whose start value is meant
#: to count as a change.
STARTER = re.compile(r"^  reg \\\$auto\$verilog_backend\S+  = 0;\n", re.MULTILINE)
STARTED = re.compile(r"^    if \(\\\$auto\$verilog_backend\S+ \) begin end\n", re.MULTILINE)

#: An assignment: target, and its bits.
ASSIGNED = re.compile(rf"^ +({NAME})(?: ?\[(\d+)(?::(\d+))?\])? = ", re.MULTILINE)

#: What looks like a name in a body but is none, or the name.
TOKEN = re.compile(rf"\(\*.*?\*\)|/\*.*?\*/|\d+'\w+|\$\w+|({NAME})")
KEYWORDS = {"begin", "end", "if", "else", "case", "casez", "endcase", "default"}

#: Where a case begins, has its rest, and ends.
CASE = re.compile(r"^ *(case[zx]? |default:|endcase$)")


@dataclass(frozen=True)
class Module:
    """Widths of the signals of a module, and the registers that follow a signal at a clock edge."""

    widths: dict[str, int]
    next_of: dict[str, str]

    @classmethod
    def read(cls, text):
        """Return those of a module's text."""
        widths = {name.strip(): int(high or 0) + 1 for high, name in DECLARED.findall(text)}
        clocked = re.findall(rf"^    ({NAME}) ?<= ({NAME});$", text, re.MULTILINE)
        return cls(widths, {value.strip(): register.strip() for register, value in clocked})


def without_processes(text):
    """Return a module's Verilog with functions in the place of combinational processes.

    Raises
    ------
    ValueError
        If a process is of a kind that the emitter does not write.
    """
    module = Module.read(text)
    taken = set(module.widths)
    text = STATEMENT.sub(r"  assign \1\n", STARTER.sub("", text))
    targets = set(re.findall(rf"^  assign ({NAME})", text, re.MULTILINE))

    def replaced(match):
        found, target = _function(STARTED.sub("", match[1]), module, taken)
        targets.add(target)
        return found

    text = PROCESS.sub(replaced, text)
    for name in {target.strip() for target in targets}:
        # What a continuous assignment drives is a wire.
        declaration = rf"^  reg ((?:\[\d+:0\] )?{re.escape(name)} ?;)$"
        text = re.sub(declaration, r"  wire \1", text, count=1, flags=re.MULTILINE)
    if "always @*" in text:
        raise ValueError("a combinational process is left in the emitted Verilog: " + text)
    return text


def _function(body, module, taken):
    """Return a function with the body of a process, and its assignment; and the target."""
    assigned = ASSIGNED.findall(body)
    target = assigned[0][0]
    if any(name != target for name, _, _ in assigned):
        raise ValueError(f"a process drives {target.strip()} and something else:\n{body}")
    if target in TOKEN.findall(ASSIGNED.sub("", body)):
        raise ValueError(
            f"a process drives {target.strip()} in part, and reads it; use another signal:\n{body}"
        )
    width = module.widths[target.strip()]
    high, low = _driven(assigned, width)
    bits = f"[{high}:{low}] " if high - low + 1 < width else ""
    name = _new_name(module.next_of.get(target.strip(), target), taken)
    inputs = sorted({token for token in TOKEN.findall(body) if token} - KEYWORDS - {target})
    body = ASSIGNED.sub(lambda found: _renamed(found, name), body)
    body = _with_defaults(body)
    lines = [
        f"  function {bits or _range(width - 1)}{name};",
        *(f"    input {_range(module.widths[one.strip()] - 1)}{one};" for one in inputs),
        "    begin",
        *(f"  {line}" for line in body.splitlines()),
        "    end",
        "  endfunction",
    ]
    lines.append(f"  assign {target.strip()} {bits}= {name}({', '.join(inputs)});")
    return "\n".join([*lines, ""]), target


def _with_defaults(body):
    """Return a body whose every case has a default: what it left out keeps its value."""
    lines, complete = [], []
    for line in body.splitlines():
        word = CASE.match(line)
        if word and word[1].startswith("case"):
            complete.append(False)
        elif word and word[1] == "default:":
            complete[-1] = True
        elif word and not complete.pop():
            lines.append(line.replace("endcase", "  default: ;"))
        lines.append(line)
    return "\n".join(lines)


def _renamed(assigned, name):
    """Return the left side of an assignment to a function's value."""
    start = assigned[0][: assigned.start(1) - assigned.start()]
    bits = assigned[0][assigned.end(1) - assigned.start() : -len(" = ")].strip()
    return f"{start}{name}{bits} = "


def _driven(assigned, width):
    """Return the highest and the lowest bit that a process drives."""
    driven = set()
    for _, high, low in assigned:
        driven.update(range(int(low or high or 0), int(high or width - 1) + 1))
    high, low = max(driven), min(driven)
    if len(driven) != high - low + 1:
        raise ValueError(f"a process drives {assigned[0][0]}, but not bits next to each other")
    return high, low


def _range(high):
    return f"[{high}:0] " if high else ""


def _new_name(target, taken):
    """Return a name for a function that chooses a signal's value."""
    stem = "choose_" + re.sub(r"\W+", "_", target).strip("_")
    name, number = stem, 2
    while name in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name)
    return name
