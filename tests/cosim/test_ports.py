"""The port map: complete, packed as the layouts are, and asked by whatever drives ports."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from erbium.golden.cycle.core import CycleCore, Host
from erbium.golden.cycle.encoder import Event
from erbium.golden.cycle.ports import Access, Request
from erbium.golden.presets import preset
from erbium.golden.rng import RandomState
from erbium.hw import words
from erbium.hw.verilog import interface as verilog
from erbium.sim.host import ports as module
from erbium.sim.host.ports import PortMap, taken, waiting
from erbium.sim.host.traffic import QUEUES

TINY = preset("tiny")
EVENTS = TINY.replace(encoder="events")
CONFIGS = {
    "tiny": TINY,
    "events": EVENTS,
    "wide": TINY.replace(lanes=8, weight_bits=11),
    "counters": TINY.replace(counters=True),
}
LAYOUTS = {
    "i_event": words.OutsideEventLayout,
    "i_request": words.RequestLayout,
    "i_access": words.AccessLayout,
    "o_access": words.WeightLayout,
    "o_result": words.ResultLayout,
    "o_spikes": words.SpikeLayout,
    "o_random": lambda config: words.RandomLayout(),
}


def drawn(field: verilog.Field, draw: random.Random) -> int | list[int]:
    """Return values that a field can hold."""
    width = module.element_bits(field)
    least = -(1 << width - 1) if field.signed else 0
    values = [draw.randrange(least, least + (1 << width)) for _ in range(field.count or 1)]
    return values[0] if field.count is None else values


@pytest.mark.parametrize("name", CONFIGS)
def test_payloads_are_packed_as_the_layouts_say(name: str) -> None:
    ports, draw = PortMap(CONFIGS[name]), random.Random(3)
    for member in LAYOUTS:
        if member == "i_event" and name != "events":
            continue
        layout = LAYOUTS[member](CONFIGS[name])
        for _ in range(20):
            values = {field.name: drawn(field, draw) for field in ports.fields(member)}
            given = values.get("", values)
            word = ports.pack(member, given)
            assert word == layout.const(given).as_bits()
            assert ports.unpack(member, word) == values


@pytest.mark.parametrize("name", CONFIGS)
def test_the_map_has_every_port_of_the_core(name: str) -> None:
    found = verilog.core_ports(verilog.interface(CONFIGS[name]))
    ports = PortMap(CONFIGS[name])
    assert ports.inputs == {p.name: p.width for p in found if not p.is_output and p.name != "clk"}
    assert ports.outputs == {p.name: p.width for p in found if p.is_output}
    host = Host(pixel=1, event=Event(1), request=Request(1, 9), access=Access(1),
                random=RandomState(1, 2, 3))  # fmt: skip
    assert set(ports.driven(host)) == set(ports.inputs) - {"rst"}
    _, shown = ports.step(CycleCore(CONFIGS[name]), host)
    payloads = {"o_result_payload", "o_access_payload", "o_spikes_payload"}
    # Nothing is valid in a first cycle.
    assert set(shown) == set(ports.outputs) - payloads


def test_a_port_that_nobody_drives_or_compares_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for table, member in (("SOURCES", "i_access"), ("SINKS", "o_spikes"), ("STATES", "phase")):
        with monkeypatch.context() as patch:
            left = [name for name in getattr(module, table) if name != member]
            all_of_it = getattr(module, table)
            patch.setattr(module, table, left if table == "STATES"
                          else {name: all_of_it[name] for name in left})  # fmt: skip
            with pytest.raises(ValueError, match=rf"'{member}.*mend sim/host/ports.py"):
                PortMap(TINY)


@pytest.mark.parametrize(
    ("member", "values", "message"),
    [
        ("i_request", {"label": 4, "rate": 0}, "4 does not fit i_request, label"),
        ("i_request", {"label": -1, "rate": 0}, "-1 does not fit i_request, label"),
        ("i_request", {"label": 0, "rate": 512}, "512 does not fit i_request, rate"),
        ("o_access", [128, 0], "128 does not fit o_access"),
        ("o_access", [0, -129], "-129 does not fit o_access"),
        ("o_access", [0], "not 1 elements"),
        ("o_access", [0, 0, 0], "not 3 elements"),
    ],
)
def test_what_does_not_fit_is_refused(member: str, values: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        PortMap(TINY).pack(member, values)


def test_reads_and_writes_are_told_apart() -> None:
    ports = PortMap(TINY)
    layout = words.AccessLayout(TINY)
    for access, write, data in ((Access(5), 0, [0, 0]), (Access(6, (-3, 7)), 1, [-3, 7])):
        word = layout.from_bits(ports.payload("i_access", access))
        assert (word.address, word.write, [word.data[0], word.data[1]]) == (
            access.address, write, data
        )  # fmt: skip


def record(**changes: int) -> dict[str, dict[str, int]]:
    """Return a cycle's record in which each stream is ready, or valid."""
    flags = {
        "samples ready": 1,
        "core inputs_ready": 1,
        "control request_ready": 1,
        "control access_ready": 1,
        "control result_valid": 1,
        "control read_valid": 1,
    }
    found: dict[str, dict[str, int]] = {}
    for name, value in (flags | changes).items():
        unit, field = name.split()
        found.setdefault(unit, {})[field] = value
    return found


HOST = Host(pixel=0, event=Event(0), request=Request(0, 0), access=Access(0),
            random=RandomState(1, 1, 1), result_ready=True, access_ready=True)  # fmt: skip


@pytest.mark.parametrize(
    ("member", "place", "offer"),
    [
        ("i_pixel", "samples ready", "pixel"), ("i_event", "core inputs_ready", "event"),
        ("i_request", "control request_ready", "request"),
        ("i_access", "control access_ready", "access"),
    ],
)  # fmt: skip
def test_a_stream_that_is_not_ready_waits(member: str, place: str, offer: str) -> None:
    assert list(taken(HOST, record())) == list(QUEUES)
    assert list(waiting(HOST, record())) == []
    others = [name for name in QUEUES if name != member]
    assert list(taken(HOST, record(**{place: 0}))) == others
    assert list(waiting(HOST, record(**{place: 0}))) == [member]
    silent = dataclasses.replace(HOST, **{offer: None})
    assert list(taken(silent, record())) == others
    assert list(waiting(silent, record(**{place: 0}))) == []


@pytest.mark.parametrize(
    ("member", "place", "ready"),
    [("o_result", "control result_valid", "result_ready"),
     ("o_access", "control read_valid", "access_ready")],
)  # fmt: skip
def test_a_host_that_is_not_ready_lets_a_stream_wait(member: str, place: str, ready: str) -> None:
    busy = dataclasses.replace(HOST, **{ready: False})
    assert list(waiting(busy, record())) == [member]
    assert list(waiting(busy, record(**{place: 0}))) == []


def test_all_inputs_are_one_word() -> None:
    ports = PortMap(TINY)
    assert ports.inputs_word(dict.fromkeys(ports.inputs, 0)) == 0
    word = ports.inputs_word({name: (1 << width) - 1 for name, width in ports.inputs.items()})
    assert word == (1 << sum(ports.inputs.values())) - 1
    offset = 0
    for name, width in ports.inputs.items():
        assert ports.inputs_word(dict.fromkeys(ports.inputs, 0) | {name: 1}) == 1 << offset
        offset += width


def test_spikes_and_states_show_what_the_cycle_before_left() -> None:
    ports, core = PortMap(TINY), CycleCore(TINY)
    core.random = RandomState(11, 12, 13)
    _, shown = ports.step(core, Host())
    states = {"event": 11, "blank": 12, "encoder": 13}
    assert ports.unpack("o_random", shown["o_random"]) == states
    assert np.array_equal(list(ports.random(core.step(Host())).values())[::-1], [11, 12, 13])
