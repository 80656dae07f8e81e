"""No part of a circuit is built and then forgotten: Amaranth says so when it is garbage."""

import subprocess
import sys

import pytest

#: What is written, of each top: it is garbage at the end of the process at the latest.
EMITTED = {
    "core": "emit_core(preset('tiny'))",
    "guarded core of events": "emit_core(preset('tiny').replace(encoder='events', guard=True))",
    "linked core": "emit_linked(preset('tiny'), clock_hz=12_000_000, baud=115_200)",
    "forgotten": "emit_core(preset('tiny')), SpikeQueue(preset('tiny'))",
}

PROGRAM = """
from erbium.golden.presets import preset
from erbium.hw.spikes import SpikeQueue
from erbium.hw.verilog.emission import emit_core
from erbium.hw.verilog.linked import emit_linked
written = {}
"""


@pytest.mark.parametrize("circuit", EMITTED)
def test_nothing_is_built_and_forgotten(circuit):
    program = PROGRAM.format(EMITTED[circuit])
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", program], capture_output=True, text=True, check=True
    )
    assert ("created but never used" in done.stderr) == (circuit == "forgotten"), done.stderr
