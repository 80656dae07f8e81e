"""Records of the cycle view: 0 where nothing is meant, fields of just the bits that they need."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.cycle.core import Record
from erbium.golden.cycle.datapath import WRITES_DENDRITE, WRITES_MEMBRANE, Datapath
from erbium.golden.cycle.ports import Access
from erbium.golden.cycle.record import fields
from erbium.golden.enums import Operation, Stage
from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.words import address_bits, input_address_bits

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
)
#: Two inputs are encoded at a time.
WIDE = preset("tiny").replace(lanes=32, layers=(41, 40, 5), rate_shift=1, transmit=12)
CONFIGS = {
    "deep": DEEP,
    "wide": WIDE,
    "bernoulli": DEEP.replace(encoder="bernoulli", memory="spram"),
    "events": DEEP.replace(encoder="events"),
}

#: What stands beside each flag, and is 0 where the flag is 0.
MEANT = {
    "core": {"inputs_valid": ("input",)},
    "control": {"result_valid": ("result",)},
    "spikes": {"valid": ("event",)},
    "samples": {"write": ("write_address", "write_data")},
    # In state 0 the encoder is idle.
    "encoder": {"valid": ("event",), "state": ("tick", "read_address")},
    "encoder.code": {"write": ("write_address", "write_data")},
    "datapath": {
        "membrane_read": ("membrane_read_address",),
        "membrane_write": ("membrane_write_address", "membrane_write_data"),
        "dendrite_read": ("dendrite_read_address",),
        "dendrite_write": ("dendrite_write_address", "dendrite_write_data"),
        "weight_read": ("weight_read_address",),
        "weight_write": ("weight_write_address", "weight_write_data"),
        "spikes_valid": ("spikes",),
    },
}

#: Operations, and what stands beside them; it is 0 beside all others.
PLACE = ("layer", "last", "state")
OPERANDS = {
    "CLEAR": ("state",),
    "SYNAPSE": (*PLACE, "weight", "learn", "fraction", "transmit"),
    "NEURON": PLACE,
    "FEEDBACK": ("state", "feedback", "negative"),
    "READ": ("weight",),
}


@pytest.fixture(name="records")
def records_function(Driven, traffic) -> Callable[[Config], Iterator[Record]]:
    """Return ``records(config)``, which yields every cycle's: of samples and of a read word."""

    def records(config: Config) -> Iterator[Record]:
        driven = Driven(config, 0.3)
        layout = Layout(config)
        driven.host.accesses.append(Access(layout.weight_depth - 1))
        samples = traffic(config, 6, seed=1)
        if config.encoder != "events":
            samples.append((np.full(layout.inputs, 255), 0, 256))
        driven.send(samples)
        results = 0
        while results < len(samples):
            assert driven.cycles < 10_000
            record = driven.cycle()
            results += record["control"]["finish"]
            yield record
        for _ in range(5):
            yield driven.cycle()

    return records


@pytest.mark.parametrize("name", CONFIGS)
def test_what_means_nothing_is_0(name: str, records) -> None:
    shown: Counter[str] = Counter()
    for record in records(CONFIGS[name]):
        for unit in record:
            for flag, others in MEANT[unit].items():
                shown[flag] += record[unit][flag]
                if not record[unit][flag]:
                    assert [record[unit][other] for other in others] == [0] * len(others)
        control = record["control"]
        operation = Operation(control["operation"]).name
        shown[operation] += 1
        for field in {field for names in OPERANDS.values() for field in names}:
            assert field in OPERANDS.get(operation, ()) or control[field] == 0, (operation, field)
        if record["datapath"]["operation"] != Operation.FEEDBACK:
            assert record["datapath"]["feedback"] == 0
        if record["datapath"]["operation"] not in (Operation.SYNAPSE, Operation.READ):
            assert record["datapath"]["weights"] == 0
    flags = {flag for unit in fields(CONFIGS[name]) for flag in MEANT[unit]}
    assert all(shown[each] for each in (*flags, *Operation.__members__))


@pytest.mark.parametrize("name", ["deep", "wide"])
def test_highest_bit_of_every_field_is_used(name: str, records) -> None:
    used: Counter[tuple[str, str]] = Counter()
    for record in records(CONFIGS[name]):
        for unit, values in record.items():
            for field, value in values.items():
                used[unit, field] = max(used[unit, field], value.bit_length())
    expected = {
        (unit, field): bits
        for unit, widths in fields(CONFIGS[name]).items()
        for field, bits in widths.items()
    }
    # That would take a class that fires in every tick.
    del used["control", "result"], expected["control", "result"]
    assert used == expected


def test_result_is_the_winner_and_the_counts(Driven, traffic) -> None:
    driven, bits = Driven(DEEP, 0.3), DEEP.ticks.bit_length()
    driven.send(traffic(DEEP, 6, seed=1))
    spikes = finished = 0
    while finished < 6:
        control, readout = driven.cycle()["control"], driven.core.control.readout
        if control["result_valid"]:
            # Three classes: two bits say which has won.
            counts = [control["result"] >> 2 + bits * k & (1 << bits) - 1 for k in range(3)]
            assert counts == readout.counts.tolist()
            assert control["result"] & 3 == readout.winner
            spikes += sum(counts)
        finished += control["finish"]
    assert spikes > 6


def test_kept_inputs_are_written_one_after_another_into_banks_in_turn(Driven) -> None:
    driven = Driven(DEEP, 0.0)
    samples = [np.array([0, 7, 255, 0, 0, 1, *[0] * 7, 80]), np.array([9, *[0] * 13])]
    driven.send([(sample, 0, 0) for sample in samples])
    writes = []
    for _ in range(40):
        unit = driven.cycle()["samples"]
        if unit["write"]:
            writes.append(
                (unit["write_address"], unit["write_data"] >> 8, unit["write_data"] % 256)
            )
    # Sixteen addresses a bank.
    assert writes == [(0, 1, 7), (1, 2, 255), (2, 5, 1), (3, 13, 80), (16, 0, 9)]


def test_addresses_have_just_the_bits_for_the_last_word() -> None:
    bits = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 256: 8, 257: 9}
    assert {depth: address_bits(depth) for depth in bits} == bits
    for inputs, expected in ((8, 3), (9, 4)):
        config = Config(name="any", layers=(inputs, 3, 2), lanes=4)
        assert input_address_bits(config) == expected
    # Two at a time: eight words, and nine.
    assert input_address_bits(WIDE.replace(layers=(16, 3, 2))) == 3
    assert input_address_bits(WIDE.replace(layers=(17, 3, 2))) == 4


@pytest.mark.parametrize("name", CONFIGS)
def test_operations_go_through_the_stages(name: str, records) -> None:
    found = list(records(CONFIGS[name]))
    written = Counter()
    for cycle, record in enumerate(found[: -Datapath.latency]):
        operation, state = record["control"]["operation"], record["control"]["state"]
        assert found[cycle + Stage.EXECUTE]["datapath"]["operation"] == operation
        later = found[cycle + Datapath.latency]["datapath"]
        for memory, writes in (("membrane", WRITES_MEMBRANE), ("dendrite", WRITES_DENDRITE)):
            assert later[f"{memory}_write"] == (operation in writes)
            if operation in writes:
                assert later[f"{memory}_write_address"] == state
                written[memory] += 1
    assert min(written["membrane"], written["dendrite"]) > 20
