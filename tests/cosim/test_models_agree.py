"""Engines of the golden model: every kind of step is taken by each, without any circuit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.sim.compare import agreement
from erbium.sim.compare.agreement import MODELS, agree
from erbium.sim.compare.comparer import Comparer, Mismatch
from erbium.sim.compare.observation import Observation, of_ticks
from erbium.sim.host.draws import Scenario
from erbium.sim.host.script import Observed, sample_of

TINY = preset("tiny")

#: Every kind of step, and a sample after each that changes something.
STEPS = (
    ("run", 1, 256, 5), ("abort", 2, 256, 6, 70), ("run", 0, 256, 7), ("write", 3, 8),
    ("run", 2, 256, 9), ("random", 11, 12, 13), ("run", 1, 128, 10), ("read", 3), ("read", 0),
)  # fmt: skip


def test_models_agree_on_every_kind_of_step(tmp_path: Path) -> None:
    counts = agree(Scenario(TINY, 0, 1, STEPS), MODELS, build_dir=tmp_path)
    # The sample that is reset has no result.
    assert counts["samples"] == 4


@pytest.mark.parametrize("left_out", [0, 1, 2, 3, 4, 5, 7])
def test_every_step_matters(left_out: int) -> None:
    """What is seen is not the same without one of them."""
    whole, less = STEPS, (*STEPS[:left_out], *STEPS[left_out + 1 :])
    script = agreement.Script(Scenario(TINY, 0, 1, whole))
    seen = agreement._ticks(Core(TINY), Scenario(TINY, 0, 1, whole), script)
    if STEPS[left_out][0] == "abort":
        script.after_abort.clear()
    other = agreement._ticks(Core(TINY), Scenario(TINY, 0, 1, less), script)
    with pytest.raises(Mismatch):
        agreement.compare(other, seen, "fast")


@pytest.mark.parametrize(("stall", "expected"), [(0, None), (3, 17)])
def test_a_compiled_circuit_stalls_where_the_host_does(
    stall: int, expected: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def circuit(config: object, build_dir: Path, *, verilog: str, stalls: int | None) -> Core:
        made.append((config, build_dir, verilog, stalls))
        return Core(TINY)

    ticks = agreement._ticks
    monkeypatch.setattr(agreement, "NativeCore", circuit)
    monkeypatch.setattr(agreement, "emit_core", lambda config, name: f"{config.name} as {name}")
    monkeypatch.setattr(agreement, "_ticks", lambda core, *rest: ticks(core, *rest[:2]))
    monkeypatch.setattr(agreement, "compare", lambda *_: None)
    scenario = Scenario(TINY, stall, 17, STEPS[:1])
    agree(scenario, ("verilator",), build_dir=tmp_path)
    ((config, folder, verilog, stalls),) = made
    assert (config, folder, stalls) == (TINY, tmp_path, expected)
    assert verilog == f"tiny as {agreement.module_name(TINY)}"


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_a_sample_shows_the_spikes_of_all_its_layers(seed: int) -> None:
    core, sample = Core(TINY), sample_of(TINY, seed)
    found, again = of_ticks(core, sample, 1, 256), Core(TINY)
    spikes = [
        (layer, tick.number, neuron)
        for tick in again.ticks(sample, 1, 256)
        for layer in range(len(TINY.layers) - 1)
        for neuron in tick.events[layer + 1].tolist()
    ]
    assert {layer for layer, _, _ in spikes} == {0, 1}
    assert found.spikes.tolist() == [list(spike) for spike in spikes]
    late = [neuron for layer, tick, neuron in spikes if layer == 1 and tick >= TINY.burn_in]
    counts = np.bincount(late, minlength=TINY.layers[-1]).tolist()
    assert list(found.counts) == list(found.output_spikes) == counts
    assert found.synaptic_operations == again.synaptic_operations


ARRAY = np.arange(3)


def shown(**changes: object) -> Observation:
    values = {"winner": 1, "counts": ARRAY, "spikes": np.array([(0, 1, 2), (1, 2, 0)])}
    return Observation(**values | changes)


def test_what_differs_is_written_as_python_writes_it() -> None:
    comparer = Comparer("counts", found="a", expected="b")
    comparer.sample("sample 4", shown(counts=ARRAY + 1), shown())
    assert str(comparer.first) == "sample 4, counts: a [1, 2, 3], b [0, 1, 2]"
    comparer = Comparer("random", found="a", expected="b")
    comparer.value("random", "at the end", RandomState(1, 2, 3), RandomState(1, 2, 4))
    assert "encoder=3), b RandomState(event=1" in str(comparer.first)


@pytest.mark.parametrize(
    "changes",
    [
        {"winner": 2}, {"counts": ARRAY + 1}, {"spikes": np.array([(0, 1, 2)])},
        {"spikes": np.array([(0, 1, 2), (1, 2, 0), (1, 3, 0)])}, {"spikes": None},
    ],
)  # fmt: skip
def test_samples_that_differ_do_not_count_as_equal(changes: dict[str, object]) -> None:
    comparer = Comparer("winner", "counts", "spikes")
    assert comparer.sample("sample 0", shown(), shown())
    assert not comparer.sample("sample 1", shown(**changes), shown())
    found, expected = [shown(), shown(**changes), shown()], [shown()] * 3
    assert comparer.sample_sequence(found, expected) == 2
    assert comparer.sample_sequence(found[:1], expected) == 1


def test_nothing_observed_is_not_equal() -> None:
    with pytest.raises(Mismatch):
        agreement.compare(Observed([], [], [], None), Observed([shown()], [], [], None), "fast")
