"""Performance counters: 32 bits each, and what they count in a machine at work."""

from __future__ import annotations

import pytest

from erbium.golden.core import Core
from erbium.golden.cycle.counters import COUNTERS, Counters
from erbium.golden.enums import Operation, Phase
from erbium.golden.presets import preset

TINY = preset("tiny")

#: Nothing happens in these cycles but that they pass.
NONE, SYNAPSE = Operation.NONE, Operation.SYNAPSE


def clock(counters: Counters, phase: str, event: int = 0, word: int = 0, write: int = 0) -> None:
    control = {
        "phase": Phase[phase],
        "event_step": event,
        "operation": SYNAPSE if word else NONE,
    }
    counters.clock(control, {"weight_write": write})


def counted(counters: Counters) -> dict[str, int]:
    """Return the counters that are not 0."""
    return {name: value for name, value in counters.values.items() if value}


@pytest.mark.parametrize("phase", Phase.__members__)
def test_each_phase_has_its_own_and_only_synapse_stalls(phase: str) -> None:
    counters = Counters()
    assert set(counters.values) == set(COUNTERS)
    assert counted(counters) == {}
    for _ in range(3):
        clock(counters, phase)
    stalls = {"stalls": 3} if phase == "SYNAPSE" else {}
    assert counted(counters) == {f"cycles_{phase.lower()}": 3} | stalls
    counters.reset()
    assert counted(counters) == {}


def test_events_words_and_writes_are_counted_by_hand() -> None:
    counters = Counters()
    clock(counters, "SYNAPSE", event=1)
    clock(counters, "SYNAPSE", event=1, word=1)
    clock(counters, "SYNAPSE", word=1, write=1)
    clock(counters, "SYNAPSE", word=1)
    clock(counters, "NEURON", write=1)
    expected = {"cycles_synapse": 4, "cycles_neuron": 1, "events": 2, "words": 3}
    assert counted(counters) == expected | {"stalls": 1, "weight_writes": 2}


def test_a_counter_goes_on_from_0_after_32_bits() -> None:
    counters = Counters()
    counters.values["words"] = 2**32 - 1
    clock(counters, "SYNAPSE", word=1)
    assert counted(counters) == {"cycles_synapse": 1}


def test_word_holds_32_bits_of_each_the_first_lowest() -> None:
    counters = Counters()
    assert counters.word == 0
    for value, name in enumerate(COUNTERS, 1):
        counters.values[name] = value
    counters.values[COUNTERS[0]] = 2**32 - 1
    word, found = counters.word, []
    for _ in COUNTERS:
        found.append(word % 2**32)
        word >>= 32
    assert found == [2**32 - 1, *range(2, len(COUNTERS) + 1)]
    assert word == 0


def test_a_sample_is_counted_as_the_tick_view_sees_it(Driven, traffic) -> None:
    driven, ticks = Driven(TINY, 0.0), Core(TINY)
    sample, label, _ = traffic(TINY, 1, seed=2)[0]
    driven.send([(sample, label, 0)])
    assert len(list(driven.results(1))) == 1
    values = driven.core.counters.values
    groups = [layer.groups for layer in driven.core.layout.layers]
    events = [[len(e) for e in t.events[:-1]] for t in ticks.ticks(sample, label, 0)]
    assert values["events"] == sum(map(sum, events)) > 0
    assert values["words"] == sum(
        n * g for tick in events for n, g in zip(tick, groups, strict=True)
    )
    assert values["words"] + values["stalls"] == values["cycles_synapse"]
    assert sum(values[f"cycles_{phase.lower()}"] for phase in Phase.__members__) == driven.cycles
    assert values["weight_writes"] == 0
