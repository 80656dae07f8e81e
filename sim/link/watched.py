# amaranth: UnusedElaboratable=no
"""Watched: a core behind its UART, with a port that shows what goes into the core."""

from __future__ import annotations

from amaranth.hdl import Cat, Module, ResetSignal, Value
from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from erbium.golden.config import Config
from erbium.golden.words import Fields, unpack
from erbium.hw.link.uart_link import LinkedCore
from erbium.sim.host.ports import signals


class Watched(wiring.Component):
    """A `LinkedCore` with one more port.

    Parameters
    ----------
    config : Config
    clock_hz, baud : int

    Attributes
    ----------
    fields : dict of str to int
        What is watched, lowest first, and its bits: ``rst`` (the reset wire), inputs of the
        core by the names of its ports, bytes as they come from the receiver, errors of the line,
        and ``core_reset`` (a command resets the core).

    Members
    -------
    rx, tx : In(1), Out(1)
    watch : Out(sum of the bits)
    """

    def __init__(self, config: Config, *, clock_hz: int, baud: int) -> None:
        self._linked = linked = LinkedCore(config, clock_hz=clock_hz, baud=baud)
        inputs, _ = signals(linked.core)
        frames = linked.frames
        self._watched = {
            **inputs,
            "byte_valid": frames.i.valid,
            "byte": frames.i.payload,
            "error_valid": frames.errors.valid,
            "error": frames.errors.payload,
            "core_reset": linked.registers.core_reset,
        }
        self.fields: Fields = {"rst": 1} | {
            name: len(Value.cast(signal)) for name, signal in self._watched.items()
        }
        super().__init__({"rx": In(1), "tx": Out(1), "watch": Out(sum(self.fields.values()))})

    @property
    def config(self) -> Config:
        """The configuration of the core."""
        return self._linked.config

    @property
    def words(self) -> int:
        """Words of 32 bits that hold all of it."""
        return -(-len(self.watch) // 32)

    def unpack(self, word: int) -> dict[str, int]:
        """Return what is watched by its names."""
        return unpack(self.fields, word)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.linked = linked = self._linked
        m.d.comb += [
            linked.rx.eq(self.rx),
            self.tx.eq(linked.tx),
            self.watch.eq(Cat(ResetSignal(), *self._watched.values())),
        ]
        return m
