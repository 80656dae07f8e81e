"""Emission: a component becomes Verilog text, reproducible byte for byte."""

import re

from amaranth.back import verilog
from amaranth.hdl import Const, ValueCastable

from hw.core import Core

#: A process that drives a constant: it has no inputs, so simulators never run it. It appears
#: where one signal has both constant bits and bits that are assigned in a condition.
CONSTANT_PROCESS = re.compile(r"always @\*\n\s*([^;=]*[^;= ]) *= \d+'[bdh]\w+;")

#: A memory that can be written (see `hw.ram`), and its initial words, all 0: the emitter gives one
#: to every memory. They cost synthesis minutes, single-port RAM cannot have any, and no circuit
#: may depend on what its memories hold at power-up.
INITIAL_WORDS = re.compile(
    r"(\(\* ram_style = .* \*\)\n(?:\s*\(\*.*\*\)\n)*\s*reg [^;]*;\n)"
    r"\s*initial begin\n(?:.*= \d+'[hd]0+;\n)+\s*end\n"
)

#: What a wire of no bits becomes.
EMPTY_WIRE = "[-1:0]"


def module_name(config):
    """Return the name of the Verilog module of a configuration's core."""
    return f"erbium_{config.name.replace('-', '_')}"


def emit(component, name):
    """Return the Verilog of a component.

    Ports are named after the component's members, joined by two underscores, such as
    ``i_request__valid``; clock and synchronous reset are ``clk`` and ``rst``. Wires that are
    constant, such as the `ready` of a stream that is always ready, are left out.

    Raises
    ------
    ValueError
        If a wire would keep its unknown start value in simulators.
    """
    text = verilog.convert(
        component, name, ports=_ports(component), emit_src=False, strip_internal_attrs=True
    )
    text = without_initial_words(text)
    if EMPTY_WIRE in text:
        raise ValueError(f"{name} has a wire of no bits, which Verilog reads as two; leave it out")
    if found := CONSTANT_PROCESS.search(text):
        raise ValueError(
            f"{name}: {found[1]} is constant, but is emitted as a process without inputs; "
            "assign the conditional part of its signal elsewhere"
        )
    return text


def without_initial_words(text):
    """Return Verilog whose memories that can be written start unknown, as those of chips do."""
    return INITIAL_WORDS.sub(r"\1", text)


def emit_core(config):
    """Return the Verilog of the core of a configuration."""
    return emit(Core(config), module_name(config))


def _ports(component):
    ports = {}
    for path, _, value in component.signature.flatten(component):
        signal = value.as_value() if isinstance(value, ValueCastable) else value
        if not isinstance(signal, Const):
            # No direction: what the component drives is an output, everything else an input.
            ports["__".join(map(str, path))] = (signal, None)
    return ports
