"""docs/classifier.md is typed as it stands; its notebook is run from the first cell to the last."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import click.testing
import nbformat
import pytest
from nbclient import NotebookClient

from erbium import Classifier
from erbium.scripts.cli import main
from erbium.scripts.data.preparation import INPUTS
from erbium.scripts.data.scaling import SCALINGS
from erbium.scripts.estimator.machine import HIDDEN, PASSES, SHOWN

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "classifier.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, re.DOTALL)


def test_everything_can_be_typed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {"__name__": "manual"}
    done = []
    for kind, text in BLOCKS:
        assert kind in ("python", "sh")
        if kind == "python":
            exec(compile(text, "classifier.md", "exec"), names)
            continue
        for line in text.splitlines():
            program, *words = shlex.split(line)
            assert program == "erbium"
            result = click.testing.CliRunner().invoke(main, words)
            assert result.exit_code == 0, f"{line}: {result.output}"
            done.append(words[0])
            if words[:2] == ["device", "classify"]:
                wrong = float(re.search(r"cells.npz: ([\d.]+)% not", result.output)[1])
                assert wrong < 15
                assert "malignant" in result.output
    assert done == ["verilog", "cosim", "diagnose", "view", "export", "device"]
    told = re.findall(r": ([\d.]+)%", capsys.readouterr().out)
    assert len(told) == 2
    assert all(float(share) > 90 for share in told)


def test_all_parameters_are_described() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE)
    assert rows == list(inspect.signature(Classifier).parameters)
    for word in (*INPUTS, *SCALINGS):
        assert f'"{word}"' in TEXT
    assert f"or {HIDDEN[0]} " in TEXT
    assert f"show {SHOWN:,} samples, but at least {PASSES}" in TEXT
    # What it says of the checks is what the checks are run with.
    assert "without an expected failure" in TEXT


# Of the libraries around the kernel, not of ours.
@pytest.mark.filterwarnings("ignore")
def test_the_notebook_runs(tmp_path: Path) -> None:
    notebook = nbformat.read(DOCS / "classifier.ipynb", as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells), "clear all outputs"
    NotebookClient(
        notebook,
        # Machines may be busy; a cell compiles the Verilog.
        timeout=900,
        startup_timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", ())]
    printed = "".join(out.text for out in outputs if out.output_type == "stream")
    assert "5 samples learned" in printed
    assert printed.strip().endswith("equal: True")
    assert sum("image/png" in out.get("data", {}) for out in outputs) == 5
    right = [float(share) for share in re.findall(r": ([\d.]+)%", printed)]
    assert len(right) == 3
    assert all(share > 85 for share in right)
