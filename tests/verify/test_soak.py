"""Long tests of random machines: counted over runs, and a faulty circuit is found."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.verify import agree as agree_section
from erbium.scripts.verify import soak as section
from erbium.scripts.verify.soak import Count
from erbium.sim.compare.stretch import ROUND, Stretch, draw_config, run_stretch
from erbium.sim.faults.circuit import planted

#: A machine of one lane, which is built quickly and spikes.
NUMBER = 2


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run: Verilator's runtime is built once."""
    return request.config.cache.mkdir("native-cores")


@pytest.mark.slow
def test_stretch_compares_and_spikes(build_dir: Path) -> None:
    found = run_stretch(1, NUMBER, cycles=1_000_000, seconds=600, build_dir=build_dir)
    assert found.mismatch is None
    assert found.cycles >= 1_000_000
    assert found.samples == ROUND * found.rounds
    assert found.spikes > found.samples
    assert found.weights > 0
    assert not list(build_dir.glob(f"{module_name(draw_config(1, NUMBER))}-*.so"))


def test_faulty_circuit_is_found(build_dir: Path) -> None:
    config = draw_config(1, NUMBER)
    with planted("errors a tick too early", config) as hardware:
        text = emit_core(hardware, name=module_name(config))
    found = run_stretch(1, NUMBER, cycles=5_000_000, seconds=600, build_dir=build_dir, verilog=text)
    assert found.mismatch is not None
    assert found.mismatch.startswith(f"round {found.rounds}: ")


def test_machines_depend_on_seed_and_number_only() -> None:
    assert draw_config(1, 3) == draw_config(1, 3)
    machines = {draw_config(seed, number).sha256 for seed in (1, 2) for number in range(4)}
    assert len(machines) == 8


def stretch(number: int, **values: object) -> Stretch:
    return Stretch(number, draw_config(1, NUMBER).as_dict(), **({"stalled": True} | values))


def test_count_goes_on(tmp_path: Path) -> None:
    first = Count(tmp_path, 1)
    first.add(stretch(0, cycles=100, samples=3, memory_begin=1000, memory_end=1500), 40, [])
    first.figures["next"] = 1
    first.save()
    again = Count(tmp_path, 1)
    assert again.figures["next"] == 1
    wrong = stretch(1, cycles=50, stalled=False, memory_begin=1, memory_end=2)
    again.add(wrong, 2, ["round 1: wrong; again: erbium soak --seed 1 --only 1"])
    figures = again.figures
    assert figures["cycles"] == {"verilator": 150, "icarus": 42}
    assert (figures["stalled_cycles"], figures["memory_growth"]) == (100, 500)
    assert "1 mismatches" in section.summary(figures)
    assert "--only 1" in section.text(figures)
    assert Count(tmp_path, 2).figures["next"] == 0


def test_sections_say_what_failed() -> None:
    engines = ("numpy", "fast", "cycle", "amaranth", "icarus", "verilator")
    figures = {
        "scenarios": dict.fromkeys(engines, 10), "samples": 30, "configurations": 10,
        "cycles": {"amaranth": 100, "icarus": 200, "verilator": 300}, "failures": [],
    }  # fmt: skip
    assert "all agree" in agree_section.summary(figures)
    figures["failures"] = ["icarus differs"]
    assert "1 disagree" in agree_section.summary(figures)
    assert "icarus differs" in agree_section.text(figures)
