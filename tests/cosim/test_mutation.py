"""Single faults in the circuit: a small campaign, and what must not be counted.

`make mutation` runs the large one, over several configurations.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from scripts.verify import mutation
from sim.mutation import prove, tape
from sim.mutation.aiger import Graph, parse
from sim.mutation.build import Replay, build
from sim.mutation.campaign import EQUIVALENT, KILLED, SURVIVED, Judged, figures
from sim.mutation.netlist import Mutant, MutationError, Netlist, choose
from sim.suite import VARIANTS

#: Faults of the sample, its seed, and how many may stay open. ABC settles most survivors in a
#: second, but not the encoder's held end of a tick, whose register is not enabled then.
COUNT, SEED, OPEN = 50, 1, 1


@pytest.fixture(scope="module")
def netlist(tmp_path_factory: pytest.TempPathFactory) -> Netlist:
    return Netlist(VARIANTS["tiny"], tmp_path_factory.mktemp("mutants"))


@pytest.fixture(scope="module")
def sample(netlist: Netlist) -> list[Mutant]:
    return choose(netlist.mutants(), COUNT, SEED)


@pytest.fixture(scope="module")
def replay(netlist: Netlist, sample: list[Mutant]) -> Replay:
    return build(netlist, sample)


@pytest.fixture(scope="module")
def recorded(netlist: Netlist, replay: Replay) -> Path:
    path = netlist.folder / "tape.bin"
    recorder = tape.record(netlist.config, netlist.inputs, netlist.outputs, seed=1, samples=6)
    tape.write(recorder, path, replay.in_words, replay.out_words)
    return path


@pytest.fixture(scope="module")
def judged(
    netlist: Netlist, sample: list[Mutant], replay: Replay, recorded: Path
) -> list[tuple[Mutant, str | None]]:
    return [(mutant, replay.run(recorded, n)) for n, mutant in enumerate(sample, 1)]


def test_the_circuit_itself_passes_the_tape(replay: Replay, recorded: Path) -> None:
    assert replay.run(recorded, 0) is None


def test_every_fault_of_the_sample_is_found_or_proven_equal(
    netlist: Netlist, judged: list[tuple[Mutant, str | None]]
) -> None:
    survivors = [mutant for mutant, found in judged if found is None]
    assert len(survivors) < COUNT // 5
    unproven = [m.fault for m in survivors if not prove.equivalent(netlist, m, 3)]
    assert len(unproven) <= OPEN, unproven


def test_a_fault_that_is_found_is_not_proven_equal(
    netlist: Netlist, judged: list[tuple[Mutant, str | None]]
) -> None:
    found = [mutant for mutant, difference in judged if difference is not None]
    for mutant in found[:3]:
        assert not prove.equivalent(netlist, mutant, 2), mutant.fault


def test_without_the_comparison_no_fault_is_found(
    netlist: Netlist, replay: Replay, recorded: Path, judged: list[tuple[Mutant, str | None]]
) -> None:
    # Nothing is compared on this tape: every mask is 0. A replay that compares nothing says so.
    cycle = 4 * (replay.in_words + 2 * replay.out_words)
    masked = bytearray(recorded.read_bytes())
    for end in range(cycle, len(masked) + 1, cycle):
        masked[end - 4 * replay.out_words : end] = bytes(4 * replay.out_words)
    blind = netlist.folder / "blind.bin"
    blind.write_bytes(masked)
    number = next(n for n, (_, found) in enumerate(judged, 1) if found is not None)
    with pytest.raises(MutationError, match="nothing was compared"):
        replay.run(blind, number)


def test_faults_are_drawn_evenly_and_reproducibly(netlist: Netlist) -> None:
    every = netlist.mutants()
    drawn = choose(every, 60, 3)
    assert drawn == choose(every, 60, 3) != choose(every, 60, 4)
    assert len(set(drawn)) == 60
    components = {mutant.component for mutant in every}
    assert {mutant.component for mutant in drawn} == components
    assert {"control", "datapath.lane.plasticity", "spikes.queue"} <= components
    modes = {mutant.fault.split()[1] for mutant in drawn}
    assert modes == {"inv", "const0", "const1", "cnot0", "cnot1"}


def test_score_leaves_out_what_is_proven() -> None:
    fault = Mutant("tiny", "control", "-mode inv -port A -portbit 0", "assign")
    outcomes = [KILLED] * 6 + [EQUIVALENT] * 2 + [SURVIVED] * 2
    made = [
        Judged(dataclasses.replace(fault, fault=f"{fault.fault} {n}"), outcome, 0)
        for n, outcome in enumerate(outcomes)
    ]
    values = figures(made, 100)
    assert values["score"] == 6 / 8
    assert [one["fault"][-1] for one in values["survivors"]] == ["8", "9"]
    section = mutation.text(values)
    assert "| control | 10 | 6 | 2 | 2 |" in section
    assert section.count("* tiny, control") == 2
    assert "score 75.0%" in mutation.summary(values)
    assert values["components"]["control"] == {
        "mutants": 10, KILLED: 6, EQUIVALENT: 2, SURVIVED: 2,
    }  # fmt: skip


def test_graph_merges_equal_gates_and_keeps_others_apart() -> None:
    text = "aag 4 2 1 1 1\n2\n4\n6 8\n8\n8 2 4\ni0 a\ni1 b\nl0 q\no0 y\n"
    one = parse(text)
    same, reached = prove.miter(one, parse(text), set())
    assert (same.outputs["differs"], reached) == (0, set())
    other, reached = prove.miter(one, parse(text.replace("8 2 4", "8 3 4")), set())
    assert other.outputs["differs"] != 0
    assert reached == {"q"}


def test_graph_without_names_is_refused() -> None:
    with pytest.raises(ValueError, match="names no i0"):
        parse("aag 1 1 0 0 0\n2\n")
    with pytest.raises(ValueError, match="starts with 'aag'"):
        parse("aig 0 0 0 0 0\n")


def test_gates_simplify() -> None:
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    assert graph.both(a, b) == graph.both(b, a)
    assert graph.both(a, a ^ 1) == graph.both(a, 0) == graph.differ(b, b) == 0
    assert graph.choose(1, a, b) == a
