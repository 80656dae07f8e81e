"""The host of comparisons: what it sends, how often it waits, and that an offer stays."""

from __future__ import annotations

import random
from collections import Counter
from types import SimpleNamespace

import numpy as np
import pytest

from erbium.golden.cycle.ports import Access, Event, Request
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.sim.host import script, traffic
from erbium.sim.host.draws import Scenario
from erbium.sim.host.traffic import HostQueue, as_events, random_sample

TINY = preset("tiny")
EVENTS = TINY.replace(encoder="events")
INPUTS = TINY.layers[0]


def test_a_sample_of_intensities_has_dark_and_full_inputs() -> None:
    rng = random.Random(1)
    drawn = np.array([random_sample(TINY, rng) for _ in range(1000)])
    assert drawn.shape == (1000, INPUTS)
    share = {value: (drawn == value).mean() for value in (0, 255)}
    assert share[0] == pytest.approx(1 / 3, abs=0.05)
    assert share[255] == pytest.approx(1 / 3, abs=0.05)
    assert set(np.unique(drawn)) == set(range(256))


def test_a_sample_of_events_has_a_third_of_the_inputs_at_most() -> None:
    rng = random.Random(1)
    drawn = [random_sample(EVENTS, rng) for _ in range(60)]
    assert {len(sample) for sample in drawn} == {EVENTS.ticks}
    ticks = [tick for sample in drawn for tick in sample]
    assert all(tick == sorted(set(tick)) for tick in ticks)
    assert {len(tick) for tick in ticks} == set(range(INPUTS // 3 + 1))
    assert {source for tick in ticks for source in tick} == set(range(INPUTS))
    # However few inputs there are, some tick has one.
    few = EVENTS.replace(layers=(2, *EVENTS.layers[1:]))
    assert any(tick for _ in range(20) for tick in random_sample(few, rng))


def test_events_end_with_their_tick_and_their_sample() -> None:
    assert as_events([[3, 5], [], [1]]) == [
        Event(3), Event(5), Event(0, end=True), Event(0, end=True), Event(1),
        Event(0, end=True, last=True),
    ]  # fmt: skip


def test_a_sample_is_sent_with_its_request() -> None:
    queue = HostQueue(random.Random(1))
    queue.send(TINY, np.arange(INPUTS), 2)
    queue.send(EVENTS, [[1]], 1, 128)
    assert len(queue.pixels) == INPUTS
    assert list(queue.requests) == [Request(2, 256), Request(1, 128)]
    assert list(queue.events) == as_events([[1]])


@pytest.mark.parametrize("stall", [0.0, 0.3, 1.0])
def test_it_waits_as_often_as_it_should(stall: float) -> None:
    queue, went = HostQueue(random.Random(2), stall), Counter()
    for _ in range(2000):
        host = queue.drive()
        went.update(result=host.result_ready, access=host.access_ready)
        assert (host.pixel, host.event, host.request, host.access) == (None,) * 4
    for name in ("result", "access"):
        assert went[name] / 2000 == pytest.approx(1 - stall, abs=0.05)


def test_an_offer_stays_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = HostQueue(random.Random(3), 0.9)
    queue.accesses.extend([Access(1), Access(2)])
    queue.randoms.append(RandomState(1, 2, 3))
    assert queue.drive().random == RandomState(1, 2, 3)
    waited = 0
    while queue.drive().access is None:
        waited += 1
    assert waited > 0
    assert [queue.drive().access for _ in range(50)] == [Access(1)] * 50
    assert queue.drive().random is None
    monkeypatch.setattr(traffic, "taken", lambda host, record: ["i_access"])
    queue.taken(SimpleNamespace(), SimpleNamespace())
    assert list(queue.accesses) == [Access(2)]
    # The next one is another offer, which may wait, too.
    assert any(queue.drive().access is None for _ in range(3))


def test_each_stream_has_its_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = HostQueue(random.Random(3))
    queue.pixels.extend(["a", "b"])
    queue.events.extend(["c", "d"])
    queue.requests.extend(["e", "f"])
    queue.accesses.extend(["g", "h"])
    host = queue.drive()
    assert (host.pixel, host.event, host.request, host.access) == tuple("aceg")
    for member in ("i_pixel", "i_event", "i_request", "i_access"):
        monkeypatch.setattr(traffic, "taken", lambda host, record, member=member: [member])
        queue.taken(host, SimpleNamespace())
    host = queue.drive()
    assert (host.pixel, host.event, host.request, host.access) == tuple("bdfh")
    queue.clear()
    host = queue.drive()
    assert (host.pixel, host.event, host.request, host.access) == (None,) * 4


def test_results_can_be_held_back() -> None:
    queue = HostQueue(random.Random(1), holds_result=True)
    assert not any(queue.drive().result_ready for _ in range(50))
    assert queue.drive().access_ready


@pytest.mark.parametrize("stall", [0, 3, 10])
def test_a_script_waits_in_so_many_of_ten_cases(stall: int, monkeypatch) -> None:
    # Nobody waits in the script's own beginning.
    made = []
    monkeypatch.setattr(
        script, "HostQueue", lambda rng, share: made.append(share) or HostQueue(rng, 0.0)
    )
    script.Script(Scenario(TINY, stall, 1, ()))
    assert made == [stall / 10]
