"""The tape: an expectation that is changed anywhere is noticed there, at its port and cycle."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.sim.host import scenarios
from erbium.sim.host.scenarios import SCENARIOS
from erbium.sim.mutation.netlist import Netlist
from erbium.sim.tape import record as tape
from erbium.sim.tape.build import Replay, build

TINY = preset("tiny")


@pytest.fixture(scope="module")
def taped(tmp_path_factory: pytest.TempPathFactory) -> tuple[tape.Recorder, Replay, Path]:
    """Return what a few scenarios drive and expect, and the circuit's program."""
    folder = tmp_path_factory.mktemp("tape")
    netlist = Netlist(TINY, folder)
    program = build(netlist, [])
    # With a host that stalls, every port is shown.
    played = {one: SCENARIOS[one][-1:] for one in (scenarios.learns, scenarios.serves_the_host)}
    recorder = tape.record(TINY, netlist.inputs, netlist.outputs, seed=1, samples=1, played=played)
    return recorder, program, folder


def test_each_port_is_compared_in_its_cycle(taped: tuple) -> None:
    recorder, program, folder = taped
    path, cycles = folder / "bits.tape", list(recorder.cycles)
    draw = random.Random(3)
    tape.write(recorder, path, program.in_words, program.out_words)
    whole = program.play(path)
    assert whole.difference is None
    assert whole.cycles == len(cycles)
    assert whole.bits == sum(mask.bit_count() for _, _, mask in cycles)
    for port in program.outputs:
        shown = [n for n, (_, _, mask) in enumerate(cycles) if mask >> port.offset & 1]
        # Every output but one that this machine never shows is compared, in many cycles.
        assert shown, port.name
        number = draw.choice(shown)
        inputs, expected, mask = cycles[number]
        bit = port.offset + draw.randrange(port.width)
        recorder.cycles[number] = (inputs, expected ^ 1 << bit, mask)
        tape.write(recorder, path, program.in_words, program.out_words)
        recorder.cycles[number] = cycles[number]
        found = program.play(path)
        assert found.difference == f"cycle {number}, {port.name}"
        assert (found.cycles, found.bits) == (number, 0)


def test_every_output_of_the_circuit_is_on_the_tape(taped: tuple) -> None:
    _, program, _ = taped
    names = {port.name for port in program.outputs}
    assert {"o_result_payload", "o_spikes_payload", "o_access_valid", "o_random"} <= names
    assert sum(name.startswith("trace_") for name in names) > 5
