"""docs/fit.md: every command is run, and the figures of its rules are those of the program."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click.testing
import pytest

from erbium.scripts.cli import main
from erbium.scripts.fit import acceptance, journal, objective, proposal, rules, search

TEXT = (Path(__file__).parents[2] / "docs" / "fit.md").read_text()


def test_every_command_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = [
        line
        for block in re.findall(r"^```sh\n(.*?)^```", TEXT, re.M | re.S)
        for line in block.splitlines()
    ]
    assert len(commands) == 5
    for line in commands:
        program, *args = shlex.split(line)
        assert program == "erbium"
        result = click.testing.CliRunner().invoke(main, args)
        assert result.exit_code == 0, f"{line}: {result.output}"
    found = json.loads(Path("iris.json").read_text())
    assert found["trials"] == 1
    for name in ("config", "validation_error", "test_error", "baseline_errors", "seconds"):
        assert name in found
        assert f"`{name}`" in TEXT
    assert found["validation_error"] < 0.15


def test_figures_are_those_of_the_program() -> None:
    ((most, size),) = proposal.HIDDEN
    (fewest, ten), (few, five), (many, three) = objective.FOLDS
    assert five == objective.FEWEST_PARTS
    for words in (
        f"{size} neurons up to {most} columns, else {proposal.MOST_HIDDEN}",
        f"{proposal.SHOWN} samples in all, {proposal.FEWEST_PASSES} to {proposal.MOST_PASSES} ",
        f"Up to {fewest} of them are cut into {ten} parts, more into {objective.FEWEST_PARTS}.",
        f"of more than {few} samples only {three} parts, and of more than {many} only one",
        f"learns from the others, from up to {objective.MOST_SAMPLES} samples",
        f"seen after {journal.RANDOM_TRIALS} trials",
        f"best {journal.KEPT_PERCENT} of a hundred trials before; the first {journal.UNPRUNED} are",
        f"after {search.PATIENCE} trials in a row",
        f"the best {search.FINALISTS} are tried {search.AGAIN} times more",
        f"less than {proposal.DARK:.0%}".replace("%", " %"),
        "{} bits, or {} or {} where".format(*proposal.WEIGHT_BITS),
        f"up to {proposal.RANGE} units of preset digits, or {proposal.DARK_RANGE} where",
        f"{proposal.TICKS}; {proposal.MORE_TICKS} up to {proposal.FEW_INPUTS} inputs",
        f"{proposal.OUTPUT} for {proposal.NEURONS} hidden neurons",
    ):
        assert words in " ".join(TEXT.split()), words
    told = re.findall(r"^\| ([a-z ]+) \| ", TEXT.split("## How it searches")[0], re.M)
    assert [rule.about for rule in rules.RULES] == told[told.index("hidden layer") :]


def test_errors_are_those_of_the_published_file() -> None:
    records = json.loads((Path(__file__).parents[2] / acceptance.PUBLISHED).read_text())
    assert acceptance.published(records) in TEXT
    assert {record["data"] for record in records} == set(acceptance.SETS)
    # What is asked: within a point of the MLP, or better.
    for name, found in acceptance.means(records).items():
        assert found["fit"] <= found["mlp"] + 0.01, name
