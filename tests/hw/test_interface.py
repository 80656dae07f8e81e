"""Ports: the table of the README and of each file says what the layouts say."""

import re
from pathlib import Path

import pytest
from amaranth import Shape
from amaranth.hdl import Fragment
from amaranth.lib.wiring import In, Out

from erbium.golden.presets import preset
from erbium.hw.core import Core, core_members
from erbium.hw.verilog.interface import Field, core_ports, interface, members_table
from erbium.hw.words import AccessLayout, ResultLayout

README = Path(__file__).parents[2] / "README.md"
TINY = preset("tiny")


def test_readme_has_the_table_of_the_layouts():
    text = README.read_text(encoding="utf-8")
    table = re.search(r"<!-- ports of digits -->\n\n(.*?)\n\n<!-- end of ports -->", text, re.S)
    assert table[1] == members_table(preset("digits"))


@pytest.mark.parametrize("changes", [{}, {"encoder": "events", "counters": True}], ids=str)
def test_fields_cover_each_payload_from_the_highest_bit_down(changes):
    ports = core_ports(interface(TINY.replace(**changes)))
    payloads = [port for port in ports if any(isinstance(c, Field) for c in port.contents)]
    assert len(payloads) == 8 + len(changes) // 2
    for port in payloads:
        high = port.width
        for field in port.contents:
            assert field.high == high - 1
            high = field.low
        assert high == 0


def test_fields_are_where_the_circuit_has_them():
    config = preset("digits")
    ports = {port.name: port for port in core_ports(interface(config))}
    access, result = AccessLayout(config), ResultLayout(config)
    for port, layout in (("i_access_payload", access), ("o_result_payload", result)):
        for field in ports[port].contents:
            found = layout[field.name]
            assert (field.low, field.high) == (found.offset, found.offset + found.width - 1)
    data = next(f for f in ports["i_access_payload"].contents if f.name == "data")
    assert (data.signed, data.count) == (True, config.lanes)
    assert str(data) == "data [31:0] = 4 x 8 signed"
    assert str(ports["i_access_payload"].contents[0]) == "write [43]"


def test_ports_of_a_core_are_those_of_its_interface():
    shown = [(p.name, p.is_output, p.width) for p in core_ports(interface(TINY))]
    core = Core(TINY)
    Fragment.get(core, None)
    assert [(p.name, p.is_output, p.width) for p in core_ports(core)] == shown
    directions = {p.name: p.is_output for p in core_ports(core)}
    assert not directions["i_pixel_valid"]
    assert directions["i_pixel_ready"]
    assert directions["o_spikes_valid"]
    assert not directions["o_result_ready"]


@pytest.mark.parametrize("encoder", ["phase", "events"])
def test_every_member_has_a_meaning(encoder):
    config = TINY.replace(encoder=encoder, counters=True)
    lines = members_table(config).splitlines()
    assert len(lines) == 2 + len(core_members(config))
    for (name, member), line in zip(core_members(config).items(), lines[2:], strict=True):
        assert line.startswith(f"| `{name}` | ")
        assert member.flow in (In, Out)
    assert Shape.cast(AccessLayout(config)).width > 0
