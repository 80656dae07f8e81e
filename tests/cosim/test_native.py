"""Whole trainings of the emitted Verilog against the golden model, over the configuration space.

Every comparison also demands activity, because a silent network is equal to any other.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.enums import Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.hw.verilog.emission import emit_core
from erbium.sim.compare.cosim import CosimReport, cosimulate
from erbium.sim.engines.library import DRIVER, Status, constants
from erbium.sim.engines.native import FAILURES, NativeCore, SimulationError
from tests.slow import slow_but

SAMPLES = 40

TINY = preset("tiny")

#: Two hidden layers of which every constant differs, and blank-out.
DEEP = TINY.replace(
    name="deep",
    layers=(12, 9, 7, 3),
    lanes=8,
    threshold=(96, 150, 64),
    refractory=(2, 0, 1),
    membrane_leak=(4, 3, 5),
    dendrite_leak=(3, 4, 2),
    gain=(0, 1, 0),
    gate_low=(-512, -300, -100),
    gate_high=(512, 400, 200),
    feedback=(64, 40, 90),
    weight_init=(48, 60, 70),
    transmit=11,
)

CONFIGS = {
    "lanes_1": TINY.replace(lanes=1),
    "lanes_4_blank_out": TINY.replace(lanes=4, layers=(12, 19, 3), transmit=11),
    "lanes_8_deep": DEEP,
    "lanes_16_bernoulli": TINY.replace(lanes=16, layers=(12, 19, 3), encoder="bernoulli"),
    "lanes_16_spram": TINY.replace(lanes=16, layers=(12, 19, 3), memory="spram", transmit=12),
    "lanes_1_spram": TINY.replace(lanes=1, memory="spram"),
    "lanes_32": TINY.replace(lanes=32, layers=(25, 40, 4), rate_shift=1),
    "lanes_32_bernoulli": TINY.replace(lanes=32, layers=(25, 40, 4), encoder="bernoulli"),
    "events": TINY.replace(encoder="events", error_threshold=3, refractory=3, gain=1),
    "guard": TINY.replace(guard=True, counters=True),
    "events_guard": TINY.replace(guard=True, encoder="events", event_buffer=256),
    "narrow": TINY.replace(
        weight_bits=2, state_bits=8, weight_init=1, threshold=(3, 2), feedback=100,
        gate_low=-128, gate_high=127, learning_shift=3, burn_in=0, label_period=1,
    ),
    "wide": TINY.replace(
        weight_bits=16, state_bits=24, weight_init=30000, threshold=(60000, 40000), gain=(0, 8),
        feedback=(50000, 60000), gate_low=-4000000, gate_high=4000000, learning_shift=1,
    ),
}  # fmt: skip


@pytest.fixture
def build_dir(request: pytest.FixtureRequest) -> Path:
    """Return a folder that outlives the test run, so that unchanged cores are built once."""
    return request.config.cache.mkdir("native-cores")


def training(config: Config, count: int = SAMPLES, seed: int = 7) -> tuple:
    """Return samples, labels and rates: most learn from every event, some from a few or none."""
    draw = np.random.default_rng(seed)
    if config.encoder == "events":
        fires = draw.random((count, config.ticks, config.layers[0])) < 0.5
        samples = [[np.flatnonzero(tick).tolist() for tick in sample] for sample in fires]
    else:
        samples = draw.integers(0, 256, (count, config.layers[0]))
        samples[draw.random(samples.shape) < 0.3] = 0
        samples[count // 2] = 0
    labels = draw.integers(0, config.layers[-1], count)
    return samples, labels, draw.choice([256, 256, 100, 0], count)


#: Large circuits take half a minute to compile; of others, some stand for more.
SLOW = (
    "events",
    "guard",
    "wide",
    "lanes_4_blank_out",
    "lanes_32",
    "lanes_32_bernoulli",
    "lanes_16_spram",
    "lanes_16_bernoulli",
    "lanes_8_deep",
)


def check_equal(report: CosimReport, config: Config) -> None:
    assert report.first_mismatch is None
    assert report.equal
    assert report.spikes_compared > 5 * report.samples
    synapses = sum(a * b for a, b in zip(config.layers, config.layers[1:], strict=False))
    assert report.weights_compared == synapses
    assert report.words == report.words_expected > 0
    assert report.cycles_per_phase["FEEDBACK"] > 0
    assert sum(report.cycles_per_phase.values()) == report.cycles


@pytest.mark.parametrize("name", slow_but(lambda name: name not in SLOW, CONFIGS))
def test_training_is_equal(name: str, build_dir: Path) -> None:
    config = CONFIGS[name]
    check_equal(cosimulate(config, *training(config), build_dir=build_dir), config)


@pytest.mark.parametrize("memory", slow_but(lambda memory: memory == "block", ["block", "spram"]))
def test_machine_without_learning_is_equal(memory: str, build_dir: Path) -> None:
    config = TINY.replace(learning=False, lanes=4, memory=memory, transmit=12)
    samples, labels, rates = training(config)
    # Model and circuit take every rate for 0.
    report = cosimulate(config, samples, labels, rates, build_dir=build_dir)
    assert report.equal
    assert report.spikes_compared > 5 * report.samples
    assert report.cycles_per_phase["FEEDBACK"] == 0
    core = NativeCore(config, build_dir)
    results = core.run_many(samples, labels, rates)
    assert sum(int(result.counts.sum()) for result in results) > 0
    for after, before in zip(core.weights, initial_weights(config), strict=True):
        np.testing.assert_array_equal(after, before)
    again = Core(config)
    for sample, label, result in zip(samples, labels, results, strict=True):
        assert again.run(sample, int(label), 0).counts.tolist() == result.counts.tolist()


@pytest.mark.slow
def test_memories_and_lanes_change_no_result(build_dir: Path) -> None:
    data, seen = training(TINY, 12), []
    for changes in ({}, {"memory": "spram"}, {"lanes": 8, "memory": "spram"}):
        core = NativeCore(TINY.replace(**changes), build_dir)
        results = core.run_many(*data)
        seen.append(([result.counts.tolist() for result in results], core.weights, results))
    for counts, weights, _ in seen[1:]:
        assert counts == seen[0][0]
        for one, other in zip(weights, seen[0][1], strict=True):
            np.testing.assert_array_equal(one, other)
    # Where words wait for the only port, and nowhere else, single-port memory is slower.
    block, spram = (
        {phase: sum(r.phase_cycles[phase] for r in results) for phase in ("SYNAPSE", "FEEDBACK")}
        for _, _, results in seen[:2]
    )
    assert spram["SYNAPSE"] > block["SYNAPSE"]
    assert spram["FEEDBACK"] == block["FEEDBACK"]


@pytest.mark.parametrize("stalls", [None, 1, 2])
def test_stalls_change_nothing(stalls: int | None, build_dir: Path) -> None:
    data = training(TINY)
    seen: list[tuple[int, int]] = []
    report = cosimulate(
        TINY, *data, build_dir=build_dir, stalls=stalls, progress=lambda *a: seen.append(a)
    )
    check_equal(report, TINY)
    assert seen == [(i + 1, SAMPLES) for i in range(SAMPLES)]


def test_lanes_change_no_weight(build_dir: Path) -> None:
    """Each number of lanes equals golden in another test; here they are compared directly."""
    data, trained = training(TINY), []
    for lanes in (1, 2):
        core = NativeCore(TINY.replace(lanes=lanes), build_dir)
        core.run_many(*data)
        trained.append(core.weights)
    moved = [(a != b).mean() for a, b in zip(trained[0], initial_weights(TINY), strict=True)]
    assert min(moved) > 0.3
    for one, two in zip(*trained, strict=True):
        np.testing.assert_array_equal(one, two)


def test_rate_0_changes_no_weight(build_dir: Path) -> None:
    core = NativeCore(TINY, build_dir)
    samples, labels, _ = training(TINY)
    results = core.run_many(samples, labels, 0)
    assert sum(len(result.spikes) for result in results) > 100
    assert sum(result.phase_cycles["FEEDBACK"] for result in results) == 0
    for after, before in zip(core.weights, initial_weights(TINY), strict=True):
        np.testing.assert_array_equal(after, before)


def test_start_from_given_weights_and_random_states(build_dir: Path) -> None:
    config = TINY.replace(transmit=12)
    draw = np.random.default_rng(5)
    weights = [draw.integers(-128, 128, w.shape) for w in initial_weights(config)]
    core = NativeCore(config, build_dir, stalls=3)
    samples, labels, rates = training(config, 6)
    core.run_many(samples, labels, rates)
    core.load(weights)
    core.random = RandomState(1, 2**32 - 1, 0x12345678)
    assert core.random == RandomState(1, 2**32 - 1, 0x12345678)
    for after, before in zip(core.weights, weights, strict=True):
        np.testing.assert_array_equal(after, before)
    golden = Core(config, weights)
    golden.random = core.random
    for sample, label, rate in zip(samples, labels, rates, strict=True):
        got, wanted = core.run(sample, label, rate), golden.run(sample, int(label), int(rate))
        assert got.winner == wanted.winner
        np.testing.assert_array_equal(got.counts, wanted.counts)
        assert got.random == golden.random
    core.reset()
    assert core.random == RandomState.seeded(config.seed)
    for after, before in zip(core.weights, golden.weights, strict=True):
        np.testing.assert_array_equal(after, before)


@pytest.mark.parametrize("memory", ["block", "spram"])
def test_reset_loses_no_loaded_weight(memory: str, build_dir: Path) -> None:
    core = NativeCore(TINY.replace(memory=memory), build_dir)
    loaded = [matrix[::-1] for matrix in core.weights]
    core.load(loaded)
    core.reset()
    for one, other in zip(core.weights, loaded, strict=True):
        np.testing.assert_array_equal(one, other)


def test_faulty_circuit_is_caught(build_dir: Path) -> None:
    """A circuit in which one lane does not learn must not pass."""
    text = emit_core(TINY)
    # Neurons that no error reaches do not learn.
    port = r"(datapath\.lane_1 +lane_1 \([^;]*\.f_feedback\()[^()]*\)"
    faulty, count = re.subn(port, r"\g<1>8'b0)", text)
    assert count == 1
    report = cosimulate(TINY, *training(TINY), build_dir=build_dir, verilog=faulty)
    assert not report.equal
    assert not report.weights_equal
    assert report.first_mismatch is not None
    where = r"^sample \d+, spike of tick \d+, layer \d, neuron \d: circuit \d, golden \d$"
    assert re.search(where, report.first_mismatch)


def test_hanging_circuit_is_reported(build_dir: Path) -> None:
    text = emit_core(TINY)
    # The driver's own line: the phase says when a result is offered.
    faulty, count = re.subn(r"o_result__valid = \\\$\d+ ;", "o_result__valid = 1'h0;", text)
    assert count == 1
    core = NativeCore(TINY, build_dir, verilog=faulty)
    with pytest.raises(SimulationError, match="it hangs"):
        core.run(np.full(12, 255))


def test_nothing_compared_is_not_equal(build_dir: Path) -> None:
    report = cosimulate(TINY, [], [], build_dir=build_dir)
    assert report.first_mismatch.startswith("nothing was compared of winner, ")
    assert not report.equal
    assert not report.as_dict()["equal"]


def test_nothing_spiked_is_not_equal(build_dir: Path) -> None:
    report = cosimulate(TINY, np.zeros((2, 12), dtype=int), [0, 1], build_dir=build_dir)
    assert report.predictions_equal
    assert not report.spikes_equal
    assert not report.equal


def test_cores_can_go_in_any_order(build_dir: Path) -> None:
    first, second = NativeCore(TINY, build_dir), NativeCore(TINY, build_dir)
    del second
    first.run(np.full(12, 200), 1, 256)
    del first


def test_a_training_goes_on_in_the_circuit(build_dir: Path) -> None:
    config = CONFIGS["lanes_4_blank_out"]
    samples, labels, rates = training(config)
    whole, begun = Core(config), Core(config)
    for core, count in ((whole, SAMPLES), (begun, SAMPLES // 2)):
        for sample, label, rate in zip(samples[:count], labels, rates, strict=False):
            core.run(sample, int(label), int(rate))
    rest = slice(SAMPLES // 2, SAMPLES)
    circuit = NativeCore(config, build_dir)
    circuit.load(begun.weights)
    circuit.random = begun.random
    circuit.run_many(samples[rest], labels[rest], rates[rest])
    for a, b in zip(circuit.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(a, b)
    start = {"weights": begun.weights, "random": begun.random}
    report = cosimulate(config, samples[rest], labels[rest], build_dir=build_dir, **start)
    check_equal(report, config)
    # From other random states, other things are learned.
    other = cosimulate(config, samples[rest], labels[rest], weights=begun.weights,
                       random=Core(config).random, build_dir=build_dir)  # fmt: skip
    check_equal(other, config)
    assert other.spikes_compared != report.spikes_compared


def test_driver_has_the_enumerations_of_the_model() -> None:
    header = constants(TINY, words=True)
    for codes in (Phase, Status):
        names = re.search(rf"enum {codes.__name__} {{(.*)}};", header)[1]
        pairs = (pair.split(" = ") for pair in names.split(","))
        assert {name.strip(): int(code) for name, code in pairs} == dict(codes.__members__)
    assert f"constexpr int PHASES = {len(Phase)};" in header
    # No other numbers of them are in the driver itself.
    assert "enum" not in DRIVER.read_text()
    assert set(FAILURES) == set(Status) - {Status.OK}
