"""Emission: reproducible, with the promised ports, without multipliers and dividers."""

import functools
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from amaranth import *
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.config import LANES
from erbium.golden.layout import Layout
from erbium.golden.presets import PRESETS, preset
from erbium.hw.verilog.emission import emit, emit_core, module_name
from tests.slow import slow_but

ROOT = Path(__file__).parents[2]
SMALL = ("tiny", "digits")

#: Every preset for its own lanes, small ones for all.
CORES = [
    (name, lanes)
    for name, config in PRESETS.items()
    for lanes in (LANES if name in SMALL else (config.lanes,))
]

#: Those that stand for the rest.
STAND = (("tiny", 1), ("tiny", 8), ("digits", 4), ("mnist-100-12", 8))


@functools.cache
def emitted(name, lanes):
    return emit_core(preset(name).replace(lanes=lanes))


def operators(verilog):
    """Return multiplications and divisions in a Verilog text."""
    for other in (r"/\*.*?\*/", r"//[^\n]*", r"\(\*.*?\*\)", r"@\*", r'"[^"]*"', r"\\\S+ "):
        verilog = re.sub(other, " ", verilog, flags=re.DOTALL)
    return re.findall(r"\*|/|%|\$(?:mul|div|mod|pow|macc|alu_mul)\w*", verilog)


@pytest.mark.parametrize(("name", "lanes"), slow_but(STAND, CORES))
def test_every_preset_emits_without_multiplier_or_divider(name, lanes):
    text = emitted(name, lanes)
    assert text.count(f"\nmodule {module_name(preset(name).replace(lanes=lanes))}(") == 1
    assert text.count("\nmodule ") == text.count("\nendmodule")
    assert operators(text) == []
    # One set of lane modules for each lane.
    modules = re.findall(r"^module \\?\S+\.datapath\.lane_\d+ ?\(", text, re.M)
    assert len(modules) == lanes


@pytest.mark.parametrize(
    "changes",
    [
        {"transmit": 9, "lanes": 1},
        {"transmit": 9, "lanes": 4, "encoder": "bernoulli"},
        pytest.param({"transmit": 9, "lanes": 16}, marks=pytest.mark.slow),
        {"encoder": "events", "error_threshold": 3, "gain": (0, 3), "refractory": (3, 0)},
        pytest.param({"encoder": "bernoulli", "lanes": 32}, marks=pytest.mark.slow),
        {"memory": "spram", "lanes": 8},
        {"learning": False},
    ],
    ids=str,
)
def test_options_need_no_multiplier_or_divider(changes):
    assert operators(emit_core(preset("tiny").replace(**changes))) == []


class Arithmetic(wiring.Component):
    """A circuit with the operator that is asked for."""

    a: In(8)
    b: In(8)
    o: Out(16)

    def __init__(self, operation):
        self._operation = operation
        super().__init__()

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o.eq(self._operation(self.a, self.b))
        return m


@pytest.mark.parametrize(
    ("operation", "found"),
    [
        (lambda a, b: a * b, True),
        (lambda a, b: a // b, True),
        (lambda a, b: a % b, True),
        (lambda a, b: a + (b << 2), False),
    ],
    ids=["multiplier", "divider", "remainder", "adder"],
)
def test_search_for_operators_finds_them(operation, found):
    assert bool(operators(emit(Arithmetic(operation), "arithmetic"))) == found


SHARED_PORTS = {
    "clk": "input",
    "rst": "input",
    "i_request_payload": "input",
    "i_request_valid": "input",
    "i_request_ready": "output",
    "o_result_payload": "output",
    "o_result_valid": "output",
    "o_result_ready": "input",
    "i_access_payload": "input",
    "i_access_valid": "input",
    "i_access_ready": "output",
    "o_access_payload": "output",
    "o_access_valid": "output",
    "o_access_ready": "input",
    "i_random_payload": "input",
    "i_random_valid": "input",
    "o_random": "output",
    "o_spikes_payload": "output",
    "o_spikes_valid": "output",
    "phase": "output",
}


@pytest.mark.parametrize(
    ("encoder", "stream"), [("phase", "i_pixel"), ("bernoulli", "i_pixel"), ("events", "i_event")]
)
def test_ports_are_the_members(encoder, stream):
    config = preset("tiny").replace(name="some-ports", encoder=encoder)
    text = emit_core(config)
    start = text.index(f"\nmodule {module_name(config)}(")
    module = text[start : text.index("\nendmodule", start)]
    declaration = r"^  (input|output) (?:\[\w+-1:0\] )?(\w+);"
    ports = {port: kind for kind, port in re.findall(declaration, module, re.M)}
    own = {f"{stream}_payload": "input", f"{stream}_valid": "input", f"{stream}_ready": "output"}
    assert ports == SHARED_PORTS | own


#: Emits a core and prints its fingerprint; run in a fresh process.
FINGERPRINT = """
import hashlib, sys
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core
print(hashlib.sha256(emit_core(preset(sys.argv[1])).encode()).hexdigest())
"""


@pytest.mark.parametrize("name", SMALL)
def test_emission_is_reproducible_byte_for_byte(name):
    found = {hashlib.sha256(emitted(name, preset(name).lanes).encode()).hexdigest()}
    for seed in ("1", "4242"):
        environment = os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", FINGERPRINT, name],
            env=environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        found.add(done.stdout.strip())
    assert len(found) == 1


def test_lanes_and_names_change_the_text():
    assert emitted("tiny", 2) != emitted("tiny", 4)
    assert emitted("tiny", 2) == emit_core(preset("tiny"))


class PartlyConstant(wiring.Component):
    """One signal with a constant bit and a bit that is assigned in a condition."""

    i: In(1)
    o: Out(2)

    def elaborate(self, platform):
        m = Module()
        m.d.comb += self.o[1].eq(1)
        with m.If(self.i):
            m.d.comb += self.o[0].eq(1)
        return m


def test_constant_parts_of_signals_are_assigned():
    text = emit(PartlyConstant(), "partly")
    assert "  assign o[1] = 1'h1;\n" in text
    assert re.search(r"  assign o ?\[0:0\] = choose_o\(i\);\n", text)


def memories(verilog):
    """Return, for every memory, its attributes and depth; and the words of those that are cases."""
    found, cases = {}, {}
    for module in re.split(r"^module ", verilog, flags=re.M)[1:]:
        unit = module.split()[0].partition(".")[2].removesuffix("(")
        pattern = r"((?:^ *\(\* [^*]+ \*\)\n)*)^  reg \[\d+:0\] (\w+) \[(\d+):0\];\n"
        for attributes, name, last in re.findall(pattern, module, re.M):
            kind = sorted(re.findall(r"(\w+) = \S+ \*\)", attributes))
            found[f"{unit} {name}"] = (kind, int(last) + 1)
        if words := re.findall(r"^ +\d+'d\d+: _0_ <= \d+'[hd](\w+);$", module, re.M):
            assert module.count('(* rom_style = "block" *)') == 2
            cases[unit] = words
    return found, cases


RAM = ["no_rw_check", "ram_style"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        pytest.param(
            {"lanes": 32, "weight_bits": 16, "layers": (60, 70, 5)}, marks=pytest.mark.slow
        ),
        {"memory": "spram", "lanes": 4},
        pytest.param({"memory": "spram", "lanes": 16, "weight_bits": 16}, marks=pytest.mark.slow),
        {"learning": False},
        {"encoder": "events"},
    ],
    ids=str,
)
def test_memories_start_unknown_and_feedback_is_a_case(changes):
    config = preset("tiny").replace(**changes)
    text = emit_core(config)
    assert "initial" not in text
    found, cases = memories(text)
    written = {name for name, (kind, _) in found.items() if kind == RAM}
    assert {"datapath.membrane_memory words", "datapath.dendrite_memory words"} <= written
    weights = [name for name in written if name.startswith("datapath.weight_memory")]
    slices = len(Layout(config).weight_slices)
    assert len(weights) == (1 if config.memory == "spram" else config.lanes * slices)
    # Queues are small and need no block.
    assert set(found) - written == {"inputs.queue storage", "spikes.queue storage"}
    assert list(cases) == ["datapath.feedback_memory"] * config.learning
    for words in cases.values():
        assert len(words) == Layout(config).feedback_depth
        assert any(int(word, 16) for word in words)


def test_feedback_can_be_a_memory():
    text = emit_core(preset("tiny"), keep_roms=True)
    assert text.count("initial begin") == 1
    assert memories(text)[0]["datapath.feedback_memory words"] == (["rom_style"], 15)


def test_old_names_are_those_of_before():
    text = emit_core(preset("tiny").replace(name="a-b"), old_names=True)
    assert "\nmodule erbium_a_b(" in text
    assert set(re.findall(r"\b[io]_\w+?__\w+", text)) >= {"i_pixel__valid", "o_result__payload"}


def test_module_can_have_another_name():
    assert "\nmodule mine(" in emit_core(preset("tiny"), name="mine")
    with pytest.raises(ValueError, match="module name 'my__core' is not legal in Verilog, VHDL"):
        emit_core(preset("tiny"), name="my__core")


class Alike(wiring.Component):
    """Members whose ports would have the same name."""

    a_b: Out(1)
    a: Out(wiring.Signature({"b": Out(1)}))


def test_ports_of_the_same_name_are_refused():
    with pytest.raises(ValueError, match="two ports of alike would be called 'a_b' and 'a_b'"):
        emit(Alike(), "alike")


class NoBits(wiring.Component):
    """A register of no bits."""

    i: In(4)
    o: Out(4)

    def elaborate(self, platform):
        m = Module()
        nothing = Signal(0)
        m.d.sync += nothing.eq(self.i[:0])
        m.d.comb += self.o.eq(self.i + nothing)
        return m


def test_wires_of_no_bits_are_refused():
    with pytest.raises(ValueError, match=r"^none has a wire of no bits, which Verilog reads as"):
        emit(NoBits(), "none")
