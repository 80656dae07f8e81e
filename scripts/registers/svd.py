"""The register map as a CMSIS-SVD file, for debuggers and generators that know no SystemRDL.

The order of elements is that of the schema, version 1.3.9.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from erbium.golden.link.description import Register, RegisterMap
from erbium.golden.version import VERSION
from erbium.scripts.registers.systemrdl import (
    common_reset,
    described,
    fields_of,
    map_name,
    title,
)

#: What software may do, in words of the schema.
ACCESS = {"ro": "read-only", "rw": "read-write", "wo": "write-only"}


def svd(registers: RegisterMap) -> str:
    """Return the map as a device with one peripheral."""
    device = Element("device", {"schemaVersion": "1.3"})
    _add(
        device,
        vendor="Erbium",
        name=map_name(registers),
        version=VERSION,
        description=title(registers),
        addressUnitBits=8,
        width=8,
        size=8,
        access="read-write",
        resetValue="0x0",
        resetMask="0xFFFFFFFF",
    )
    peripheral = ElementTree.SubElement(_child(device, "peripherals"), "peripheral")
    _add(
        peripheral,
        name="LINK",
        description="Registers of a linked core, seen from its byte bus",
        baseAddress="0x0",
    )
    block = _child(peripheral, "addressBlock")
    _add(block, offset="0x0", size=f"{registers.end:#x}", usage="registers")
    found = _child(peripheral, "registers")
    for register in registers:
        _register(ElementTree.SubElement(found, "register"), register)
    ElementTree.indent(device)
    text = ElementTree.tostring(device, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _register(element: Element, register: Register) -> None:
    array, reset = register.count > 1, common_reset(register)
    bits = 8 * register.bytes
    if array:
        _add(element, dim=register.count, dimIncrement=register.bytes)
    _add(
        element,
        name=register.name + "[%s]" * array,
        description=described(register),
        addressOffset=f"{register.address:#06x}",
        size=bits,
        access=ACCESS[register.access],
        resetValue=f"{(reset or 0) % (1 << bits):#x}",
        # An array has one value after reset; where elements differ, none is known.
        resetMask=f"{0 if reset is None else (1 << bits) - 1:#x}",
    )
    fields = _child(element, "fields")
    for field in fields_of(register):
        one = ElementTree.SubElement(fields, "field")
        _add(one, name=field.name, description=field.text, bitOffset=field.low, bitWidth=field.bits)
        if field.values:
            values = _child(one, "enumeratedValues")
            for number, name in enumerate(field.values):
                _add(ElementTree.SubElement(values, "enumeratedValue"), name=name, value=number)


def _child(parent: Element, name: str) -> Element:
    return ElementTree.SubElement(parent, name)


def _add(parent: Element, **values: object) -> None:
    """Add an element for each value, in their order."""
    for name, value in values.items():
        _child(parent, name).text = str(value)
