"""FPGA flow: a configuration becomes a placed and routed core or board, and numbers that count.

Reading order: `family` and `device` (what can be built for), `tools` (running the programs),
`harness` (a core has more ports than a package has pins), `cells` (counting them), `synthesis`
(Verilog becomes cells), `place` (placing, routing and packing), `timing` (fmax and critical path),
`flow` (`synthesize`, which ties them together for a core), `bitstream` (the same for a whole
board). Beside them, `gates` makes the same cells ready to be simulated. What can be said before
synthesis: `memory` (a core's memories), `blocks` (what they are made of), `plan` (whether that
fits, and what to change), `throughput` (clock cycles of samples), `clock` and `examples` (what to
count with), `plan_tables` (how it is printed). A new family is in `family`
and `device`, and its RAM in `blocks`.
"""

from erbium.scripts.fpga.cells import DoesNotFit
from erbium.scripts.fpga.device import DEVICES, Device, DeviceError, find_device
from erbium.scripts.fpga.flow import FpgaResult, synthesize
from erbium.scripts.fpga.timing import CriticalPath
from erbium.scripts.fpga.tools import FlowError, MissingTool, ToolFailed

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
