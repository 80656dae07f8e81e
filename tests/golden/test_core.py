"""The machine in its tick view: a sample by hand, and what must hold for every sample."""

from __future__ import annotations

import copy
import random

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.feedback import initial_weights
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState, xorshift
from erbium.sim.host.traffic import random_sample

TINY = preset("tiny")

#: Two inputs, two hidden neurons, two classes. A learning rate of 1 needs no random numbers.
HAND = Config(
    name="hand",
    layers=(2, 2, 2),
    encoder="events",
    state_bits=8,
    ticks=2,
    burn_in=0,
    label_period=1,
    threshold=10,
    refractory=1,
    membrane_leak=1,
    dendrite_leak=1,
    gate_low=-50,
    gate_high=50,
    feedback=8,
    weight_init=0,
    learning_shift=0,
)


def hand() -> Core:
    core = Core(HAND, [np.array([[6, 12], [5, -4]]), np.array([[7, 3], [11, 2]])])
    core.feedback = [np.array([[3, -2], [-3, 2]]), np.array([[8, 0], [0, 8]])]
    return core


def state(core: Core, layer: int) -> dict[str, list[int]]:
    return {name: values.tolist() for name, values in vars(core.states[layer]).items()}


def test_two_ticks_by_hand() -> None:
    core = hand()
    ticks = core.ticks([[0, 1], [0]], label=1)

    # Tick 0, both inputs. Hidden membranes 6 + 5 = 11, 12 - 4 = 8: neuron 0 fires and is reset,
    # the other leaks 8 / 2. Gates were closed, so nothing is learnt; now they open.
    # Output membranes 7, 3: silence; they leak to 7 - 4, 3 - 2.
    # Label 1 is not answered: E+ of class 1 sends its feedback to all dendrites.
    tick = next(ticks)
    assert [events.tolist() for events in tick.events] == [[0, 1], [0], []]
    assert tick.errors == [(1, 1)]
    hidden = {"membrane": [0, 4], "dendrite": [-3, 2], "gate": [1, 1], "refractory": [1, 0]}
    output = {"membrane": [3, 1], "dendrite": [0, 8], "gate": [1, 1], "refractory": [0, 0]}
    assert (state(core, 0), state(core, 1)) == (hidden, output)
    assert core.weights[0].tolist() == [[6, 12], [5, -4]]

    # Tick 1, input 0. Its old weights 6, 12 are sent, then they learn -3, +2: hidden membranes
    # 6 and 16. Neuron 1 fires, neuron 0 rests, leaks 3 and ends its rest. Dendrites leak 2, 1.
    # Output membranes 3 + 11, 1 + 2; row 1 learns 0, +8. Class 0 fires; dendrites leak to 0, 4.
    # Class 0 was wrong: E- takes away its feedback (-3, +2 and -8, 0). Label 1 is missed again:
    # E+ adds (-3, +2 and 0, +8).
    tick = next(ticks)
    assert [events.tolist() for events in tick.events] == [[0], [1], [0]]
    assert tick.errors == [(0, -1), (1, 1)]
    hidden = {"membrane": [3, 0], "dendrite": [-7, 5], "gate": [1, 1], "refractory": [0, 1]}
    output = {"membrane": [0, 1], "dendrite": [-8, 12], "gate": [1, 1], "refractory": [1, 0]}
    assert (state(core, 0), state(core, 1)) == (hidden, output)
    assert core.weights[0].tolist() == [[3, 14], [5, -4]]
    assert core.weights[1].tolist() == [[7, 3], [11, 10]]

    assert next(ticks, None) is None
    result = core.result()
    assert (result.winner, result.counts.tolist()) == (0, [1, 0])
    # Events times targets: 2 + 1 inputs, 1 + 1 hidden neurons, 2 targets each.
    assert result.synaptic_operations == 10
    # One random number per event: 3 of inputs, 2 of hidden neurons. Every synapse transmits, and
    # events come from outside: the other generators have no use.
    expected = RandomState.seeded(HAND.seed)
    for _ in range(5):
        expected.event = xorshift(expected.event)
    assert core.random == expected


def test_blank_out_takes_a_number_per_event_as_well() -> None:
    core = Core(HAND.replace(transmit=15), hand().weights)
    events = sum(len(e) for t in core.ticks([[0, 1], [0]], label=1) for e in t.events[:-1])
    expected = RandomState.seeded(HAND.seed)
    for _ in range(events):
        expected.event, expected.blank = xorshift(expected.event), xorshift(expected.blank)
    assert events > 3
    assert core.random == expected


def test_correct_answer_makes_no_error() -> None:
    # Class 0 fires in tick 1, as label 0 does; only the missed label of tick 0 is an error.
    assert [t.errors for t in hand().ticks([[0, 1], [0]], label=0)] == [[(0, 1)], []]


def test_inside_the_burn_in_nothing_counts_and_no_error_flows() -> None:
    core = hand()
    core.config = HAND.replace(burn_in=1)
    ticks = list(core.ticks([[0, 1], [0]], label=1))
    assert [tick.errors for tick in ticks] == [[], [(0, -1), (1, 1)]]
    everything = Core(TINY.replace(burn_in=0, ticks=40))
    rng = random.Random(1)
    sample = random_sample(TINY, rng)
    totals, counts = np.zeros(3, dtype=int), None
    late = Core(TINY.replace(burn_in=25, ticks=40))
    for tick in late.ticks(sample, rate=0):
        totals[tick.events[-1]] += tick.number >= 25
    counts = late.result().counts
    assert counts.tolist() == totals.tolist()
    assert everything.run(sample, rate=0).counts.sum() > counts.sum() > 0


def test_weights_change_from_the_start_of_learning_on() -> None:
    config, first = TINY.replace(ticks=40), []
    for start in (0, 1, 25, 39):
        core, rng, changed = Core(config.replace(learning_start=start)), random.Random(2), []
        for number in range(6):
            before = [w.copy() for w in core.weights]
            for tick in core.ticks(random_sample(TINY, rng), number % 3):
                if any((a != b).any() for a, b in zip(before, core.weights, strict=True)):
                    changed.append(tick.number)
                before = [w.copy() for w in core.weights]
        first.append(min(changed))
    assert first[0] == first[1] < 10
    assert first[2] == 25
    assert first[3] == 39


def test_values_that_came_later_change_no_digits_of_old_machines() -> None:
    assert TINY.sha256.startswith("ea3058c3")
    assert TINY.fingerprint.startswith("eaadca9f")
    assert TINY.replace(learning_start=1).sha256 != TINY.sha256
    assert TINY.replace(learning_margin=1).sha256 != TINY.sha256


def run_all(core: Core, samples: list[tuple[object, int, int]]) -> list[list[int]]:
    return [core.run(*sample).counts.tolist() for sample in samples]


def traffic(config: Config, count: int, seed: int = 1) -> list[tuple[object, int, int]]:
    rng = random.Random(seed)
    return [
        (random_sample(config, rng), rng.randrange(config.layers[-1]), rng.choice((256, 100)))
        for _ in range(count)
    ]


VARIANTS = [
    TINY,
    TINY.replace(encoder="bernoulli", transmit=10),
    TINY.replace(encoder="events", error_threshold=2),
]


@pytest.mark.parametrize("config", VARIANTS, ids=lambda c: c.encoder)
def test_continued_run_equals_an_unbroken_one(config: Config) -> None:
    samples = traffic(config, 10)
    whole = Core(config)
    expected = run_all(whole, samples)
    first = Core(config)
    counts = run_all(first, samples[:4])
    second = Core(config, first.weights)
    second.random = first.random
    counts += run_all(second, samples[4:])
    assert counts == expected
    assert second.random == whole.random
    for a, b in zip(second.weights, whole.weights, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize("config", VARIANTS, ids=lambda c: c.encoder)
def test_rate_zero_changes_no_weight_but_learning_does(config: Config) -> None:
    core = Core(config)
    before = copy.deepcopy(core.weights)
    for sample, label, _ in traffic(config, 6):
        for tick in core.ticks(sample, label, rate=0):
            assert tick.errors == []
    assert all(np.array_equal(a, b) for a, b in zip(core.weights, before, strict=True))
    run_all(core, traffic(config, 6))
    changed = [not np.array_equal(a, b) for a, b in zip(core.weights, before, strict=True)]
    assert changed == [True, True]


def test_smaller_rates_learn_from_fewer_events() -> None:
    changes = []
    for rate in (0, 32, 128, 256):
        core = Core(TINY)
        before = copy.deepcopy(core.weights)
        for sample, label, _ in traffic(TINY, 8):
            core.run(sample, label, rate)
        pairs = zip(core.weights, before, strict=True)
        changes.append(sum(int(np.abs(a - b).sum()) for a, b in pairs))
    assert changes[0] == 0
    assert changes == sorted(set(changes)), changes


@pytest.mark.parametrize("config", VARIANTS, ids=lambda c: c.encoder)
def test_every_sample_starts_from_cleared_neurons(config: Config) -> None:
    (sample, label, _), *others = traffic(config, 6)
    fresh, used = Core(config), Core(config)
    run_all(used, others)
    used.load(initial_weights(config))
    used.random = fresh.random
    assert used.run(sample, label).counts.tolist() == fresh.run(sample, label).counts.tolist()
    for a, b in zip(used.weights, fresh.weights, strict=True):
        assert np.array_equal(a, b)


def test_random_generators_go_on_from_sample_to_sample_and_restart_at_reset() -> None:
    core = Core(TINY)
    sample, label, _ = traffic(TINY, 1)[0]
    seen = {tuple(vars(core.random).values())}
    for _ in range(5):
        core.run(sample, label)
        seen.add(tuple(vars(core.random).values()))
    assert len(seen) == 6
    weights = copy.deepcopy(core.weights)
    core.reset()
    assert core.random == RandomState.seeded(TINY.seed)
    assert all(np.array_equal(a, b) for a, b in zip(core.weights, weights, strict=True))


def test_results_do_not_depend_on_lanes() -> None:
    samples = traffic(TINY, 5)
    results = [run_all(Core(TINY.replace(lanes=lanes)), samples) for lanes in (1, 4, 32)]
    assert results[0] == results[1] == results[2]


def test_weights_given_are_copied() -> None:
    given = initial_weights(TINY)
    before = copy.deepcopy(given)
    run_all(Core(TINY, given), traffic(TINY, 5))
    assert all(np.array_equal(a, b) for a, b in zip(given, before, strict=True))


def test_counts_ticks_events_and_operations_agree() -> None:
    core = Core(TINY)
    sample, label, _ = traffic(TINY, 1)[0]
    sizes, operations, counts = TINY.layers, 0, np.zeros(3, dtype=int)
    for tick in core.ticks(sample, label):
        assert len(tick.events) == len(sizes)
        for events, size in zip(tick.events, sizes[1:], strict=False):
            operations += len(events) * size
        for events, size in zip(tick.events, sizes, strict=True):
            assert (np.diff(events) > 0).all()
            assert set(events.tolist()) <= set(range(size))
        if tick.number >= TINY.burn_in:
            counts[tick.events[-1]] += 1
    result = core.result()
    assert result.synaptic_operations == operations > 0
    assert result.counts.tolist() == counts.tolist()


def test_learning_reduces_the_error_of_a_separable_task() -> None:
    # Three noisy patterns on twelve inputs; chance is 2/3 wrong.
    rng = np.random.default_rng(1)
    patterns = np.kron(np.eye(3, dtype=int), np.full(4, 200))

    def noisy(label: int) -> np.ndarray:
        return np.clip(patterns[label] + rng.integers(-40, 41, 12), 0, 255)

    def errors(core: Core) -> int:
        return sum(core.run(noisy(k % 3), rate=0).winner != k % 3 for k in range(60))

    core = Core(TINY)
    before = errors(core)
    for step in range(240):
        core.run(noisy(step % 3), step % 3)
    after = errors(core)
    assert before >= 20
    assert after <= 3, f"{before} of 60 wrong before, {after} after"
