"""Schedules that leave out a wait, and sums that come from elsewhere, are caught."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

import pytest

from erbium.golden.config import LANES
from erbium.golden.cycle.accumulators import Accumulators
from erbium.golden.cycle.datapath import Datapath
from erbium.golden.cycle.ports import Access
from erbium.golden.cycle.schedule import Schedule
from erbium.golden.layout import SUMS_UNDER_WAY
from erbium.golden.presets import preset

#: Errors flow from the first tick on, and many neurons fire.
BUSY = preset("tiny").replace(burn_in=0, threshold=(60, 30))

READ_WHILE_WRITTEN = r"^(membrane|dendrite|weight) word \d+ is read while it is written$"
PORT_USED_TWICE = "^the only port of the weight memory is used twice in a cycle$"


def without_last_cycle(process: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """Return a part of the sequencer's program that leaves out its last cycle."""

    def mutant(*args: object) -> Iterator:
        outputs = process(*args)
        before = next(outputs)
        for out in outputs:
            yield before
            before = out

    return mutant


def without_wait(process: Callable[..., Iterator]) -> Callable[..., Iterator]:
    """Return a part of the sequencer's program that only issues, once for every group."""

    def mutant(schedule: Schedule) -> Iterator:
        return islice(process(schedule), schedule._layout.state_depth)

    return mutant


def one_too_far(source: Callable[..., int]) -> Callable[..., int]:
    """Return an operation before the right one, whose sum is another word's or an older one."""

    def mutant(*args: object) -> int:
        found = source(*args)
        return found and found % SUMS_UNDER_WAY + 1

    return mutant


# With two groups in all, the fewest that there are, errors follow each other fastest.
@pytest.mark.parametrize("lanes", [8, 16, 32])
def test_error_needs_a_cycle_after_the_last_group(lanes, run_both, traffic, monkeypatch) -> None:
    config = BUSY.replace(lanes=lanes)
    monkeypatch.setattr(Schedule, "_feed_back", without_last_cycle(Schedule._feed_back))
    with pytest.raises(AssertionError, match=READ_WHILE_WRITTEN):
        run_both(config, 0.0, traffic(config, 5, seed=1))


# Events from outside may wait already when a sample starts.
@pytest.mark.parametrize("lanes", [4, 8, 32])
def test_first_event_waits_for_cleared_neurons(lanes, run_both, traffic, monkeypatch) -> None:
    config = BUSY.replace(lanes=lanes, encoder="events")
    monkeypatch.setattr(Schedule, "_clear", without_wait(Schedule._clear))
    with pytest.raises(AssertionError, match=READ_WHILE_WRITTEN):
        run_both(config, 0.0, traffic(config, 5, seed=1))


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 32])
def test_sums_are_not_in_memory_yet(lanes, run_both, traffic, monkeypatch) -> None:
    config = BUSY.replace(lanes=lanes)
    monkeypatch.setattr(Accumulators, "source", lambda unit, issue: 0)
    with pytest.raises(AssertionError, match=READ_WHILE_WRITTEN):
        run_both(config, 0.0, traffic(config, 5, seed=1))


@pytest.mark.parametrize("lanes", [1, 2, 4, 8, 32])
def test_sums_of_another_operation_are_wrong(lanes, run_both, traffic, monkeypatch) -> None:
    config = BUSY.replace(lanes=lanes)
    monkeypatch.setattr(Accumulators, "source", one_too_far(Accumulators.source))
    # Even neurons that are not there may fire then, and send an event with no weights.
    with pytest.raises((AssertionError, IndexError)):
        run_both(config, 0.0, traffic(config, 5, seed=1))


@pytest.mark.parametrize("lanes", LANES)
def test_words_wait_for_the_only_port(lanes, run_both, traffic, monkeypatch) -> None:
    config = BUSY.replace(lanes=lanes, memory="spram")
    monkeypatch.setattr(Datapath, "hold", False)
    with pytest.raises(AssertionError, match=PORT_USED_TWICE):
        run_both(config, 0.0, traffic(config, 5, seed=1))


def first_word(driven: object) -> list[int]:
    """Run until the host is offered a word, and return it."""
    while not driven.cycle()["control"]["read_valid"]:
        assert driven.cycles < 20
    return driven.core.datapath.read_weights.tolist()


def test_host_waits_for_the_only_port(Driven, monkeypatch) -> None:
    drives = [Driven(BUSY.replace(memory="spram"), stall=0.0) for _ in range(2)]
    for driven in drives:
        driven.host.accesses.extend((Access(3, (5, -7)), Access(3)))
    assert first_word(drives[0]) == [5, -7]
    monkeypatch.setattr(Datapath, "hold", False)
    with pytest.raises(AssertionError, match=PORT_USED_TWICE):
        first_word(drives[1])
