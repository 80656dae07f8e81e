"""Campaigns: what single runs find is added up, each figure to its own sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from erbium.golden.presets import preset
from erbium.scripts.verify import agree, soak
from erbium.scripts.verify.upsets import accuracy as flips
from erbium.scripts.verify.upsets import injections
from erbium.sim.compare.agreement import MODELS, Disagreement
from erbium.sim.compare.stretch import Stretch
from erbium.sim.host.draws import Scenario
from erbium.sim.upsets.recovery import Injection, Outcome, Remedy, Upset

TINY = preset("tiny")


def scenario(lanes: int = 2) -> Scenario:
    return Scenario(TINY.replace(lanes=lanes), 0, 1, (("run", 1, 256, 5),))


def test_one_scenario_is_counted_on_its_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def run(one: Scenario, engines: tuple[str, ...], *, build_dir: Path) -> Counter[str]:
        asked.append((one, engines, build_dir))
        return Counter(samples=3, amaranth=40, icarus=500)

    def explore(number: int, check: Callable, **limits: object):
        asked.append((number, limits))
        check(scenario())
        yield scenario()

    monkeypatch.setattr(agree, "agree", run)
    monkeypatch.setattr(agree, "explore", explore)
    counts, drawn, failure = agree.one(3, Path("there"))
    # Number 3 runs in Amaranth's simulator, with few lanes.
    assert asked[0] == (3, {"lanes": (1, 2, 4, 8)})
    assert asked[1] == (scenario(), (*MODELS, "amaranth"), Path("there"))
    assert failure is None
    assert drawn == [scenario().json()]
    assert +counts == Counter({
        **{f"{engine} scenarios": 1 for engine in (*MODELS, "amaranth")},
        "amaranth cycles": 40, "icarus cycles": 500, "samples": 3,
    })  # fmt: skip


def test_a_scenario_that_fails_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def explore(number: int, check: Callable, **limits: object):
        raise Disagreement(scenario(), "fast", "it is wrong")
        yield

    monkeypatch.setattr(agree, "explore", explore)
    _, drawn, failure = agree.one(1, Path())
    assert drawn == [scenario().json()]
    assert failure.startswith("fast differs from the golden model: it is wrong; again: ")


@pytest.mark.parametrize(
    ("number", "circuits", "most"),
    [(0, (), 32), (3, ("amaranth",), 8), (4, ("icarus",), 8), (5, ("verilator",), 32),
     (13, ("amaranth",), 8), (18, ("icarus",), 8), (55, ("verilator",), 32),
     (32, ("icarus",), 8)],
)  # fmt: skip
def test_engines_take_turns(number: int, circuits: tuple[str, ...], most: int) -> None:
    engines, lanes = agree.plan(number)
    assert engines == (*MODELS, *circuits)
    assert lanes == tuple(n for n in (1, 2, 4, 8, 16, 32) if n <= most)


def test_a_campaign_adds_up_its_scenarios(here: type, monkeypatch: pytest.MonkeyPatch) -> None:
    def one(number: int, build_dir: Path) -> tuple[Counter[str], list[str], str | None]:
        counts = Counter({"numpy scenarios": 1, "icarus cycles": number, "samples": 10 * number})
        drawn = [scenario(1 << number % 2).json()] if number != 7 else []
        return counts, drawn, f"wrong {number}" if number > 7 else None

    monkeypatch.setattr(agree, "one", one)
    monkeypatch.setattr(agree, "workers", here)
    told: list[int] = []
    found = agree.run(4, 6, 1, Path(), told.append)
    assert found["scenarios"] == dict.fromkeys(
        ("numpy", "fast", "cycle", "amaranth", "icarus", "verilator"), 0
    ) | {"numpy": 4}
    assert found["cycles"] == {"amaranth": 0, "icarus": 6 + 7 + 8 + 9, "verilator": 0}
    assert found["samples"] == 300
    # Equal ones count once.
    assert found["configurations"] == 2
    assert found["failures"] == ["wrong 8", "wrong 9"]
    assert told == [1, 2, 3, 4]


def test_a_stretch_tells_both_of_its_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    stretch, asked = Stretch(5, {}, False, cycles=9), []

    def run(seed: int, number: int, **options: object) -> Stretch:
        asked.append((seed, number, options))
        return stretch

    def explore(seed: int, check: Callable, **limits: object):
        asked.append((seed, limits))
        check(scenario())
        yield scenario()

    monkeypatch.setattr(soak, "run_stretch", run)
    monkeypatch.setattr(soak, "explore", explore)
    monkeypatch.setattr(soak, "agree", lambda *_, **__: Counter(icarus=77))
    assert soak.stretch(2, 5, 1000, 3.0, Path("b")) == (stretch, 77, [])
    assert asked == [
        (2, 5, {"cycles": 1000, "seconds": 3.0, "build_dir": Path("b")}),
        (2 * 1_000_003 + 5, {"lanes": (1, 2, 4, 8)}),
    ]
    stretch.mismatch = "round 1: wrong"

    def disagree(*_: object, **__: object) -> Counter[str]:
        raise Disagreement(scenario(), "icarus", "it is wrong")

    monkeypatch.setattr(soak, "agree", disagree)
    found, cycles, failures = soak.stretch(2, 5, 1000, 3.0, Path("b"))
    assert (found, cycles) == (stretch, 0)
    assert failures[0] == "round 1: wrong; again: erbium soak --seed 2 --only 5"
    assert failures[1].startswith("icarus differs")


def storage(path: str, kind: str, width: int, depth: int) -> SimpleNamespace:
    return SimpleNamespace(path=path, kind=kind, width=width, depth=depth,
                           bits=width * max(1, depth))  # fmt: skip


def test_injections_are_added_up_by_kind_and_place() -> None:
    storages = [storage("a.x", "a, x", 3, 0), storage("a.y", "a, x", 5, 0),
                storage("m", "m, words", 8, 4)]  # fmt: skip
    target = SimpleNamespace(config=TINY, storages=storages)

    def injected(place: int, outcome: Outcome, remedy: Remedy) -> Injection:
        one = storages[place]
        return Injection(Upset(1, place, 0, 0), one.path, one.kind, outcome, remedy)

    found = injections.summed(target, [
        injected(0, Outcome.MASKED, Remedy.NONE), injected(0, Outcome.HUNG, Remedy.RESET),
        injected(0, Outcome.HUNG, Remedy.RESET), injected(0, Outcome.ILLEGAL, Remedy.LOAD),
        injected(2, Outcome.HEALED, Remedy.NONE), injected(2, Outcome.PROTOCOL, Remedy.LOST),
    ])  # fmt: skip
    assert (found["register_bits"], found["memory_bits"]) == (8, 32)
    assert (found["storages"], found["storages_struck"], found["flips"]) == (3, 2, 6)
    assert found["outcomes"] == {"masked": 1, "healed": 1, "hung": 2, "protocol": 1, "illegal": 1}
    assert found["remedies"] == {"none": 2, "reset": 2, "load": 1, "lost": 1}
    assert found["kinds"] == {
        "a, x": {"bits": 8, "flips": 4, "masked": 1, "hung": 2, "illegal": 1},
        "m, words": {"bits": 32, "flips": 2, "healed": 1, "protocol": 1},
    }
    assert found["not_by_itself"] == {
        "a.x": {"hung, reset": 2, "illegal, load": 1}, "m": {"protocol, lost": 1},
    }  # fmt: skip
    assert (found["name"], found["config_sha256"]) == ("tiny", TINY.sha256)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("weight_memory, words", "weights"), ("feedback_memory, words", None),
        ("membrane_memory, words", "states"), ("dendrite_memory, words", "states"),
        ("input_memory, words", "states"), ("phase_memory, words", "states"),
        ("datapath, x", "states"), ("control, phase", "control"), ("weight_memory, x", "control"),
    ],
)  # fmt: skip
def test_each_bit_belongs_to_one_curve(kind: str, expected: str | None) -> None:
    assert flips.bits_of(SimpleNamespace(kind=kind)) == expected
