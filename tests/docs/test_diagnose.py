"""docs/diagnose.md: every command is run, and what it says of rules is so."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import click.testing
import pytest

from erbium.scripts.cli import main
from erbium.scripts.diagnosis.rules import GUESSING, LIMITED, MANY, NEARLY, RISE, RULES

TEXT = (Path(__file__).parents[2] / "docs" / "diagnose.md").read_text()


def blocks(language: str) -> list[str]:
    """Return the blocks of the text in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.M | re.S)


def test_every_command_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (toml,) = blocks("toml")
    Path("sweep.toml").write_text(toml)
    said = ""
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    assert len(commands) == 7
    for line in commands:
        program, *args = shlex.split(line)
        assert program == "erbium"
        result = click.testing.CliRunner().invoke(main, args)
        assert result.exit_code == 0, f"{line}: {result.output}"
        # Only the training that is broken on purpose has anything to say.
        assert bool(result.stderr) == ("threshold=20000" in line), line
        said += result.stderr
    (warning,) = blocks("text")
    assert warning in said
    first = json.loads(Path("first.json").read_text())
    assert first["activity"]["samples"] == 50
    assert set(first["warnings"][0] if first["warnings"] else warnings_of(Path("runs/dead"))) == {
        "rule", "where", "words", "remedy", "text",
    }  # fmt: skip
    assert Path("runs", "first", "run-0", "view.html").read_text() == Path("first.html").read_text()
    sweep = json.loads(Path("sweep.json").read_text())
    errors = [entry["validation_error"] for entry in sweep["settings"]]
    assert sweep["chosen"] == sweep["settings"][errors.index(min(errors))]
    assert all("test_error" in entry for entry in sweep["settings"])


def warnings_of(run: Path) -> dict[str, str]:
    """Return the first warning of a run."""
    return json.loads((run / "metrics.json").read_text())["warnings"][0]


def test_every_rule_is_told() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| ([a-z ]+) \| (.*?) \| (.*?) \|$", TEXT, re.M)
    assert [row[0] for row in rows] == [rule.name for rule in RULES]
    for rule, (_, place, _, remedy) in zip(RULES, rows, strict=True):
        assert rule.layered == (place != "machine"), rule.name
        # Each value that the table names is one that the remedy names.
        for name in re.findall(r"`([^`]+)`", remedy):
            assert name in rule.remedy, (rule.name, name)


def test_shares_are_as_told() -> None:
    told = {row.split(" | ")[0]: row for row in re.findall(r"^\| `(.*)", TEXT, re.M)}
    assert MANY == 0.5
    assert "half of" in told["silent`"]
    for name, share in (
        ("weights-at-limits`", LIMITED), ("gates-open`", NEARLY), ("all-errors`", NEARLY),
        ("guessing`", GUESSING),
    ):  # fmt: skip
        assert f"{share:.0%}".replace("%", " %") in told[name], name
    assert f"{RISE * 100:.0f} points" in told["rising`"]
