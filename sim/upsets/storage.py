"""Everything in a circuit that holds a bit: registers and memories, found in the emitted Verilog.

The list is read from the text that is simulated, so no register can be forgotten. `expose` lets
C++ reach them in Verilator's model; `header` is the C++ function that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: A name of Verilog, plain or escaped.
NAME = r"(\\\S+ |[A-Za-z_][\w$]*)"
MODULE = re.compile(rf"^module {NAME} ?\(", re.MULTILINE)
INSTANCE = re.compile(rf"^  {NAME} {NAME} \($", re.MULTILINE)
#: A declaration: width, name, depth.
DECLARED = re.compile(rf"^  reg (?:\[(\d+):0\] )?{NAME}(?: ?\[(\d+):0\])?( = \S+)?;", re.MULTILINE)
#: What a clock edge sets, perhaps in a case; no other line begins with an assignment by "<=".
CLOCKED = re.compile(rf"^ +(?:\d+'d\d+: )?{NAME} *(?:\[[^\]]*\])? *<= .*;$", re.MULTILINE)


@dataclass(frozen=True)
class Storage:
    """A register, or a memory.

    Attributes
    ----------
    unit : str
        Path of instances below the core, joined by dots; "" is the core itself.
    name : str
        In Verilog.
    width : int
        Bits of a word.
    depth : int
        Words; 0 is a register.
    """

    unit: str
    name: str
    width: int
    depth: int

    @property
    def bits(self) -> int:
        """Bits in all."""
        return self.width * max(1, self.depth)

    @property
    def path(self) -> str:
        """Name with its unit."""
        return f"{self.unit}.{self.name}".lstrip(".")

    @property
    def kind(self) -> str:
        """What it is for: a unit with all of its parts, with lanes taken together."""
        parts = [re.sub(r"(_\d+)*(\$\d+)?$", "", part) for part in self.unit.split(".")]
        unit = next((part for part in parts if part.endswith("_memory")), None)
        if unit is not None:
            return f"{unit}, {'words' if self.depth else 'read register'}"
        if self.depth:
            return f"{parts[0]}, {self.name}"
        unit = ".".join(parts[:2]) if parts[0] in ("control", "datapath") else parts[0]
        return f"{unit}, registers"

    @property
    def variable(self) -> str:
        """Name in Verilator's model, below the core's name."""
        return "".join(f"__DOT__{_encoded(part)}" for part in [*self._units, self.name])

    @property
    def _units(self) -> list[str]:
        return self.unit.split(".") if self.unit else []


def _encoded(name: str) -> str:
    """Return a Verilog name as Verilator writes it in C++."""
    found = re.sub(r"[^A-Za-z0-9_]", lambda match: f"__0{ord(match[0]):02X}", name)
    # What it encodes itself has two underscores, which stay; those of the name do not.
    return found if found != name else name.replace("__", "___05F")


def _plain(name: str) -> str:
    return name.strip().removeprefix("\\")


def _modules(verilog: str) -> dict[str, str]:
    starts = [*MODULE.finditer(verilog)]
    ends = [match.start() for match in starts[1:]] + [len(verilog)]
    return {
        _plain(match[1]): verilog[match.start() : end]
        for match, end in zip(starts, ends, strict=True)
    }


def _held(text: str) -> Iterator[re.Match[str]]:
    """Yield the declarations of a module's registers and memories."""
    clocked = {_plain(match[1]) for match in CLOCKED.finditer(text)}
    for match in DECLARED.finditer(text):
        if match[3] is not None or _plain(match[2]) in clocked:
            yield match


def find_storage(verilog: str, top: str) -> list[Storage]:
    """Return all registers and memories of module `top`, and of what is inside.

    Raises
    ------
    ValueError
        If the text has no such module, or one that holds nothing at all.
    """
    modules = _modules(verilog)
    if top not in modules:
        raise ValueError(f"the Verilog has no module {top!r}, but {', '.join(modules)}")

    def walk(module: str, unit: str) -> Iterator[Storage]:
        text = modules[module]
        for match in _held(text):
            depth = 0 if match[3] is None else int(match[3]) + 1
            yield Storage(unit, _plain(match[2]), int(match[1] or 0) + 1, depth)
        for match in INSTANCE.finditer(text):
            if _plain(match[1]) in modules:
                yield from walk(_plain(match[1]), f"{unit}.{_plain(match[2])}".lstrip("."))

    found = list(walk(top, ""))
    if not found:
        raise ValueError(f"module {top!r} holds no bit; is it emitted Verilog?")
    return found


def expose(verilog: str) -> str:
    """Return Verilog whose registers and memories can be changed from C++."""
    for module in _modules(verilog).values():
        text = module
        for match in _held(module):
            line = match[0]
            where = line.rindex(" = ") if match[4] else len(line) - 1
            public = f"{line[:where]} /*verilator public_flat_rw*/{line[where:]}"
            text = text.replace(line, public, 1)
        verilog = verilog.replace(module, text, 1)
    return verilog


def header(storages: Sequence[Storage], top: str) -> str:
    """Return C++ that finds a storage by its number: where it is, and the bytes of a word."""
    cases = "".join(
        f"    case {number}: return place(root->{top}{storage.variable});\n"
        for number, storage in enumerate(storages)
    )
    return (
        "struct Place { void* address; size_t bytes; };\n"
        "template <class T> Place place(T& one) { return {&one, sizeof(T)}; }\n"
        "template <class T, size_t N> Place place(VlUnpacked<T, N>& all) {\n"
        "    return {&all, sizeof(T)};\n}\n"
        "inline Place storage(Vcore___024root* root, int number) {\n"
        f"    switch (number) {{\n{cases}    default: return {{nullptr, 0}};\n    }}\n}}\n"
    )
