"""Emission: a component becomes Verilog text, reproducible byte for byte.

The text means the same in Verilog-2001 and in every later version, in SystemVerilog, and in every
tool: it has only continuous assignments, and processes that run at a clock edge. Nothing in it
depends on which of two things happens first at the start of a simulation.
"""

import os
import re
from unittest.mock import patch

from amaranth.back import verilog

from erbium.hw.core import Core
from erbium.hw.verilog.functions import NAME, without_processes
from erbium.hw.verilog.header import header, lint_off, lint_on, ports_first
from erbium.hw.verilog.initial import without_initial_blocks
from erbium.hw.verilog.interface import core_ports, signals
from erbium.hw.verilog.names import (
    check_different,
    check_name,
    module_name,
    old_module_name,
    old_port_name,
)

__all__ = ["emit", "emit_core", "module_name", "portable"]

#: What a wire of no bits becomes.
EMPTY_WIRE = "[-1:0]"

MODULE = re.compile(r"^module .*?^endmodule\n", re.MULTILINE | re.DOTALL)

#: A process that does not wait for a clock edge.
WAITING = re.compile(r"^ *always(?! @\(posedge ).*$", re.MULTILINE)

#: A register with a start value, and what a clock edge sets.
STARTED = re.compile(rf"^  reg (?:\[\d+:0\] )?({NAME}) *= .*;$", re.MULTILINE)
CLOCKED = re.compile(rf"^ +(?:\S+: )?({NAME})(?: ?\[[^\]]*\])? *<= ", re.MULTILINE)

#: A promise to synthesis tools that goes beyond Verilog's meaning. Every case has a default, so
#: there is nothing to promise.
FULL_CASE = re.compile(r"^ *\(\* full_case = 32'd1 \*\)\n", re.MULTILINE)


def emit(component, name, *, keep_roms=False):
    """Return the Verilog of a component.

    Ports are named after the component's members, joined by an underscore, such as
    ``i_request_valid``; clock and synchronous reset are ``clk`` and ``rst``. Wires that are
    constant, such as the `ready` of a stream that is always ready, are left out.

    Parameters
    ----------
    component : Component
    name : str
        Of the module.
    keep_roms : bool
        Memories that are only read stay memories, filled by an ``initial`` block.

    Raises
    ------
    ValueError
        If the text would mean different things to different tools.
    """
    found = [("_".join(map(str, path)), signal) for path, signal, _ in signals(component)]
    check_different([port for port, _ in found], f"ports of {name}")
    return portable(converted(component, name, dict(found)), keep_roms=keep_roms)


def converted(component, name, ports):
    """Return a component's Verilog as Amaranth writes it, with these signals as ports by name."""
    # No direction: what the component drives is an output, everything else an input.
    ports = {port: (signal, None) for port, signal in ports.items()}
    # Amaranth starts Yosys with Python, which must not find a user's `random.py` in this folder.
    with patch.dict(os.environ, PYTHONSAFEPATH="1"):
        text = verilog.convert(
            component, name, ports=ports, emit_src=False, strip_internal_attrs=True
        )
    if EMPTY_WIRE in text:
        raise ValueError(f"{name} has a wire of no bits, which Verilog reads as two; leave it out")
    return text


def portable(text, *, keep_roms=False, orders=None):
    """Return Verilog of Amaranth's that means the same to every tool, in every language version.

    Parameters
    ----------
    text : str
    keep_roms : bool
        See `emit`.
    orders : dict, optional
        From the first line of a module up to its ports to their order; see `ports_first`.

    Raises
    ------
    ValueError
        If the text holds what this does not know how to say otherwise.
    """

    def replaced(match):
        module = without_processes(FULL_CASE.sub("", match[0]))
        module = without_initial_blocks(module, keep_roms=keep_roms)
        return ports_first(module, (orders or {}).get(module.partition("(")[0]))

    text = MODULE.sub(replaced, text)
    check_portable(text)
    return text


def check_portable(text):
    """Raise `ValueError` if Verilog depends on what happens first at the start of a simulation.

    That is a process that waits for anything but a clock edge, or a register whose start value is
    meant to start something: it has one, and no clock edge ever sets it.
    """
    if found := WAITING.search(text):
        raise ValueError(f"a process waits for no clock edge: {found[0].strip()}")
    for module in MODULE.findall(text):
        clocked = {name.strip() for name in CLOCKED.findall(module)}
        for name in STARTED.findall(module):
            if name.strip() not in clocked:
                raise ValueError(f"register {name.strip()} has a start value, but no clock edge")


def emit_core(config, *, name=None, old_names=False, keep_roms=False, weights=None):
    """Return the Verilog of the core of a configuration, with a header that explains it.

    Parameters
    ----------
    config : Config
    name : str, optional
        Of the module; `module_name` if left out.
    old_names : bool
        Name ports, and the module, as they were named before they were legal in VHDL.
    keep_roms : bool
        See `emit`.
    weights : list of int array [sources, targets], optional
        What the weight memory holds at power-up, as ``initial`` blocks of its block RAMs; unknown
        if left out. Tools for chips without such memories leave them out.

    Raises
    ------
    ValueError
        If a name is not legal in Verilog, VHDL and C++, or if the weight memory is of a kind that
        holds nothing at power-up (`PowerUpError`).
    DataError
        If the weights do not fit the configuration.
    """
    if name is not None:
        check_name(name, "module name")
    else:
        name = old_module_name(config) if old_names else module_name(config)
    core = Core(config, weights=weights)
    ports = core_ports(core, old_port_name) if old_names else core_ports(core)
    named = {port.name: port.signal for port in ports if port.signal is not None}
    order = {f"module {name}": [port.name for port in ports]}
    text = portable(converted(core, name, named), keep_roms=keep_roms, orders=order)
    top = header(name, config, ports, powered_up=weights is not None)
    return f"{top}\n{lint_off()}\n{text}\n{lint_on()}"
