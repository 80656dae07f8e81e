"""The guarded core against the cycle view, at every port in every cycle, under traffic of any kind:
what is good, what is bad, and drops and clears at any time.
"""

from __future__ import annotations

import random

import pytest
from amaranth.hdl import Const
from amaranth.sim import Simulator
from hypothesis import given, settings
from hypothesis import strategies as st

from erbium.golden.config import Config
from erbium.golden.cycle.core import CycleCore
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access
from erbium.golden.enums import GuardError
from erbium.golden.layout import Layout
from erbium.golden.rng import RandomState
from erbium.golden.words import result_word, unpack
from erbium.hw.core import Core
from erbium.hw.guard import raised
from erbium.sim.host.flaws import Mixture, all_flaws
from erbium.sim.host.ports import PortMap, signals
from erbium.sim.host.traffic import HostQueue, random_sample
from tests.golden.test_guard import CONFIGS, Guarded


def compare(config: Config, hosts, cycles: int) -> CycleCore:
    """Drive a core and the cycle view alike; `hosts` is told the record of each cycle."""
    core, golden, ports = Core(config), CycleCore(config), PortMap(config)
    inputs, outputs = signals(core)

    async def bench(ctx) -> None:
        record = None
        next(hosts)
        for cycle in range(cycles):
            host = hosts.send(record)
            for name, value in ports.driven(host).items():
                ctx.set(inputs[name], value)
            record, shown = ports.step(golden, host)
            for name, value in shown.items():
                seen = ctx.get(outputs[name])
                assert seen == value, f"cycle {cycle}, {name}: {seen:#x}, not {value:#x}"
            await ctx.tick()

    simulator = Simulator(core)
    simulator.add_clock(1e-6)
    simulator.add_testbench(bench)
    simulator.run()
    return golden


def traffic(config: Config, rng: random.Random, stall: float):
    """Yield what a host drives that respects nothing but the rules of streams: it also drops in a
    cycle in which an input is offered, and clears whenever it likes.
    """
    queue = HostQueue(rng, stall)
    mixture = Mixture(config, queue, rng)
    host, record = None, (yield)
    while True:
        if record is not None:
            queue.taken(host, record)
        if len(queue.requests) < 3:
            good = rng.random() < 0.5
            queue.send(config, random_sample(config, rng), 0) if good else mixture.anything()
        if rng.random() < 0.01:
            mixture.access()
        host = queue.drive()
        host.drop |= rng.random() < 0.005
        host.clear = rng.random() < 0.005
        if rng.random() < 0.005:
            host.random = RandomState(*(rng.choice((0, rng.randrange(2**32))) for _ in range(3)))
        record = yield host


@pytest.mark.parametrize("name", CONFIGS)
def test_equals_golden_cycle_by_cycle(name: str) -> None:
    config = CONFIGS[name]
    golden = compare(config, traffic(config, random.Random(name), 0.2), 2000)
    assert golden.guard.errors.flags | golden.guard.errors.dropped
    assert golden.counters.values["events"] > 1


def test_noise_raises_everything() -> None:
    """Values that no host would think of, on streams that keep their offers."""
    config = CONFIGS["events-in-little-room"].replace(ticks=2, event_buffer=4, burn_in=0)
    seen = 0

    def noise(rng: random.Random):
        nonlocal seen
        queue, record, host = HostQueue(rng, 0.1), None, None
        mixture = Mixture(config, queue, rng)
        record = yield
        while True:
            if record is not None:
                queue.taken(host, record)
                seen |= record["guard"]["raised"]
            if len(queue.events) < 4:
                kinds = [Event(rng.randrange(16)), Event(0, end=True), Event(0, last=True)]
                queue.events.append(rng.choice([*kinds, Event(rng.randrange(3), True, True)]))
            if len(queue.requests) < 2:
                mixture.sample()
            if rng.random() < 0.02:
                mixture.access()
                mixture.random()
            host = queue.drive()
            record = yield host

    compare(config, noise(random.Random(7)), 2500)
    assert seen == all_flaws(config)


@pytest.mark.parametrize("name", ["pixels", "events"])
@settings(max_examples=2, deadline=None)
@given(story=st.lists(st.booleans(), min_size=3, max_size=6), seed=st.integers(0, 2**16))
def test_bad_traffic_leaves_no_trace(name: str, story: list[bool], seed: int) -> None:
    """Results and weights are those of the tick view, which saw the good samples alone."""
    both = Guarded(CONFIGS[name], random.Random(seed), 0.1)
    layout, results = Layout(both.config), []
    for address, word in enumerate(layout.pack(both.ticks.weights).tolist()):
        both.host.accesses.append(Access(address, tuple(word)))

    def hosts():
        host, record, sent = None, (yield), False
        while True:
            if record is not None:
                both.host.taken(host, record)
                results.extend([record["control"]["result"]] * record["control"]["finish"])
            # Weights first: what is bad comes on other streams at the same time.
            if not (sent or both.host.accesses):
                sent = True
                for good in story:
                    both.good() if good else both.mixture.anything()
            host = both.host.drive()
            record = yield host

    golden = compare(both.config, hosts(), 1000 + 500 * len(story))
    fields = result_word(both.config)
    found = [unpack(fields, result) for result in results]
    counts = [[one[f"count_{k}"] for k in range(layout.classes)] for one in found]
    both.results = [(one["winner"], row) for one, row in zip(found, counts, strict=True)]
    both.core = golden
    both.compare()


def test_errors_are_named() -> None:
    flags = raised(short=Const(1), overflow=Const(1))
    assert len(flags) == len(GuardError)
    with pytest.raises(ValueError, match=r"\['odd'\] are no errors"):
        raised(odd=Const(1))
