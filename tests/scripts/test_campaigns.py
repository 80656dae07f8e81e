"""The long campaigns, made short: they leave figures, and fail when something differs."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from erbium.golden.presets import preset
from erbium.scripts.verify import agree as agree_section
from erbium.scripts.verify import replay as replay_section
from erbium.scripts.verify import upsets
from erbium.scripts.verify.upsets import injections
from erbium.sim.compare import agreement
from erbium.sim.compare.stretch import Stretch
from erbium.sim.faults.circuit import planted
from erbium.sim.host.draws import Scenario
from erbium.sim.mutation.netlist import Netlist

from .conftest import figures

Erbium = Callable[..., Result]

VECTOR = Path(__file__).parents[1] / "cosim" / "vectors" / "smallest.json"


def scenario() -> str:
    """Return a small scenario, as the command line takes it."""
    return Scenario.from_json(json.dumps(json.loads(VECTOR.read_text())["scenario"])).json()


@pytest.mark.slow
def test_agree_draws_machines(erbium: Erbium) -> None:
    # The third of every ten runs in Amaranth's simulator, the fourth of every fourteen on Icarus.
    args = ("--configurations", 2, "--first", 3, "--jobs", 2, "--out", "agree.json")
    result = erbium("agree", *args)
    assert result.exit_code == 0, result.output
    found = figures("agree")
    assert found["scenarios"]["numpy"] == found["configurations"] == 2
    assert found["scenarios"]["amaranth"] == found["scenarios"]["icarus"] == 1
    assert found["cycles"]["icarus"] > found["samples"] > 0
    assert "2 random configurations" in agree_section.summary(found)


def test_agree_runs_one_scenario(erbium: Erbium) -> None:
    result = erbium("agree", scenario(), "--engine", "fast", "--engine", "amaranth")
    assert result.exit_code == 0, result.output
    assert "all engines agree" in result.stdout
    for bad, words in (
        (("{}",), "'{}'"),
        ((scenario(), "--engine", "vhdl"), "'vhdl' is no engine"),
    ):
        refused = erbium("agree", *bad)
        assert refused.exit_code == 2
        assert words in refused.stderr


@pytest.mark.parametrize("given", [True, False])
def test_agree_says_how_to_run_a_failure_again(
    given: bool, erbium: Erbium, here: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(drawn: Scenario, engines: tuple[str, ...], **options: object) -> None:
        raise agreement.Disagreement(drawn, "icarus", "it is wrong")

    monkeypatch.setattr(agreement, "agree", disagree)
    if given:
        result = erbium("agree", scenario(), "--engine", "icarus")
    else:
        # Drawn in this process, in which the engine is another one.
        monkeypatch.setattr("erbium.scripts.verify.agree.agree", disagree)
        monkeypatch.setattr("erbium.scripts.verify.agree.workers", here)
        result = erbium("agree", "--configurations", 1, "--jobs", 1, "--out", "agree.json")
        assert len(figures("agree")["failures"]) == 1
    assert result.exit_code == 1
    command = shlex.split(result.stderr.partition("again: ")[2])
    assert command[:2] == ["erbium", "agree"]
    assert Scenario.from_json(command[2])


@pytest.mark.slow
def test_replay_compares_every_cycle(erbium: Erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    args = ("tiny", "--samples", 1, "--out", "replay.json")
    result = erbium("replay", *args)
    assert result.exit_code == 0, result.output
    found = figures("replay")
    assert f"{found['bits']:,} bits" in replay_section.text(found)
    assert "every one as recorded" in replay_section.summary(found)
    with planted("errors a tick too early", preset("tiny")) as hardware:
        monkeypatch.setattr(
            "erbium.sim.tape.replay.Netlist", lambda config, folder: Netlist(hardware, folder)
        )
        result = erbium("replay", *args)
    assert result.exit_code == 1
    assert "circuit and golden model differ in cycle " in result.stderr
    assert "cycle" in replay_section.summary(figures("replay"))


@pytest.mark.slow
def test_soak_goes_on(erbium: Erbium) -> None:
    args = ("--cycles", 20_000, "--jobs", 1, "--out", "soak.json")
    counts = []
    for _ in range(2):
        result = erbium("soak", "--minutes", 0.01, *args)
        assert result.exit_code == 0, result.output
        counts.append(figures("soak"))
    first, second = counts
    assert (first["runs"], second["runs"]) == (1, 2)
    assert second["configurations"] > first["configurations"] >= 1
    assert second["cycles"]["verilator"] > first["cycles"]["verilator"] > 10_000
    assert not second["failures"]


def test_soak_names_a_failing_machine(
    erbium: Erbium, here: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stretch(seed: int, number: int, *rest: object) -> tuple[Stretch, int, list[str]]:
        return Stretch(number, {}, stalled=False, cycles=5), 3, ["round 1: wrong"]

    monkeypatch.setattr("erbium.scripts.verify.soak.stretch", stretch)
    monkeypatch.setattr("erbium.scripts.verify.soak.workers", here)
    result = erbium("soak", "--only", 4)
    assert result.exit_code == 1
    assert "round 1: wrong" in result.stderr
    args = ("--jobs", 1, "--out", "soak.json")
    nothing = erbium("soak", "--minutes", 1e-9, *args)
    assert nothing.exit_code == 2
    assert "no machine was run in 1e-09 minutes; give it more" in nothing.stderr
    assert not Path("soak.json").exists()
    assert erbium("soak", "--minutes", 0.02, *args).exit_code == 1
    assert set(figures("soak")["failures"]) == {"round 1: wrong"}


@pytest.mark.slow
def test_upsets_of_one_circuit(erbium: Erbium, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(injections, "MEMORY_BITS", 1)
    args = ("--preset", "tiny", "--flips", 1, "--jobs", 1, "--out", "upsets.json")
    result = erbium("upsets", "--no-learning", *args)
    assert result.exit_code == 0, result.output
    (circuit,) = figures("upsets")["circuits"]
    assert circuit["flips"] > circuit["register_bits"]
    # Goes on from the file, and adds the curves.
    monkeypatch.setattr("erbium.scripts.verify.upsets.accuracy.RATES", (0.0, 1e-2))
    few = ("--samples", 3, "--seeds", 1, "--jobs", 2, "--out", "upsets.json")
    result = erbium("upsets", "--no-injections", *few)
    assert result.exit_code == 0, result.output
    found = figures("upsets")
    assert found["circuits"] == [circuit]
    trainings = found["learning"]["trainings"]
    assert [(t["rate"], bool(t["flips"])) for t in trainings] == [(0.0, False), (1e-2, True)] * 4
    assert Path("upsets.png").stat().st_size > 10_000
    assert "![accuracy against flip rate]" in upsets.text(found)
