"""One learned sample for `sim.waves`: checked like any other, and with its waveforms kept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import cocotb
import numpy as np

from erbium.golden.feedback import initial_weights
from erbium.hw.core import Core
from erbium.sim.benches.core_bench import CoreBench
from erbium.sim.benches.scoreboard import job, job_config
from erbium.sim.host.traffic import random_sample
from erbium.sim.waves import GROUPS

#: The design under test.
component = Core


def _width(dut, path: str) -> int:
    handle = dut
    for part in path.split("."):
        handle = getattr(handle, part)
    assert handle._path == f"bench_waves.{path}", f"{path} is no signal of the design"
    return len(handle)


@cocotb.test()
async def learns_one_sample(dut) -> None:
    """Reset, one sample with label 1, and its result."""
    config = job_config()
    bench = CoreBench(dut, config, cocotb.RANDOM_SEED, stall=0.0)
    widths = {path: _width(dut, path) for paths in GROUPS.values() for path in paths}
    (Path(os.environ["ERBIUM_BENCH"]) / "widths.json").write_text(json.dumps(widths))
    await bench.reset()
    await bench.load(initial_weights(config))
    given = job()["sample"]
    sample = random_sample(config, bench.rng) if given is None else np.array(given)
    bench.host.send(config, sample, label=1)
    bench.ticks.run(sample, 1)
    await bench.run(1, budget=1_000_000)
    await bench.idle(10)
    await bench.compare_memories()
    bench.compare_views()
    bench.board.passed()
