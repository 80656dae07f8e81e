"""Long random traffic on mutants that no tape tells apart, beside the compiled golden model."""

from __future__ import annotations

import ctypes
import random
from pathlib import Path

from golden.config import Config
from golden.fast import FastCore
from sim.library import build
from sim.mutation.netlist import SWITCH
from sim.native import NativeCore
from sim.soak import Stretch, traffic


class MutantCore(NativeCore):
    """A compiled netlist with a fault.

    Parameters
    ----------
    config : Config
    verilog : str
        Netlist with many faults at a switch.
    number : int
        Which one; 0 is none.
    build_dir : Path
    """

    def __init__(self, config: Config, verilog: str, number: int, build_dir: Path) -> None:
        self._number = number
        super().__init__(config, build_dir, verilog=verilog, netlist=True)

    def _build(self, verilog: str, folder: Path) -> Path:
        return build(self.config, verilog, folder, words=False, switch=SWITCH)

    def reset(self) -> None:
        """Put the switch in its place, and pulse the reset wire."""
        self._library.native_switch(self._handle, ctypes.c_uint32(self._number))
        super().reset()


def soak(
    config: Config, verilog: Path, number: int, seed: int, cycles: int, build_dir: Path
) -> str | None:
    """Return how a mutant differs from the golden model within so many cycles, or None.

    Parameters
    ----------
    config : Config
    verilog : Path
        Netlist with many faults at a switch.
    number : int
        Which one; 0 is none.
    seed : int
        Seed of the traffic.
    cycles : int
    build_dir : Path
        Where compiled netlists are kept.
    """
    circuit = MutantCore(config, verilog.read_text(), number, build_dir)
    found = Stretch(number, config.as_dict(), stalled=False)
    return traffic(circuit, FastCore(config), random.Random(seed), found, cycles, float("inf"))
