"""docs/device.md: what it tells a user to type is typed here, in its order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click.testing
import pytest

from erbium.scripts.cli import main

MANUAL = Path(__file__).parents[2] / "docs" / "device.md"
BLOCKS = re.findall(r"```(python|sh)\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)


def work(port: str) -> list[str]:
    """Do what the manual says with another port; return what was printed."""
    printed = []
    for kind, text in BLOCKS:
        if kind == "python":
            exec(compile(text, str(MANUAL), "exec"), {"__name__": "manual"})
            continue
        for line in text.splitlines():
            program, *words = shlex.split(line.replace("sim:", port))
            assert program == "erbium"
            result = click.testing.CliRunner().invoke(main, words)
            assert result.exit_code == 0, result.output
            printed.append(result.output)
    return printed


@pytest.mark.parametrize("port", ["model:", pytest.param("sim:", marks=pytest.mark.slow)])
def test_a_new_user_gets_a_trained_machine(
    port: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _, trained, classified, loaded = work(port)
    assert re.search(r"weights as the golden model's +yes", trained)
    # It has learned.
    wrong = float(re.search(r"200 test samples of mydata.npz: ([\d.]+)% not", classified)[1])
    assert wrong < 10
    assert "has the weights of runs/device-mine/checkpoint.npz" in loaded
    assert Path("weights.npz").is_file()
