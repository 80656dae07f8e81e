"""Single faults in the circuit: a small campaign, and what must not be counted.

`make mutation` runs the large one, over several configurations.
"""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path

import pytest

from erbium.golden.cycle.counters import COUNTERS, Counters
from erbium.golden.cycle.spikes import SpikeQueue, Spikes
from erbium.golden.readout import Readout
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.verify import mutation
from erbium.sim.benches.suite import VARIANTS
from erbium.sim.coverage.dry_run import dry_run
from erbium.sim.host.scenarios import SCENARIOS, Scenarios
from erbium.sim.mutation import bounds, prove
from erbium.sim.mutation.aiger import Graph, parse
from erbium.sim.mutation.campaign import CONFIGS, EQUIVALENT, KILLED, SURVIVED, Judged, figures
from erbium.sim.mutation.late import START, late_counters
from erbium.sim.mutation.long_traffic import soak
from erbium.sim.mutation.netlist import Mutant, MutationError, Netlist, choose
from erbium.sim.mutation.rare import RARE
from erbium.sim.tape import record as tape
from erbium.sim.tape.build import Replay, build

#: What the large campaign found.
FIGURES = Path(__file__).parents[2] / "docs" / "verification" / "mutation.json"

#: Faults of the sample, and its seed.
COUNT, SEED = 50, 1


@pytest.fixture(scope="module")
def netlist(tmp_path_factory: pytest.TempPathFactory) -> Netlist:
    with late_counters():
        return Netlist(CONFIGS["tiny-spram"], tmp_path_factory.mktemp("mutants"))


@pytest.fixture(scope="module")
def sample(netlist: Netlist) -> list[Mutant]:
    return choose(netlist.mutants(), COUNT, SEED)


@pytest.fixture(scope="module")
def replay(netlist: Netlist, sample: list[Mutant]) -> Replay:
    return build(netlist, sample)


@pytest.fixture(scope="module")
def recorded(netlist: Netlist, replay: Replay) -> Path:
    return _recorded(netlist, replay, SCENARIOS)


def _recorded(netlist: Netlist, replay: Replay, played: Scenarios) -> Path:
    path = netlist.folder / f"tape-{len(played)}.bin"
    with late_counters():
        recorder = tape.record(
            netlist.config, netlist.inputs, netlist.outputs, seed=1, samples=6, played=played
        )
    tape.write(recorder, path, replay.in_words, replay.out_words)
    return path


@pytest.fixture(scope="module")
def judged(
    netlist: Netlist, sample: list[Mutant], replay: Replay, recorded: Path
) -> list[tuple[Mutant, str | None]]:
    return [(mutant, replay.run(recorded, n)) for n, mutant in enumerate(sample, 1)]


@pytest.mark.slow
def test_the_circuit_itself_passes_the_tape(replay: Replay, recorded: Path) -> None:
    assert replay.run(recorded, 0) is None


@pytest.mark.slow
def test_every_fault_of_the_sample_is_found_or_proven_equal(
    netlist: Netlist, replay: Replay, judged: list[tuple[Mutant, str | None]]
) -> None:
    survivors = [mutant for mutant, found in judged if found is None]
    assert len(survivors) < COUNT // 5
    rare = _recorded(netlist, replay, RARE)
    numbers = {mutant: number for number, (mutant, _) in enumerate(judged, 1)}
    left = [mutant for mutant in survivors if replay.run(rare, numbers[mutant]) is None]
    circuit = prove.graph(netlist, left)
    folder = netlist.folder
    unproven = {
        number: mutant
        for number, mutant in enumerate(left, 1)
        if not prove.equivalent(circuit, number, folder / f"proof-{number}", patience=5)
    }
    # One matters to a class that there is not; the proof takes any from the spike queue.
    assert [
        bounds.within(circuit, n, netlist.config, folder / f"within-{n}") for n in unproven
    ] == ["classes"]


@pytest.mark.slow
def test_a_fault_that_is_found_is_not_proven_equal(
    netlist: Netlist, judged: list[tuple[Mutant, str | None]]
) -> None:
    found = [mutant for mutant, difference in judged if difference is not None][:2]
    circuit = prove.graph(netlist, found)
    for number, mutant in enumerate(found, 1):
        folder = netlist.folder / f"proof-of-found-{number}"
        assert not prove.equivalent(circuit, number, folder, 1, reach=2), mutant.fault


@pytest.mark.slow
def test_long_traffic_finds_a_fault_and_nothing_without_one(
    netlist: Netlist, sample: list[Mutant]
) -> None:
    number = next(n for n, m in enumerate(sample, 1) if m.component == "datapath.lane.synapse")
    options = {"seed": 1, "cycles": 200_000, "build_dir": netlist.folder}
    mutants = netlist.folder / "mutants.v"
    assert soak(netlist.config, mutants, 0, **options) is None
    assert "round 1: " in soak(netlist.config, mutants, number, **options)


def test_counters_start_late_only_there(netlist: Netlist) -> None:
    start = f"h{f'{START:x}' * len(COUNTERS)};"
    assert start in (netlist.folder / "core.v").read_text()
    assert start not in emit_core(netlist.config)
    assert Counters().word == 0


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(("name", "most"), [
    ("tiny-spram", 1), ("tiny-bernoulli", 2), ("tiny-deep", 1), ("tiny", 1),
])  # fmt: skip
def test_circuits_keep_to_the_bounds(name: str, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    config, levels, classes = CONFIGS[name], set(), set()
    clock, count = SpikeQueue.clock, Readout.count

    def clocked(self: SpikeQueue, spikes: Spikes | None, ready: bool) -> None:
        clock(self, spikes, ready)
        levels.add(len(self._queue._inner))

    def counted(self: Readout, k: int) -> None:
        classes.add(k)
        count(self, k)

    monkeypatch.setattr(SpikeQueue, "clock", clocked)
    monkeypatch.setattr(Readout, "count", counted)
    hits, _ = dry_run(config, 1)
    assert max(levels) == bounds.most_queued(config) == most
    assert classes == set(range(config.layers[-1]))
    # Saturation is the third value of a neuron's bin.
    assert {values[2] for cross, values in hits if cross == "neuron"} == {"none"}
    assert all(bound.holds(config) for bound in bounds.BOUNDS.values())


def test_a_bound_that_a_configuration_does_not_set_is_no_reason() -> None:
    # Its membranes saturate in the benches.
    assert not bounds.BOUNDS["membranes"].holds(VARIANTS["tiny-narrow"])


@pytest.mark.parametrize("limit", range(1, 9))
def test_numbers_below_a_limit_are_told(limit: int) -> None:
    for number in range(8):
        bits = [number >> place & 1 for place in range(3)]
        assert bounds.below(Graph(), bits, limit) == int(number < limit)


def test_reasons_are_given_to_the_faults_that_survived_and_to_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    survivors = json.loads(FIGURES.read_text())["survivors"]
    assert {mutation._key(one) for one in survivors} == set(mutation.known())
    assert "not understood yet" not in {mutation.reason(one) for one in survivors}
    one = survivors[0]
    # Lines and numbers of Yosys are not what the reason hangs on; everything else is.
    moved = re.sub(r"core\.v:\d+\$\d+", "core.v:7$8", one["fault"])
    assert mutation.reason(one | {"fault": moved}) == mutation.reason(one)
    for name, other in (
        ("config", "tiny-deep"), ("component", "spikes.queue"), ("source", "assign a = b;"),
        ("fault", one["fault"].replace("inv", "const0")),
        ("fault", one["fault"].replace("$and$", "$or$")),
        ("fault", one["fault"].replace("-port B", "-port A")),
    ):  # fmt: skip
        assert mutation.reason(one | {name: other}) == "not understood yet", (name, other)
    # A configuration whose membranes saturate has no such reason.
    wide = CONFIGS[one["config"]].replace(ticks=200)
    monkeypatch.setitem(CONFIGS, one["config"], wide)
    assert mutation.reason(one) == "not understood yet"


def test_graph_merges_equal_gates_and_keeps_others_apart() -> None:
    # The switch inverts a in the next value of q, if it is at 1.
    text = (
        "aag 7 3 1 1 3\n2\n4\n6\n8 14\n8\n"
        "10 2 7\n12 3 6\n14 11 13\ni0 a\ni1 b\ni2 mutant\nl0 q\no0 y\n"
    )
    same, reached = prove.miter(parse(text), 0, set())
    assert (same.outputs["differs"], reached) == (0, set())
    other, reached = prove.miter(parse(text), 1, set())
    assert other.outputs["differs"] != 0
    assert reached == {"q"}


def test_what_is_assumed_restricts_the_miter() -> None:
    # As above: the mutant differs whatever q is. Assumed that it is never 1, it does not there.
    text = (
        "aag 7 3 1 1 3\n2\n4\n6\n8 14\n8\n"
        "10 2 7\n12 3 6\n14 11 13\ni0 a\ni1 b\ni2 mutant\nl0 q other\no0 y\n"
    )
    circuit, seen = parse(text), []

    def assume(m: Graph, taken: dict[str, int]) -> int:
        (q,) = bounds.registers(circuit, taken)("other")
        seen.append(q)
        return m.both(q, q ^ 1)

    free, _ = prove.miter(circuit, 1, set())
    bound, _ = prove.miter(circuit, 1, set(), assume)
    assert free.outputs["differs"] != 0
    assert bound.outputs["differs"] == 0
    assert seen == [bound.latches["q other"][0]]


def test_registers_are_found_by_each_of_their_names() -> None:
    circuit = Graph(latches={"a[0] b[3]": [2, 0], "!a[1] c": [4, 0], "d": [6, 0]})
    register = bounds.registers(circuit, {"a[0] b[3]": 2, "!a[1] c": 4, "d": 6})
    assert register("a") == [2, 5]
    assert register("c") == [4]
    assert register("d") == [6]
    with pytest.raises(KeyError, match="no register 'e'"):
        register("e")


def test_graph_without_names_is_refused() -> None:
    with pytest.raises(ValueError, match="names no o0"):
        parse("aag 1 1 0 1 0\n2\n2\n")
    with pytest.raises(ValueError, match="starts with 'aag'"):
        parse("aig 0 0 0 0 0\n")


def test_gates_simplify() -> None:
    graph = Graph()
    a, b = graph.input("a"), graph.input("b")
    assert graph.both(a, b) == graph.both(b, a)
    assert graph.both(a, a ^ 1) == graph.both(a, 0) == graph.differ(b, b) == 0
    assert graph.choose(1, a, b) == a
