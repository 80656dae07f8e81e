"""FPGA flow: a configuration becomes a placed and routed core, and the numbers that count.

Reading order: `device` (what can be built for), `tools` (running Yosys and nextpnr), `harness`
(a core has more ports than a package has pins), `netlist` (counting cells), `synthesis` (Verilog
becomes cells), `report` (fmax and critical path), `flow` (`synthesize`, which ties them together).
Beside it, `gates` makes the same cells ready to be simulated.
"""

from scripts.fpga.device import DEVICES, Device, DeviceError, find_device
from scripts.fpga.flow import DoesNotFit, FpgaResult, synthesize
from scripts.fpga.report import CriticalPath
from scripts.fpga.tools import FlowError, MissingTool, ToolFailed

__all__ = [
    "DEVICES",
    "CriticalPath",
    "Device",
    "DeviceError",
    "DoesNotFit",
    "FlowError",
    "FpgaResult",
    "MissingTool",
    "ToolFailed",
    "find_device",
    "synthesize",
]
