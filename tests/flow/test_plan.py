"""Planning: blocks and cycles said beforehand are those of the synthesis and of the circuit."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import LANES, Config
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.validate import DataError
from erbium.hw.verilog.emission import emit_core, module_name
from erbium.scripts.fpga import DEVICES, find_device, synthesize
from erbium.scripts.fpga.blocks import place, total
from erbium.scripts.fpga.cells import memory_name
from erbium.scripts.fpga.clock import Clock, expected
from erbium.scripts.fpga.examples import examples, nearest
from erbium.scripts.fpga.memory import HUGE, memories
from erbium.scripts.fpga.plan import fits, plan
from erbium.scripts.fpga.throughput import SampleCycles, Work, predict_cycles, work
from erbium.sim.engines.native import NativeCore
from tests.slow import slow_but

from .mapping import map_memories, zeros_removed

TINY, DIGITS = preset("tiny"), preset("digits")

#: Cores whose memories differ in kind and size, and that are quickly mapped.
CORES = {
    "tiny": TINY,
    "tiny_8_lanes": TINY.replace(lanes=8),
    "tiny_events": TINY.replace(encoder="events", refractory=0),
    "tiny_bernoulli": TINY.replace(encoder="bernoulli", lanes=4, transmit=11),
    "digits": DIGITS,
    "tiny_no_learning": TINY.replace(learning=False),
    "digits_1_lane": DIGITS.replace(lanes=1, weight_bits=5, weight_init=15),
}

MAPPED = [
    *((name, synth) for name in CORES for synth in ("synth_ice40", "synth_ecp5")),
    *((name, "synth_gowin") for name in ("tiny_8_lanes", "digits")),
]

#: Those that stand for the rest.
STAND = (
    ("tiny", "synth_ecp5"),
    ("tiny_events", "synth_ice40"),
    ("tiny_bernoulli", "synth_ice40"),
    ("tiny_no_learning", "synth_ice40"),
    ("digits_1_lane", "synth_ecp5"),
)


@pytest.mark.parametrize(("name", "synth"), slow_but(STAND, MAPPED))
def test_memories_of_a_core_are_those_of_yosys(name: str, synth: str, tmp_path: Path) -> None:
    config = CORES[name]
    top = module_name(config)
    found = map_memories(zeros_removed(emit_core(config)), top, synth, tmp_path)
    uses = {memory.name: place(memory, synth) for memory in memories(config)}
    assert {name: {use.cell: use.count} for name, use in uses.items() if use.count} == found
    log = (tmp_path / "mapping.log").read_text(encoding="utf-8")
    seen = {memory_name(name) for name in re.findall(rf" memory {top}\.(\S+)", log)}
    assert set(uses) <= seen, "a memory is not in the circuit"


def test_large_memory_of_weights_is_that_of_yosys(tmp_path: Path) -> None:
    config = DIGITS.replace(memory="spram")
    top, synth = module_name(config), "synth_ice40"
    verilog = zeros_removed(emit_core(config))
    found = map_memories(verilog, top, synth, tmp_path, options="-spram")
    uses = [place(memory, synth) for memory in memories(config)]
    assert {use.memory.name: {use.cell: use.count} for use in uses if use.count} == found
    assert total(uses)["SB_SPRAM256KA"] == 2


def test_plan_is_what_synthesis_counts(tmp_path: Path) -> None:
    found = plan(TINY, find_device("ecp5-25"))
    result = synthesize(TINY, "ecp5-25", build_dir=tmp_path, place=False)
    cells = result.brams | {"TRELLIS_DPR16X4": result.distributed_ram}
    assert total(found.uses) == cells
    assert found.as_dict()["blocks"] == cells
    assert set(result.memories) == {use.memory.name for use in found.uses}


#: Machines to count cycles with: all of which the blocks are compared, and some with features that
#: change no block.
RUNS = CORES | {
    "tiny_1_lane": TINY.replace(lanes=1),
    "blank_out": TINY.replace(lanes=4, layers=(12, 19, 3), transmit=11),
    "single_port": TINY.replace(memory="spram"),
}


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return the folder of compiled cores, which outlives the test run."""
    return request.config.cache.mkdir("native-cores")


def traffic(config: Config) -> tuple:
    """Return samples and labels; one sample is empty."""
    draw = np.random.default_rng(3)
    count = 3 if config.ticks > 12 else 6
    labels = draw.integers(0, config.layers[-1], count)
    if config.encoder == "events":
        fires = draw.random((count, config.ticks, config.layers[0])) < 0.4
        return [[np.flatnonzero(tick).tolist() for tick in one] for one in fires], labels
    samples = draw.integers(0, 256, (count, config.layers[0]))
    samples[draw.random(samples.shape) < 0.3] = 0
    samples[1] = 0
    return samples, labels


@pytest.mark.parametrize(
    ("name", "rate"),
    slow_but(
        lambda name, rate: name in ("tiny", "single_port", "blank_out", "tiny_events"),
        [(name, rate) for name in RUNS for rate in (256, 0) if RUNS[name].learning or not rate],
    ),
)
def test_cycles_are_those_of_the_circuit(name: str, rate: int, build_dir: Path) -> None:
    config = RUNS[name]
    samples, labels = traffic(config)
    predicted = predict_cycles(config, samples, labels, rate=rate)
    circuit = NativeCore(config, build_dir).run_many(samples, labels, rate)
    assert [sample.cycles for sample in predicted] == [result.cycles for result in circuit]
    assert [sample.phases for sample in predicted] == [result.phase_cycles for result in circuit]
    assert predicted[0].synaptic_operations > 0


def test_cycles_begin_where_a_training_left_off(build_dir: Path) -> None:
    samples, labels = traffic(TINY)
    trained = Core(TINY)
    for sample, label in zip(samples, labels, strict=True):
        trained.run(sample, int(label))
    start = {"weights": trained.weights, "random": RandomState(5, 6, 7)}
    circuit = NativeCore(TINY, build_dir)
    circuit.load(trained.weights)
    circuit.random = start["random"]
    heard: list[tuple[int, int]] = []
    predicted = predict_cycles(
        TINY, samples, labels, **start, progress=lambda *seen: heard.append(seen)
    )
    expected = [result.cycles for result in circuit.run_many(samples, labels)]
    assert [sample.cycles for sample in predicted] == expected
    assert heard == [(done, 6) for done in range(1, 7)]
    assert expected != [sample.cycles for sample in predict_cycles(TINY, samples, labels)]


def test_waiting_for_the_first_inputs_is_no_work() -> None:
    assert SampleCycles({"IDLE": 13, "SYNAPSE": 40}, 1).loaded == 41
    assert SampleCycles({"IDLE": 1, "SYNAPSE": 40}, 1).loaded == 41


def test_speeds_follow_from_the_clock() -> None:
    speed = Work(4, 1000.0, 500.0, 3000.0).at(50.0)
    assert speed["sop_per_second_peak"] == 200e6
    assert speed["sop_per_second"] == 150e6
    assert speed["training_samples_per_second"] == 50e3
    assert (speed["training_sample_us"], speed["inference_sample_us"]) == (20.0, 10.0)
    with_two = work(TINY, *traffic(TINY))
    assert with_two.inference_cycles < with_two.training_cycles
    assert with_two.synaptic_operations < with_two.training_cycles * TINY.lanes


@pytest.mark.parametrize("device", ["hx8k", "ecp5-25"])
def test_remedies_make_it_fit(device: str) -> None:
    config = preset("mnist-200")
    found = plan(config, find_device(device))
    assert not found.fits
    assert not found.as_dict()["fits"]
    changed = dict.fromkeys(found.remedies)
    for remedy in changed:
        words = remedy.partition(" (")[0].split()
        chip, values = find_device(device), {}
        for option, value in zip(words[::2], words[1::2], strict=True):
            if option == "--device":
                chip = find_device(value)
            elif option == "--lanes":
                values["lanes"] = int(value)
            else:
                name, _, text = value.partition("=")
                items = tuple(int(item) if item.isdigit() else item for item in text.split(","))
                values[name] = items if "," in text else items[0]
        assert fits(config.replace(**values), chip), remedy
    assert any("--set layers=" in remedy for remedy in changed)


def test_hidden_layers_are_as_large_as_fits() -> None:
    config, chip = preset("mnist-200"), find_device("ecp5-25")
    remedy = next(r for r in plan(config, chip).remedies if "hidden" in r)
    most = int(remedy.split(",")[1])
    assert f"--set layers=784,{most},10 (hidden layers of at most {most})" in remedy
    lanes = int(remedy.split()[1]) if "--lanes" in remedy else config.lanes
    largest = config.replace(layers=(784, most, 10), lanes=lanes)
    assert fits(largest, chip)
    assert not fits(largest.replace(layers=(784, most + 1, 10)), chip)


def test_lanes_and_layers_change_together_where_one_is_not_enough() -> None:
    config = preset("mnist-100").replace(lanes=32)
    found = plan(config, find_device("up5k")).remedies
    both = [remedy for remedy in found if "--lanes" in remedy and "layers=" in remedy]
    alone = any(fits(config.replace(layers=(784, size, 10)), find_device("up5k"))
                for size in range(1, 100))  # fmt: skip
    assert len(both) == (not alone)


def test_what_fits_needs_no_remedy() -> None:
    for device in DEVICES.values():
        found = plan(TINY, device)
        assert (found.fits, found.remedies) == (True, ())


def test_samples_are_made_to_fit() -> None:
    assert nearest(4, 16).tolist() == [0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]
    assert nearest(6, 3).tolist() == [0, 2, 4]
    same, other = examples("digits", DIGITS, 3), examples("digits", TINY, 3)
    assert (same.origin, same.samples.shape) == ("3 of digits", (3, 64))
    assert (other.origin, other.samples.shape) == ("3 of digits, 64 inputs made 12", (3, 12))
    assert max(other.labels) < TINY.layers[-1]
    with pytest.raises(DataError, match=r"cannot take 9999 of 1200 training samples"):
        examples("digits", DIGITS, 9999)


def measured_core(config: Config, mhz: float) -> dict[str, object]:
    return {
        "device": "up5k", "preset": config.name, "lanes": config.lanes, "fmax_mhz": mhz,
        "config": config.as_dict(),
    }  # fmt: skip


def test_clock_is_that_of_the_nearest_core(tmp_path: Path) -> None:
    measured = tmp_path / "results.json"
    chip = find_device("up5k")
    assert expected(DIGITS, chip, measured) == Clock(chip.target_mhz, "target")
    rows = [
        measured_core(DIGITS.replace(lanes=1), 30.0),
        measured_core(TINY.replace(lanes=4), 25.0),
        measured_core(DIGITS, 24.0),
        measured_core(DIGITS.replace(memory="spram"), 26.0),
        {"device": "up5k", "preset": "digits", "lanes": 8, "misfit": "needs more"},
        {"device": "hx8k", "preset": "digits", "lanes": 8, "fmax_mhz": 70.0},
    ]
    measured.write_text(json.dumps({"cores": rows}), encoding="utf-8")
    found = expected(DIGITS.replace(lanes=8), chip, measured)
    assert found == Clock(24.0, "likely", "digits, 4 lanes")
    # Only this very core was measured.
    assert expected(DIGITS, chip, measured) == Clock(24.0, "measured", "digits, 4 lanes")
    for other in (DIGITS.replace(ticks=41), DIGITS.replace(name="mine")):
        assert expected(other, chip, measured).origin == "likely"
    found = expected(DIGITS.replace(memory="spram"), chip, measured)
    assert found == Clock(26.0, "measured", "digits, 4 lanes")


@pytest.mark.parametrize(("bits", "lanes"), [(8, 4), (9, 2), (10, 2), (12, 1)])
def test_weights_that_fit_a_up5k_are_those_of_the_manual(bits: int, lanes: int) -> None:
    config, chip = (
        preset("mnist-100").replace(weight_bits=bits, memory="spram"),
        find_device("up5k"),
    )
    assert max(n for n in LANES if fits(config.replace(lanes=n), chip)) == lanes
    (words,) = (m for m in memories(config.replace(lanes=lanes)) if m.style == HUGE)
    manual = (Path(__file__).parents[2] / "docs" / "fpga.md").read_text(encoding="utf-8")
    rows = [line for line in manual.splitlines() if f"| {lanes} | {words.depth:,} \u00d7 " in line]
    assert [row for row in rows if str(bits) in row.split("|")[1].replace("or", "").split()]
