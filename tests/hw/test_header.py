"""The header: it says who the file is, and what it says is so."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core
from erbium.hw.verilog.header import LICENCE, VERSION, ports_first
from erbium.hw.verilog.interface import core_ports, interface
from erbium.hw.verilog.names import module_name

ROOT = Path(__file__).parents[2]
CONFIG = preset("tiny").replace(encoder="bernoulli", counters=True)


@pytest.fixture(scope="module")
def text():
    return emit_core(CONFIG)


def test_version_is_that_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_header_has_name_version_fingerprint_licence_and_configuration(text):
    comment = text.partition("\n\n")[0]
    assert all(line.startswith("//") for line in comment.splitlines())
    assert comment.startswith(f"// {module_name(CONFIG)}: ")
    assert f"// SPDX-License-Identifier: {LICENCE}\n" in comment
    assert f"Erbium {VERSION}\n" in comment
    assert CONFIG.fingerprint in comment
    assert CONFIG.sha256 in comment
    (line,) = re.findall(r"^// (\{.*\})$", comment, re.M)
    assert Config.from_dict(json.loads(line)) == CONFIG
    assert LICENCE in (ROOT / "README.md").read_text(encoding="utf-8")


def test_header_lists_the_ports_with_their_bits(text):
    rows = re.findall(r"^// (\w+) +(input|output) +(\d+)(?:  (.*))?$", text, re.M)
    ports = core_ports(interface(CONFIG))
    assert [(name, kind == "output", int(width)) for name, kind, width, _ in rows] == [
        (port.name, port.is_output, port.width) for port in ports
    ]
    fields = {name: what for name, _, _, what in rows}
    assert fields["i_pixel_payload"] == "last [8], intensity [7:0]"
    assert fields["i_request_payload"] == "rate [10:2], label [1:0]"
    assert fields["phase"].startswith("0 IDLE, 1 CLEAR")


def test_ports_come_first_and_their_widths_have_names(text):
    start = text.index(f"\nmodule {module_name(CONFIG)}(")
    body = text[text.index(");\n", start) + 3 : text.index("\nendmodule", start)].splitlines()
    ports, widths = core_ports(interface(CONFIG)), {}
    while body[0].startswith("  localparam "):
        name, value = re.fullmatch(r"  localparam (\w+) = (\d+);", body.pop(0)).groups()
        widths[name] = int(value)
    body = [line for line in body if not line.startswith("  (*")]
    for port, line in zip(ports, body, strict=False):
        kind = "output" if port.is_output else "input"
        size = f"[{port.name.upper()}_WIDTH-1:0] " if port.width > 1 else ""
        assert line == f"  {kind} {size}{port.name};"
        assert widths.pop(f"{port.name.upper()}_WIDTH", 1) == port.width
    assert not widths
    assert not re.search(r"^  (input|output) ", "\n".join(body[len(ports) :]), re.M)


def test_ports_come_first_in_every_module(text):
    for module in re.findall(r"^module .*?^endmodule$", text, re.M | re.S):
        body = module.partition(";\n")[2]
        kinds = re.findall(r"^  (input|output|wire|assign|always) ", body, re.M)
        first = next(i for i, kind in enumerate([*kinds, "end"]) if kind not in ("input", "output"))
        assert not {"input", "output"} & set(kinds[first:])


def test_order_must_be_that_of_the_ports():
    with pytest.raises(ValueError, match=r"the ports are \['a'\], not \['b'\]"):
        ports_first("module some(a);\n  input a;\n  wire a;\nendmodule\n", ["b"])
