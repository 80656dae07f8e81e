"""The guard in the cycle view: good samples are answered as if bad ones had never been."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.guard import Errors, Guard
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.cycle.sample import LAST, pixels
from erbium.golden.enums import GuardError, Phase
from erbium.golden.feedback import initial_weights
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.golden.words import errors_word, unpack
from erbium.sim.host.flaws import Mixture, all_flaws
from erbium.sim.host.traffic import HostQueue, random_sample

TINY = preset("tiny").replace(guard=True, ticks=6, burn_in=1, name="guarded")
CONFIGS = {
    "pixels": TINY,
    "two-inputs-a-cycle": TINY.replace(lanes=32, layers=(11, 7, 3)),
    "bernoulli-spram": TINY.replace(encoder="bernoulli", memory="spram", lanes=4, transmit=12),
    "one-input": TINY.replace(layers=(1, 3, 2), lanes=1),
    "events": TINY.replace(encoder="events", event_buffer=64),
    "events-in-little-room": TINY.replace(encoder="events", event_buffer=32, layers=(11, 5, 3)),
}


class Guarded:
    """A guarded cycle view beside a tick view, which sees what is good alone."""

    def __init__(self, config: Config, rng: random.Random, stall: float) -> None:
        self.config, self.rng = config, rng
        self.core, self.ticks = CycleCore(config), Core(config)
        self.core.load(initial_weights(config))
        self.host = HostQueue(rng, stall)
        self.mixture = Mixture(config, self.host, rng)
        self.expected: list[tuple[int, list[int]]] = []
        self.results: list[tuple[int, list[int]]] = []
        self.flags = 0

    def good(self) -> None:
        sample = random_sample(self.config, self.rng)
        label, rate = self.rng.randrange(self.config.layers[-1]), self.rng.choice((0, 100, 256))
        self.host.send(self.config, sample, label, rate)
        result = self.ticks.run(sample, label, rate)
        self.expected.append((result.winner, list(result.counts)))

    def cycle(self, host: Host | None = None) -> dict[str, dict[str, int]]:
        host = self.host.drive() if host is None else host
        record = self.core.step(host)
        self.host.taken(host, record)
        if record["control"]["finish"]:
            readout = self.core.control.readout
            self.results.append((readout.winner, readout.counts.tolist()))
        return record

    def settle(self) -> None:
        """Run until nothing is left to do, and a while longer."""
        host, quiet = self.host, 0
        for _ in range(100_000):
            phase = self.cycle()["control"]["phase"]
            left = host.pixels or host.events or host.requests or host.accesses or host.randoms
            quiet = 0 if left or phase != Phase.IDLE else quiet + 1
            if quiet > 40:
                return
        raise AssertionError("the core hangs")

    def compare(self) -> None:
        errors = self.core.guard.errors
        assert self.results == self.expected
        assert errors.flags == self.mixture.flags
        assert errors.dropped == self.mixture.dropped % 256
        assert bool(errors.code) == bool(errors.count) == bool(errors.flags)
        for mine, other in zip(self.core.weights(), self.ticks.weights, strict=True):
            assert np.array_equal(mine, other)
        assert self.core.random == self.ticks.random


@pytest.mark.parametrize("name", CONFIGS)
@settings(max_examples=8, deadline=None)
@given(
    story=st.lists(st.booleans(), min_size=4, max_size=14),
    seed=st.integers(0, 2**16),
    stall=st.sampled_from((0.0, 0.3)),
)
def test_bad_traffic_leaves_no_trace(name: str, story: list[bool], seed: int, stall: float) -> None:
    both = Guarded(CONFIGS[name], random.Random(seed), stall)
    for good in story:
        both.good() if good else both.mixture.anything()
    both.settle()
    both.compare()


def codes(both: Guarded) -> list[int]:
    """Return the flags, code, count and dropped samples of a core."""
    return list(vars(both.core.guard.errors).values())


@pytest.mark.parametrize("name", CONFIGS)
def test_each_flaw_raises_its_own_error(name: str) -> None:
    config, seen = CONFIGS[name], 0
    for seed in range(200):
        both = Guarded(config, random.Random(seed), 0.0)
        kind = both.rng.choice(("access", "random", "sample"))
        getattr(both.mixture, kind)()
        both.settle()
        flags, code, count, dropped = codes(both)
        assert flags == both.mixture.flags
        assert dropped == (kind == "sample")
        raised = [error for error in GuardError if flags & error.flag]
        assert count == len(raised)
        assert code in (raised or [0])
        seen |= flags
    assert seen == all_flaws(config)


def test_what_is_dropped_is_no_error() -> None:
    for name, config in CONFIGS.items():
        both = Guarded(config, random.Random(5), 0.1)
        for _ in range(6):
            both.mixture.broken_off()
            both.good()
        both.settle()
        both.compare()
        assert codes(both) == [0, 0, 0, 0], name


@pytest.mark.parametrize("inputs", [2, 12])
def test_a_drop_takes_the_input_of_its_cycle_with_it(inputs: int) -> None:
    both = Guarded(TINY.replace(layers=(inputs, 6, 3)), random.Random(1), 0.0)
    for last in (LAST, 0):
        # The second sample would be too long.
        for word in [9] * (inputs - 1):
            both.core.step(Host(pixel=word))
        both.core.step(Host(pixel=9 | last, drop=True))
        assert not both.core.samples.complete
    both.good()
    both.settle()
    assert both.results == both.expected
    assert codes(both) == [0, 0, 0, 0]


def test_random_states_inside_a_sample_are_refused() -> None:
    both = Guarded(TINY, random.Random(3), 0.0)
    both.good()
    refused, replaced = 0, 0
    while not both.results:
        before = both.core.random
        record = both.cycle(host_with_random(both, RandomState(5, 6, 7)))
        between = record["control"]["phase"] in (Phase.IDLE, Phase.RESULT, Phase.READ)
        assert record["guard"]["raised"] == (0 if between else GuardError.RANDOM.flag)
        refused += not between
        replaced += between
        if between:
            assert both.core.random.event == 5
            both.core.random = before
    assert refused > 50
    assert replaced > 1
    assert both.results == both.expected


def host_with_random(both: Guarded, state: RandomState) -> Host:
    host = both.host.drive()
    host.random = state
    return host


def test_a_bad_read_is_answered_with_zeros() -> None:
    config = CONFIGS["two-inputs-a-cycle"]
    both = Guarded(config, random.Random(3), 0.0)
    depth = Layout(config).weight_depth
    shown = []
    for cycle in range(9):
        host = Host(access=Access(depth if cycle < 4 else 0), access_ready=cycle in (3, 8))
        record = both.core.step(host)
        shown.append((record["guard"]["access_ready"], record["guard"]["read_valid"]))
        if record["guard"]["read_valid"] and cycle < 4:
            assert not both.core.datapath.read_weights.any()
        assert record["control"]["request_ready"] == 0
    # Taken in cycle 0, offered in cycles 1 to 3; in cycle 4 a good read.
    assert shown == [(1, 0), *[(0, 1)] * 3, (1, 0), *[(0, 0)] * 4]
    assert codes(both)[0] == GuardError.ADDRESS.flag


def test_requests_wait_while_zeros_are_owed() -> None:
    config = CONFIGS["two-inputs-a-cycle"]
    both = Guarded(config, random.Random(3), 0.0)
    for word in pixels([1] * 11):
        both.core.step(Host(pixel=word))
    both.core.step(Host(access=Access(Layout(config).weight_depth)))
    for ready in (0, 0, 1):
        record = both.core.step(Host(request=Request(1, 256), access_ready=bool(ready)))
        assert record["control"]["request_ready"] == 0
    assert both.core.step(Host(request=Request(1, 256)))["control"]["start"] == 1


def test_the_first_error_is_kept_until_all_are_cleared() -> None:
    errors = Errors()
    assert unpack(errors_word(), errors.word) == {"flags": 0, "code": 0, "count": 0, "dropped": 0}
    errors.clock(GuardError.RATE.flag | GuardError.LABEL.flag, True, False)
    errors.clock(0, False, False)
    errors.clock(GuardError.SHORT.flag, True, False)
    assert vars(errors) == {"flags": 0b1101, "code": GuardError.LABEL, "count": 2, "dropped": 2}
    # What is raised in the cycle of a clear is not lost.
    errors.clock(GuardError.RANDOM.flag, False, True)
    code = GuardError.RANDOM
    assert vars(errors) == {"flags": code.flag, "code": code, "count": 1, "dropped": 2}
    errors.clock(0, False, True)
    assert vars(errors) == {"flags": 0, "code": 0, "count": 0, "dropped": 2}


def test_errors_are_counted_to_the_end_and_no_further() -> None:
    errors = Errors()
    errors.count, errors.dropped = 0xFFFE, 0xFF
    for expected in (0xFFFF, 0xFFFF):
        errors.clock(1, False, False)
        assert errors.count == expected
    errors.clock(0, True, False)
    assert errors.dropped == 0


def test_padding_is_that_of_the_last_group() -> None:
    config = TINY.replace(lanes=4, layers=(3, 6, 5))
    guard, layout = Guard(config), Layout(config)
    real = layout.pack([np.full((3, 6), 1), np.full((6, 5), 1)])
    for address, word in enumerate(real):
        assert guard.access_errors(Access(address, tuple(word))) == 0
        for lane in np.flatnonzero(word == 0):
            spoiled = np.where(np.arange(4) == lane, -1, word)
            flags = guard.access_errors(Access(address, tuple(spoiled)))
            assert flags == GuardError.PADDING.flag
    assert guard.access_errors(Access(len(real), (1, 1, 1, 1))) == GuardError.ADDRESS.flag
    assert guard.access_errors(Access(len(real) - 1)) == 0


def test_a_guard_that_is_off_hides_nothing() -> None:
    core = CycleCore(TINY.replace(guard=False))
    record = core.step(Host(event=Event(1), drop=True, clear=True))
    assert "guard" not in record
