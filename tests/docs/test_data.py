"""docs/data.md: what it tells a user to type is typed here, in its order."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click.testing
import pytest

from erbium.scripts.cli import main
from erbium.scripts.data.reading import NAMES, NPY, NPZ, TEXTS
from erbium.scripts.data.scaling import RARE, SCALINGS

MANUAL = Path(__file__).parents[2] / "docs" / "data.md"
TEXT = MANUAL.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def work() -> Iterator[tuple[str, str]]:
    """Do what the manual says; yield each command with what it printed."""
    for kind, text in BLOCKS:
        assert kind in ("python", "sh")
        if kind == "python":
            exec(compile(text, str(MANUAL), "exec"), {"__name__": "manual"})
            continue
        for line in text.splitlines():
            program, *words = shlex.split(line)
            assert program == "erbium"
            result = click.testing.CliRunner().invoke(main, words)
            assert result.exit_code == 0, result.output
            yield " ".join(words[:2]), result.output


def test_a_table_goes_from_the_file_to_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    printed = list(work())
    commands = [command for command, _ in printed]
    assert commands[0] == "train --data"
    classified, answered = [text for command, text in printed if command == "device classify"]
    # It has learned, and says what by its name.
    wrong = float(re.search(r"\d+ test samples of flowers.csv: ([\d.]+)% not", classified)[1])
    assert wrong < 15
    assert all(name in classified for name in ("rose", "tulip", "lily"))
    # Without labels, each sample is answered by its name.
    assert re.findall(r"sample (\d): (?:rose|tulip|lily)\n", answered) == list("12345")
    (planned,) = [text for command, text in printed if command.startswith("plan")]
    assert "inputs made" not in planned
    assert capsys.readouterr().out.splitlines() == ["['rose', 'lily']"]


def test_all_that_can_be_given_is_described() -> None:
    for word in (*NAMES, *TEXTS, NPZ, NPY, *SCALINGS):
        assert word in TEXT, word
    assert f"the rarest {RARE:.0%}".replace("%", " %") in TEXT
