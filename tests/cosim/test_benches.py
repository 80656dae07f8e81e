"""Every bench on both simulators: the emitted Verilog equals the golden model in each cycle."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.golden.config import Config
from erbium.golden.presets import preset
from erbium.sim.benches.suite import VARIANTS, suite
from erbium.sim.engines.runner import SIMULATORS, BenchError, run_bench
from erbium.sim.faults import circuit as faults
from erbium.sim.waves import GROUPS, ZOOM, record_waves
from tests.slow import slow_but

JOBS = suite()

#: Icarus takes up to a hundred times longer than Verilator for a core, so it gets a part of the
#: bench here, but for `WHOLE`, and less of it with many lanes; `make sim` runs all of it.
WHOLE, PART = ("tiny", "tiny-spram"), {"only": r"learns/stall=0\.4|serves_the_host"}
WIDE = {"only": r"learns/stall=0\.4", "extra": {"samples": 2}}


#: Cores that differ most in how they work.
CORES = ("tiny", "tiny-spram")

#: Units whose first bench runs on Verilator.
ON_VERILATOR = ("encoder", "neuron")


def _stands_for_others(bench: str, config: Config, simulator: str) -> bool:
    """Return whether a bench is the first of its kind, or a core of another kind.

    Units are tried on one simulator here: the bench of the core, on both, has all of them.
    """
    if bench == "core" and simulator == "verilator":
        return config.name in CORES
    first = (bench, config) == next(job for job in JOBS if job[0] == bench)
    return first and simulator == ("verilator" if bench in ON_VERILATOR else "icarus")


@pytest.mark.parametrize(
    ("bench", "config", "simulator"),
    slow_but(
        _stands_for_others,
        [(*job, simulator) for job in JOBS for simulator in SIMULATORS],
        name=lambda bench, config, simulator: f"{bench}-{config.name}-{simulator}",
    ),
)
def test_circuit_equals_golden(bench: str, config: Config, simulator: str, tmp_path: Path) -> None:
    part = {}
    if bench == "core" and simulator == "icarus" and config.name not in WHOLE:
        part = PART if config.lanes < 16 else WIDE
    result = run_bench(bench, config, simulator, build_dir=tmp_path, **part)
    print(result)
    assert result.mismatches == 0
    assert result.tests > 0
    assert min(result.cycles, result.values) > 500


#: Where each fault shows: a bench and a variant that uses the faulty part.
FAULTY = {
    "weights wrap": ("plasticity", "tiny-2-bit"),
    "leak rounds down": ("neuron", "tiny-deep"),
    # A membrane at the very limit of the gate is rare in a network.
    "gate closes one too late": ("neuron", "tiny-deep"),
    "hold of single-port memory ignored": ("core", "tiny-spram"),
    "second of two inputs lost": ("encoder", "tiny-32-lanes"),
    "weights rest a spike too late": ("readout", "tiny-margin"),
    "inputs fire too seldom": ("encoder", "tiny"),
    "generator of another kind": ("rng", "tiny"),
    "spikes in the wrong order": ("spikes", "tiny-16-lanes"),
}


#: Found by the bench of the core, which takes longer than those of units.
SLOW = {
    "threshold one too high", "label fires too seldom", "errors without a cycle between them",
    "no forwarding of sums", "first event before neurons are clear", "errors a tick too early",
    "weights change a tick too late",
}  # fmt: skip


@pytest.mark.parametrize("fault", slow_but(lambda fault: fault not in SLOW, faults.FAULTS))
def test_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    bench, variant = FAULTY.get(fault, ("core", "tiny"))
    with pytest.raises(BenchError, match=r"with [1-9]\d* mismatches"):
        run_bench(bench, VARIANTS[variant], "icarus", build_dir=tmp_path, fault=fault)


@pytest.mark.slow
def test_core_bench_finds_the_fault_of_a_lane(tmp_path: Path) -> None:
    config = VARIANTS["tiny-2-bit"]
    with pytest.raises(BenchError, match=r"with [1-9]\d* mismatches"):
        run_bench("core", config, "verilator", build_dir=tmp_path, fault="weights wrap")


def test_waves_open_at_signals_that_exist(tmp_path: Path) -> None:
    dump, view = record_waves(preset("tiny"), out=tmp_path)
    assert dump.stat().st_size > 1000
    text = view.read_text()
    assert '[dumpfile] "tiny.fst"' in text
    assert f"*{ZOOM}" in text
    for group, paths in GROUPS.items():
        assert f"-{group}" in text
        for path in paths:
            assert f"bench_waves.{path}" in text
