"""The register map in SystemRDL 2.0, from which PeakRDL's packages make other files."""

from __future__ import annotations

import json
from collections.abc import Iterator

from erbium.golden.link.description import Field, Register, RegisterMap

#: What software may do, in SystemRDL's words.
ACCESS = {"ro": "r", "rw": "rw", "wo": "w"}

#: Registers that are texts.
TEXTS = ("MAGIC", "NAME")


def map_name(registers: RegisterMap) -> str:
    """Return the map's name, an identifier in all languages."""
    return f"erbium_{registers.config.name.replace('-', '_').lower()}"


def title(registers: RegisterMap) -> str:
    """Return what the map is of, in a few words."""
    c = registers.config
    return f"Erbium {c.name}: {'-'.join(map(str, c.layers))}, {c.lanes} lanes"


def fields_of(register: Register) -> tuple[Field, ...]:
    """Return the fields of a register; one for all bits if it is a number."""
    return register.fields or (Field("value", 0, 8 * register.bytes, register.text),)


def common_reset(register: Register) -> int | None:
    """Return what all elements are after reset; None if they differ."""
    return register.reset[0] if len(set(register.reset)) == 1 else None


def described(register: Register) -> str:
    """Return the meaning of a register; of elements that differ after reset, their values: neither
    language has more than one for an array.
    """
    if common_reset(register) is not None:
        return register.text
    if register.name in TEXTS:
        return f"{register.text}. Here: {bytes(register.reset).rstrip(bytes(1)).decode()}"
    return f"{register.text}. Here: {', '.join(map(str, register.reset))}"


def systemrdl(registers: RegisterMap) -> str:
    """Return the map as SystemRDL."""
    lines = [
        f"addrmap {map_name(registers)} {{",
        f"  name = {_text(title(registers))};",
        '  desc = "Registers of a linked core, seen from its byte bus; bytes, the lowest first.";',
        "  lsb0;",
        "  littleendian;",
    ]
    for register in registers:
        lines += ["", *(f"  {line}" for line in _register(register))]
    return "\n".join([*lines, "};", ""])


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _register(register: Register) -> Iterator[str]:
    fields = fields_of(register)
    for field in fields:
        if field.values:
            yield f"enum {_enum(register, field)} {{"
            for number, value in enumerate(field.values):
                yield f"  {value} = {field.bits}'d{number};"
            yield "};"
    yield "reg {"
    yield f"  name = {_text(register.name)};"
    yield f"  desc = {_text(described(register))};"
    yield f"  regwidth = {8 * register.bytes};"
    yield "  accesswidth = 8;"
    for field in fields:
        yield from (f"  {line}" for line in _field(register, field))
    array = f"[{register.count}]" if register.count > 1 else ""
    stride = f" += {register.bytes:#x}" if register.count > 1 else ""
    yield f"}} {register.name}{array} @{register.address:#06x}{stride};"


def _field(register: Register, field: Field) -> Iterator[str]:
    yield "field {"
    yield f"  desc = {_text(field.text)};"
    hardware = "na" if register.constant else "rw" if register.writes else "w"
    yield f"  sw = {ACCESS[register.access]}; hw = {hardware};"
    if field.values:
        yield f"  encode = {_enum(register, field)};"
    high, reset = field.low + field.bits - 1, common_reset(register)
    value = "" if reset is None else f" = {field.bits}'h{_bits(reset, field):x}"
    yield f"}} {field.name}[{high}:{field.low}]{value};"


def _enum(register: Register, field: Field) -> str:
    return f"{register.name.lower()}_{field.name}"


def _bits(value: int, field: Field) -> int:
    """Return a field of a register's value, which may be negative."""
    return value >> field.low & (1 << field.bits) - 1
