"""The cycle view equals the tick view, whatever the host's stalls, and never abuses a memory."""

from __future__ import annotations

import numpy as np
import pytest

from erbium.golden.config import LANES, MEMORIES, Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState

TINY = preset("tiny")
DEEP = Config(
    name="deep",
    layers=(14, 9, 7, 5, 3),
    lanes=4,
    ticks=8,
    burn_in=1,
    rate_shift=0,
    threshold=(60, 40, 40, 30),
    gain=(0, 1, 0, 2),
    learning_shift=5,
    weight_init=(48, 40, 48, 32),
    refractory=(0, 2, 1, 3),
    membrane_leak=(3, 4, 2, 5),
    gate_low=-512,
    gate_high=512,
)

VARIANTS = {
    **{f"{lanes}-lanes": TINY.replace(lanes=lanes) for lanes in LANES},
    **{
        f"{lanes}-lanes-blank-out": TINY.replace(lanes=lanes, transmit=10, encoder="bernoulli")
        for lanes in LANES
    },
    **{f"{lanes}-lanes-spram": TINY.replace(lanes=lanes, memory="spram") for lanes in LANES},
    **{f"{lanes}-lanes-inference": TINY.replace(lanes=lanes, learning=False) for lanes in LANES},
    # 40 inputs, encoded two at a time, and layers of two groups and of one.
    "32-lanes-wide": TINY.replace(lanes=32, layers=(41, 40, 5), rate_shift=1),
    "32-lanes-wide-bernoulli": TINY.replace(
        lanes=32, layers=(41, 40, 5), encoder="bernoulli", rate_shift=1
    ),
    "spram-inference": TINY.replace(memory="spram", learning=False, transmit=12),
    "spram-bernoulli": TINY.replace(memory="spram", encoder="bernoulli", transmit=12),
    "spram-events": TINY.replace(memory="spram", encoder="events"),
    "bernoulli": TINY.replace(encoder="bernoulli"),
    "events": TINY.replace(encoder="events", error_threshold=2),
    "events-blank-out": TINY.replace(encoder="events", transmit=5, lanes=1, threshold=(30, 20)),
    "two-hidden": Config(
        name="any",
        layers=(12, 7, 6, 3),
        lanes=4,
        ticks=10,
        burn_in=0,
        rate_shift=0,
        threshold=64,
        weight_init=60,
        learning_shift=5,
    ),
    "three-hidden": DEEP,
    "three-hidden-spram": DEEP.replace(memory="spram"),
    "sums-in-memory": TINY.replace(lanes=1, layers=(12, 6, 4)),
    "two-sums": TINY.replace(lanes=2, layers=(12, 8, 4)),
    "all-sums": DEEP.replace(lanes=4, layers=(14, 9, 7, 3, 3)),
    "three-hidden-blank-out": DEEP.replace(transmit=12, lanes=2),
    "smallest": Config(
        name="any",
        layers=(1, 1, 2),
        lanes=1,
        ticks=9,
        burn_in=0,
        label_period=1,
        rate_shift=0,
        refractory=0,
        threshold=20,
        weight_init=60,
        learning_shift=2,
    ),
}


@pytest.mark.parametrize("stall", [0.0, 0.5])
@pytest.mark.parametrize("name", VARIANTS)
def test_equals_tick_view(name: str, stall: float, run_both, traffic) -> None:
    config = VARIANTS[name]
    driven, _ = run_both(config, stall, traffic(config, 5, seed=3))
    changed = zip(driven.core.weights(), initial_weights(config), strict=True)
    assert any(not np.array_equal(a, b) for a, b in changed) == config.learning


def test_variants_have_layers_of_every_small_number_of_groups() -> None:
    """Sums come from the lanes, from one to three operations ago, or from memory."""
    forwards = {Layout(config).forwards for config in VARIANTS.values()}
    assert forwards >= {(), (1,), (2,), (3,), (1, 2), (2, 3), (1, 2, 3)}
    for memory in ("block", "spram"):
        lanes = {config.lanes for config in VARIANTS.values() if config.memory == memory}
        assert lanes == set(LANES)


@pytest.mark.parametrize("encoder", ["phase", "events"])
@pytest.mark.parametrize("phase", [p.name for p in Phase if p not in (Phase.IDLE, Phase.READ)])
@pytest.mark.parametrize("memory", MEMORIES)
def test_reset_in_any_phase_loses_only_what_was_under_way(
    phase: str, encoder: str, memory: str, Driven, traffic
) -> None:
    config = TINY.replace(encoder=encoder, memory=memory)
    for again in (1, 7):
        driven, ticks = Driven(config, 0.3, seed=again), Core(config)
        samples = [(sample, label, 256) for sample, label, _ in traffic(config, 12, seed=again)]
        driven.send(samples[:10])
        seen = 0
        while seen < again:
            seen += driven.cycle()["control"]["phase"] == Phase[phase]
        driven.reset()
        # Weights keep what they had learnt; everything else starts afresh.
        ticks.load(driven.core.weights())
        assert driven.core.random == RandomState.seeded(config.seed)
        driven.send(samples[10:])
        expected = [ticks.run(*sample) for sample in samples[10:]]
        found = list(driven.results(2))
        assert found == [(result.winner, result.counts.tolist()) for result in expected]
        driven.compare(ticks)


@pytest.mark.parametrize("memory", MEMORIES)
@pytest.mark.parametrize("lanes", [1, 4])
def test_weights_go_in_and_come_out_through_the_host_port(lanes: int, memory: str, Driven) -> None:
    config = TINY.replace(lanes=lanes, memory=memory)
    driven, layout = Driven(config, 0.4), Layout(config)
    weights = [np.random.default_rng(1).integers(-128, 128, w.shape) for w in driven.core.weights()]
    words = layout.pack(weights)
    for address, word in enumerate(words.tolist()):
        driven.host.accesses.append(Access(address, tuple(word)))
    for address in range(layout.weight_depth):
        driven.host.accesses.append(Access(address))
    read: list[list[int]] = []
    for _ in range(60 * layout.weight_depth):
        host = driven.host.drive()
        before = driven.core.datapath.read_weights.tolist()
        record = driven.core.step(host)
        driven.host.taken(host, record)
        if record["control"]["read_valid"] and host.access_ready:
            read.append(before)
    assert read == words.tolist()
    for a, b in zip(driven.core.weights(), weights, strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(("memory", "cycles"), [("block", 1), ("spram", 2)])
@pytest.mark.parametrize("early", [False, True])
def test_written_word_is_in_memory_so_many_cycles_later(
    memory: str, cycles: int, early: bool
) -> None:
    core = CycleCore(TINY.replace(memory=memory))
    core.step(Host(access=Access(0, (5, 6))))
    for _ in range(cycles - early):
        core.step(Host())
    core.reset()
    assert (core.datapath.weights.words[0].tolist() == [5, 6]) != early


def test_random_states_can_be_replaced_between_samples(Driven, traffic) -> None:
    config = TINY.replace(encoder="bernoulli", transmit=9)
    driven, ticks = Driven(config, 0.2), Core(config)
    chosen = RandomState(event=12345, blank=678, encoder=910)
    driven.host.randoms.append(chosen)
    driven.cycle()
    ticks.random = chosen
    sample, label, _ = traffic(config, 1, seed=5)[0]
    driven.host.send(config, sample, label)
    expected = ticks.run(sample, label)
    assert list(driven.results(1)) == [(expected.winner, expected.counts.tolist())]
    driven.compare(ticks)
    assert chosen == RandomState(event=12345, blank=678, encoder=910)


@pytest.mark.parametrize("lanes", LANES)
def test_single_port_memory_waits_for_changed_words_only(lanes: int, run_both, traffic) -> None:
    samples = [(sample, label, 256) for sample, label, _ in traffic(TINY, 4, seed=2)]
    cycles = {}
    for memory in MEMORIES:
        for rate in (0, 256):
            shown = [(sample, label, rate) for sample, label, _ in samples]
            driven, _ = run_both(TINY.replace(lanes=lanes, memory=memory), 0.0, shown)
            cycles[memory, rate] = driven.cycles
    assert cycles["spram", 0] == cycles["block", 0]
    assert cycles["spram", 256] > cycles["block", 256]


def test_a_cycle_issues_at_most_one_word_and_lanes_save_cycles(Driven, traffic) -> None:
    cycles = {}
    for lanes in (1, 2, 8):
        config = TINY.replace(lanes=lanes)
        driven, ticks = Driven(config, 0.0), Core(config)
        sample, label, _ = traffic(config, 1, seed=2)[0]
        driven.host.send(config, sample, label)
        words = sum(
            len(events) * layer.groups
            for tick in ticks.ticks(sample, label)
            for events, layer in zip(tick.events, Layout(config).layers, strict=False)
        )
        issued = cycles[lanes] = 0
        finished = False
        while not finished:
            control = driven.cycle()["control"]
            issued += control["operation"] == 2
            cycles[lanes] += 1
            finished = control["finish"]
        assert issued == words
    assert cycles[1] > 1.3 * cycles[2] > 1.3 * cycles[8]
