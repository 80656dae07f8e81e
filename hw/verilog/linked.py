"""Emission of a core behind its UART."""

from erbium.golden.link.registers import linked
from erbium.hw.link.uart_link import LinkedCore
from erbium.hw.verilog.emission import converted, portable
from erbium.hw.verilog.header import header, lint_off, lint_on
from erbium.hw.verilog.interface import Port
from erbium.hw.verilog.names import check_name, module_name

#: What the ports are for.
MEANINGS = {
    "clk": "clock; everything happens at its rising edge",
    "rst": "synchronous reset of core and link; weights are kept",
    "rx": "from the host: 8 bits, no parity, 1 stop bit; it needs no relation to clk",
    "tx": "to the host",
}

#: What a reader of the ports must know of all of them.
NOTES = (
    "What the bytes on rx and tx mean is said in docs/link.md of Erbium, and which registers they",
    "reach, in what `erbium registers` writes.",
)


def linked_name(config):
    """Return the name of the Verilog module of a core behind its UART."""
    return f"{module_name(linked(config))}_uart"


def emit_linked(config, *, clock_hz, baud, name=None, keep_roms=False, weights=None):
    """Return the Verilog of a core behind its UART, with a header that explains it.

    Parameters
    ----------
    config : Config
        With `guard` or without: the core has one.
    clock_hz, baud : int
        Frequency of the clock, and bits a second on the line.
    name : str, optional
        Of the module; `linked_name` if left out.
    keep_roms : bool
        See `hw.verilog.emission.emit`.
    weights : list of int array [sources, targets], optional
        See `hw.verilog.emission.emit_core`.

    Raises
    ------
    ValueError
        If the clock cannot make this rate, or a name is not legal in Verilog, VHDL and C++.
    """
    config = linked(config)
    name = linked_name(config) if name is None else check_name(name, "module name")
    top = LinkedCore(config, clock_hz=clock_hz, baud=baud, weights=weights)
    signals = {"rx": top.rx, "tx": top.tx}
    ports = [Port(one, one, signals.get(one), one == "tx", 1) for one in MEANINGS]
    text = portable(
        converted(top, name, signals),
        keep_roms=keep_roms,
        orders={f"module {name}": [port.name for port in ports]},
    )
    what = f", behind a UART: {baud:,} baud with a clock of {clock_hz / 1e6:g} MHz"
    about = header(
        name, config, ports, what=what, notes=NOTES, meanings=MEANINGS,
        powered_up=weights is not None,
    )  # fmt: skip
    return f"{about}\n{lint_off()}\n{text}\n{lint_on()}"
