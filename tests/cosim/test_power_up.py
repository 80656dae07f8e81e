"""Weights at power-up: a circuit classifies right after its first reset, and nobody has loaded it.

What it holds is read from the emitted Verilog by every simulator, and by synthesis for every
family whose cells can be simulated.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.fpga.device import FAMILIES, find_family
from erbium.scripts.fpga.gates import write_gates
from erbium.sim.engines.native import NativeCore
from erbium.sim.engines.runner import SIMULATORS, BenchError, run_bench
from tests.slow import slow_but

TINY = preset("tiny")

#: Machines whose weight memories are cut in different ways; of one, a lane holds only zeros.
CONFIGS = {
    "tiny": TINY,
    "a lane of padding": TINY.replace(lanes=8),
    "slices": TINY.replace(layers=(40, 90, 5), lanes=4, weight_bits=9),
    "inference": TINY.replace(learning=False, encoder="bernoulli"),
}


def trained(config: Config, samples: np.ndarray, labels: np.ndarray) -> list[np.ndarray]:
    """Return weights that are not the initial ones."""
    core = Core(config.replace(learning=True))
    for sample, label in zip(samples, labels, strict=True):
        core.run(sample, int(label))
    return core.weights


def drawn(config: Config, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return samples and labels."""
    rng = np.random.default_rng(4)
    samples = rng.integers(0, 256, (count, config.layers[0]))
    return samples, rng.integers(0, config.layers[-1], count)


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run, so that unchanged cores are built once."""
    return Path(request.config.cache.mkdir("native"))


@pytest.mark.parametrize("name", slow_but(lambda name: name == "slices", CONFIGS))
def test_compiled_circuit_classifies_after_power_up(name: str, build_dir: Path) -> None:
    config = CONFIGS[name]
    samples, labels = drawn(config, 6)
    weights = trained(config, samples, labels)
    text = emit_core(config, weights=weights)
    circuit = NativeCore(config, build_dir, verilog=text, load=False)
    expected = Core(config, weights)
    for sample, found in zip(samples, circuit.run_many(samples, labels, 0), strict=True):
        golden = expected.run(sample, rate=0)
        assert found.winner == golden.winner
        assert found.counts.tolist() == golden.counts.tolist()
        assert found.random == expected.random
        assert len(found.spikes) > 0
    assert (circuit.weight_words == Layout(config).pack(weights)).all()
    # It learns on from there, and a reset brings nothing back.
    if config.learning:
        circuit.run_many(samples, labels)
        for sample, label in zip(samples, labels, strict=True):
            expected.run(sample, int(label))
        circuit.reset()
        words = Layout(config).pack(expected.weights)
        assert (circuit.weight_words == words).all()
        assert (words != Layout(config).pack(weights)).any()


#: Block RAM that must be in the netlist, as it is in the chip.
BLOCK_RAM = {"ice40": "SB_RAM40_4K", "ecp5": "DP16KD"}

#: What the bench does: samples at rate 0 first, then others, then all weights are read back.
MIXES = {"only": "mixes_rates"}


def held(weights: list[np.ndarray]) -> dict[str, object]:
    """Return the entry of a bench's job that says what the circuit holds at power-up."""
    return {"power_up": [matrix.tolist() for matrix in weights]}


@pytest.mark.parametrize("simulator", slow_but(lambda name: name == "icarus", SIMULATORS))
def test_emitted_verilog_holds_its_weights(simulator: str, tmp_path: Path) -> None:
    weights = trained(TINY, *drawn(TINY, 3))
    text = emit_core(TINY, weights=weights)
    file = tmp_path / "core.v"
    file.write_text(text)
    common = {"build_dir": tmp_path, "netlist": file, **MIXES}
    result = run_bench("core", TINY, simulator, extra=held(weights), **common)
    assert (result.tests, result.mismatches) == (1, 0)
    assert min(result.cycles, result.values) > 1000
    # One bit of one weight is another.
    file.write_text(
        re.sub(r"(words\[7\] = 8'h)(\w)", lambda m: f"{m[1]}{int(m[2], 16) ^ 8:x}", text)
    )
    with pytest.raises(BenchError, match=r"with [1-9]\d* mismatches"):
        run_bench("core", TINY, simulator, extra=held(weights), **common)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_netlist_holds_its_weights(family: str, tmp_path: Path) -> None:
    weights = trained(TINY, *drawn(TINY, 3))
    gates, netlist = write_gates(TINY, find_family(family), tmp_path, weights)
    assert netlist.count()[BLOCK_RAM[family]] > 0
    common = {"build_dir": tmp_path, **MIXES, "extra": held(weights)}
    for simulator in SIMULATORS:
        result = run_bench("core", TINY, simulator, netlist=gates, **common)
        assert (result.tests, result.mismatches) == (1, 0)
        assert min(result.cycles, result.values) > 1000
