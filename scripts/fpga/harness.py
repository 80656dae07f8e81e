"""Harness: few pins around a core, so that it can be placed on a chip with few pins."""

from __future__ import annotations

from dataclasses import dataclass

from amaranth import Cat, ClockSignal, Instance, Module, Signal
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.config import Config
from erbium.hw.verilog.emission import emit
from erbium.hw.verilog.header import LICENCE
from erbium.hw.verilog.interface import core_ports, interface
from erbium.hw.verilog.names import old_port_name, port_name


@dataclass(frozen=True)
class Port:
    """A port of a Verilog module, other than its clock."""

    name: str
    width: int
    is_output: bool


class Harness(wiring.Component):
    """Feed all inputs of a module from a shift register, and fold all outputs into one bit.

    Every input of the module comes from a flip-flop and every output goes straight into one, so
    the paths that limit the clock are the module's own. Each input bit can be anything and each
    output bit matters, so no part of the module can be optimised away.

    Parameters
    ----------
    module : str
        Name of the module; its clock is ``clk``.
    ports : sequence of Port

    Members
    -------
    i : In(1)
        Shifted into the inputs.
    o : Out(1)
        Exclusive or of all outputs, some cycles later.
    """

    def __init__(self, module: str, ports: tuple[Port, ...]) -> None:
        self._module = module
        self._ports = tuple(ports)
        super().__init__({"i": In(1), "o": Out(1)})

    def elaborate(self, platform):
        m = Module()
        arguments = [("i", "clk", ClockSignal())]
        inputs, outputs = [], []
        for port in self._ports:
            signal = Signal(port.width, name=port.name, reset_less=True)
            (outputs if port.is_output else inputs).append(signal)
            arguments.append(("o" if port.is_output else "i", port.name, signal))
        m.submodules.core = Instance(self._module, *arguments)

        shifted = Cat(inputs)
        m.d.sync += shifted.eq(Cat(self.i, shifted))
        m.d.comb += self.o.eq(self._fold(m, Cat(outputs)))
        return m

    def _fold(self, m, bits):
        """Reduce `bits` to one, four at a time and with a register after each level."""
        level = Signal(len(bits), name="captured", reset_less=True)
        m.d.sync += level.eq(bits)
        while len(level) > 1:
            parts = [level[at : at + 4].xor() for at in range(0, len(level), 4)]
            level = Signal(len(parts), name=f"folded_{len(parts)}", reset_less=True)
            m.d.sync += level.eq(Cat(parts))
        return level


def write_harness(config: Config, module: str, name: str, *, old_names: bool = False) -> str:
    """Return the Verilog of a harness for the core of a configuration.

    Parameters
    ----------
    config : Config
    module, name : str
        Names of the core's module and of the harness'.
    old_names : bool
        See `hw.verilog.emission.emit_core`.
    """
    named = old_port_name if old_names else port_name
    ports = core_ports(interface(config), named)[1:]
    text = emit(Harness(module, ports), name)
    return (
        f"// {name}: {module} with few pins\n"
        "//\n"
        f"// SPDX-License-Identifier: {LICENCE}\n"
        "// This file is generated, and yours to use, to change and to pass on.\n"
        "//\n"
        "// To be placed alone and measured. A shift register from pin i feeds all inputs, rst\n"
        "// included, and all outputs are folded into pin o, with a flip-flop at each: the paths\n"
        "// that limit the clock are the core's own. Pin rst does nothing. Synthesise with the\n"
        "// core's file, and this module as the top.\n"
        f"\n{text}"
    )
