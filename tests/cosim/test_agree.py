"""Random machines and stories on every engine; failures that were found once, for ever."""

from __future__ import annotations

import json
import re
import shlex
from collections import Counter
from pathlib import Path

import pytest

from erbium.golden.core import Result
from erbium.golden.fast import FastCore
from erbium.scripts.verify.agree import plan
from erbium.sim.compare import agreement
from erbium.sim.compare.agreement import MODELS, Disagreement, agree, explore
from erbium.sim.host.draws import Scenario
from tests.slow import slow_but

#: Configurations of a run of the tests, in parts that run beside each other.
CONFIGURATIONS, PARTS = 200, 10

VECTORS = sorted(Path(__file__).with_name("vectors").glob("*.json"))


def scenario_of(error: Disagreement) -> Scenario:
    """Return the scenario that the message says how to run again."""
    command = shlex.split(str(error).partition("again: ")[2])
    assert command[:2] == ["erbium", "agree"]
    return Scenario.from_json(command[2])


@pytest.mark.parametrize("part", slow_but(lambda part: part in (7, 9), range(PARTS)))
def test_random_configurations_agree(part: int, tmp_path: Path) -> None:
    ran: Counter[str] = Counter()
    seen = set()
    for number in range(part, CONFIGURATIONS, PARTS):
        engines, lanes = plan(number)

        def check(scenario: Scenario, engines: tuple[str, ...] = engines) -> None:
            counts = agree(scenario, engines, build_dir=tmp_path)
            assert counts["samples"] > 0
            assert all(counts[engine] for engine in engines if engine not in MODELS)
            ran.update(engines)

        for scenario in explore(number, check, lanes=lanes):
            seen.add(scenario.config)
    print(dict(ran))
    # Hypothesis repeats itself now and then; hardly ever with the whole configuration.
    assert len(seen) >= 0.95 * CONFIGURATIONS / PARTS
    assert min(ran[name] for name in MODELS) >= 0.95 * CONFIGURATIONS / PARTS


def test_the_plan_uses_every_engine() -> None:
    ran = Counter(engine for n in range(CONFIGURATIONS) for engine in plan(n)[0])
    assert all(ran[name] == CONFIGURATIONS for name in MODELS)
    assert ran["amaranth"] >= 15
    assert ran["icarus"] >= 10
    assert ran["verilator"] >= 4


@pytest.mark.parametrize("path", VECTORS, ids=[path.stem for path in VECTORS])
def test_vector(path: Path, tmp_path: Path) -> None:
    scenario = Scenario.from_json(json.dumps(json.loads(path.read_text())["scenario"]))
    counts = agree(scenario, (*MODELS, "icarus"), build_dir=tmp_path)
    assert counts["icarus"] > counts["samples"] > 0


def test_there_are_vectors() -> None:
    assert len(VECTORS) >= 10


@pytest.mark.parametrize(
    "engine", slow_but(lambda engine: engine == "amaranth", ["amaranth", "icarus"])
)
def test_planted_fault_is_found(engine: str, tmp_path: Path) -> None:
    fault = "refractory a tick too long"

    def check(scenario: Scenario) -> None:
        agree(scenario, (engine,), build_dir=tmp_path, fault=fault)

    def search() -> None:
        for seed in range(20):
            for _ in explore(seed, check, shrink=False, lanes=(1, 2)):
                pass

    with pytest.raises(Disagreement, match=rf"^{engine} differs .* cycle \d+, \S+: ") as found:
        search()
    again = scenario_of(found.value)
    with pytest.raises(Disagreement):
        agree(again, (engine,), build_dir=tmp_path, fault=fault)
    assert agree(again, (engine,), build_dir=tmp_path)[engine] > 0


@pytest.mark.slow
def test_failure_shrinks() -> None:
    """A fault of samples of class 1 in a machine of many lanes, with the engines left out."""

    def check(scenario: Scenario) -> None:
        if scenario.config.lanes > 1 and any(step[:2] == ("run", 1) for step in scenario.steps):
            raise Disagreement(scenario, "icarus", "it is wrong")

    def search() -> None:
        for seed in range(20):
            for _ in explore(seed, check):
                pass

    with pytest.raises(Disagreement, match=r"^icarus differs .* it is wrong; again: ") as found:
        search()
    scenario = scenario_of(found.value)
    assert [step[:2] for step in scenario.steps] == [("run", 1)]
    assert scenario.stall == 0
    assert scenario.config.lanes == 2
    assert len(scenario.config.layers) == 3


def test_wrong_engine_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = Path(__file__).with_name("vectors") / "smallest.json"
    scenario = Scenario.from_json(json.dumps(json.loads(path.read_text())["scenario"]))
    assert agree(scenario, MODELS, build_dir=tmp_path)["samples"] == 2
    monkeypatch.setattr(agreement, "FastCore", Wrong)
    with pytest.raises(Disagreement, match=r"^fast differs .* sample 0, winner: "):
        agree(scenario, MODELS, build_dir=tmp_path)


class Wrong(FastCore):
    """An engine that finds another winner for the samples of class 1."""

    def run(self, sample: object, label: int = 0, rate: int = 256) -> Result:
        """Show one sample."""
        result = super().run(sample, label, rate)
        if label != 1:
            return result
        return Result(1 - result.winner, result.counts, result.synaptic_operations)


def test_scenarios_survive_json() -> None:
    for scenario in explore(5, lambda scenario: None):
        assert Scenario.from_json(scenario.json()) == scenario


@pytest.mark.parametrize("text", ["{}", "[]", "nothing", '{"config": 3, "steps": []}'])
def test_bad_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(repr(text))):
        Scenario.from_json(text)
