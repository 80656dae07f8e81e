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

from golden.config import LANES
from golden.layout import Layout
from golden.presets import PRESETS, preset
from hw.verilog import emit, emit_core, module_name, without_initial_words

ROOT = Path(__file__).parents[2]
SMALL = ("tiny", "digits")

#: Presets whose memories take long to write down.
LARGE = ("mnist-200-200", "mnist-500", "mnist-500-500")

#: Every preset for its own lanes, small ones for all.
CORES = [
    pytest.param(name, lanes, marks=pytest.mark.slow if name in LARGE else ())
    for name, config in PRESETS.items()
    for lanes in (LANES if name in SMALL else (config.lanes,))
]


@functools.cache
def emitted(name, lanes):
    return emit_core(preset(name).replace(lanes=lanes))


def operators(verilog):
    """Return multiplications and divisions in a Verilog text."""
    for other in (r"/\*.*?\*/", r"//[^\n]*", r"\(\*.*?\*\)", r"@\*", r'"[^"]*"', r"\\\S+ "):
        verilog = re.sub(other, " ", verilog, flags=re.DOTALL)
    return re.findall(r"\*|/|%|\$(?:mul|div|mod|pow|macc|alu_mul)\w*", verilog)


@pytest.mark.parametrize(("name", "lanes"), CORES)
def test_every_preset_emits_without_multiplier_or_divider(name, lanes):
    text = emitted(name, lanes)
    assert text.count(f"\nmodule {module_name(preset(name))}(") == 1
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
        {"transmit": 9, "lanes": 16},
        {"encoder": "events", "error_threshold": 3, "gain": (0, 3), "refractory": (3, 0)},
        {"encoder": "bernoulli", "lanes": 32},
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
    start = text.index("\nmodule erbium_some_ports(")
    module = text[start : text.index("\nendmodule", start)]
    declaration = r"^  (input|output) (?:reg )?(?:\[\d+:0\] )?(\w+)(?: = [^;]*)?;"
    ports = {port: kind for kind, port in re.findall(declaration, module, re.M)}
    own = {f"{stream}_payload": "input", f"{stream}_valid": "input", f"{stream}_ready": "output"}
    assert ports == SHARED_PORTS | own


#: Emits a core and prints its fingerprint; run in a fresh process.
FINGERPRINT = """
import hashlib, sys
from golden.presets import preset
from hw.verilog import emit_core
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


def test_processes_without_inputs_are_refused():
    message = r"^partly: o\[1\] is constant, but is emitted as a process without inputs; assign"
    with pytest.raises(ValueError, match=message):
        emit(PartlyConstant(), "partly")


def memories(verilog):
    """Return, for every memory, its attributes, depth, and its initial words (None if unknown)."""
    found = {}
    for module in re.split(r"^module ", verilog, flags=re.M)[1:]:
        pattern = (
            r"((?:^ *\(\* [^*]+ \*\)\n)*)^ *reg \[\d+:0\] (\w+) \[(\d+):0\];\n"
            r"( *initial begin\n(?: *\2\[\d+\] = .*;\n)+ *end\n)?"
        )
        for attributes, name, last, words in re.findall(pattern, module, re.M):
            values = re.findall(r"= \d+'h(\w+);", words) or re.findall(r"= \d+'d(\w+);", words)
            found[f"{module.split()[0]} {name}"] = (
                sorted(re.findall(r"(\w+) = \S+ \*\)", attributes)),
                int(last) + 1,
                values or None,
            )
    return found


RAM, ROM = ["no_rw_check", "ram_style"], ["rom_style"]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lanes": 32, "weight_bits": 16, "layers": (60, 70, 5)},
        {"memory": "spram", "lanes": 4},
        {"memory": "spram", "lanes": 16, "weight_bits": 16},
        {"learning": False},
        {"encoder": "events"},
    ],
    ids=str,
)
def test_memories_that_can_be_written_start_unknown(changes):
    config = preset("tiny").replace(**changes)
    found = memories(emit_core(config))
    kinds = {name.split(".", 1)[1]: what for name, what in found.items()}
    written = {name: what for name, what in kinds.items() if what[0] == RAM}
    assert all(words is None for _, _, words in written.values())
    expected = {"datapath.membrane_memory words", "datapath.dendrite_memory words"}
    assert expected <= set(written)
    weights = [name for name in written if name.startswith("datapath.weight_memory")]
    slices = len(Layout(config).weight_slices)
    assert len(weights) == (1 if config.memory == "spram" else config.lanes * slices)
    # Feedback is what was drawn; queues are small and need no block.
    read_only = {name: words for name, (kind, _, words) in kinds.items() if kind == ROM}
    assert list(read_only) == ["datapath.feedback_memory words"] * config.learning
    for words in read_only.values():
        assert len(words) == Layout(config).feedback_depth
        assert any(int(word, 16) for word in words)
    others = {name for name, what in kinds.items() if what[0] not in (RAM, ROM)}
    assert others == {"inputs.queue storage", "spikes.queue storage"}


def test_initial_words_that_are_not_0_are_kept():
    text = """  (* ram_style = "block" *)
  reg [4:0] words [1:0];
  initial begin
    words[0] = 5'h00;
    words[1] = 5'h01;
  end
"""
    assert without_initial_words(text) == text
    zero = text.replace("5'h01", "5'h00")
    assert without_initial_words(zero) == "\n".join(zero.splitlines()[:2]) + "\n"
    # Wide and narrow words are written as other numbers.
    for number in ("32'd0", "144'h000000000000000000000000000000000000", "1'h0"):
        other = zero.replace("5'h00", number)
        assert without_initial_words(other) == "\n".join(zero.splitlines()[:2]) + "\n"
    read_only = zero.replace("ram_style", "rom_style")
    assert without_initial_words(read_only) == read_only


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
