"""The host's side of the cycle view: what nobody offers or takes stays where it is."""

from __future__ import annotations

from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Request
from erbium.golden.presets import preset
from erbium.sim.host.traffic import as_events, pixels

TINY = preset("tiny")


def test_a_host_that_does_nothing_takes_no_result() -> None:
    core, word = CycleCore(TINY), 0
    for pixel in pixels([200] * 12):
        core.step(Host(pixel=pixel))
    assert not any(core.step(Host())["control"]["start"] for _ in range(5))
    assert core.step(Host(request=Request(0, 0)))["control"]["start"]
    while not core.step(Host())["control"]["result_valid"]:
        word += 1
        assert word < 5000
    for _ in range(20):
        control = core.step(Host())["control"]
        assert (control["result_valid"], control["finish"]) == (1, 0)
    assert core.step(Host(result_ready=True))["control"]["finish"] == 1
    assert core.step(Host())["control"]["result_valid"] == 0


def test_events_are_taken_from_the_request_to_the_last_one_only() -> None:
    config = TINY.replace(encoder="events")
    core, events = CycleCore(config), as_events([[1, 3]] * config.ticks)
    for _ in range(2):
        for _ in range(5):
            # They wait outside, for the request or for the sample after it.
            assert core.step(Host(event=Event(1)))["core"]["inputs_ready"] == 0
        assert core.step(Host(event=events[0], request=Request(0, 0)))["control"]["start"]
        waiting, cycles = list(events), 0
        while waiting:
            waiting = waiting[core.step(Host(event=waiting[0]))["core"]["inputs_ready"] :]
            cycles += 1
            assert cycles < 5000
        finished = False
        while not finished:
            record = core.step(Host(event=events[0], result_ready=True))
            assert record["core"]["inputs_ready"] == 0
            finished = record["control"]["finish"]
