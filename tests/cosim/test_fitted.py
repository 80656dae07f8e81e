"""A fitted network goes on: to Verilog, bit for bit, and through the simulated UART."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click.testing
import numpy as np
import pytest

from erbium.golden import config_file
from erbium.scripts.cli import main
from erbium.scripts.fit import proposal, search
from erbium.scripts.train.checkpoint import load

Call = Callable[..., click.testing.Result]


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Call:
    """Call the command line in a folder of its own, and demand success."""
    folder = tmp_path_factory.mktemp("fitted")

    def called(*args: object) -> click.testing.Result:
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            result = click.testing.CliRunner().invoke(main, [str(arg) for arg in args])
        assert result.exit_code == 0, result.output
        return result

    called.folder = folder
    return called


@pytest.fixture(scope="module")
def fitted(call: Call) -> dict[str, str]:
    """Fit a table of signed numbers with labels in front, split in another way than usual."""
    random = np.random.default_rng(4)
    kinds = np.arange(60) % 3
    values = random.normal(0, 0.4, (60, 2)) + np.array([[-3, 0.1], [0, 2.5], [3, -2]])[kinds]
    rows = (f"{'abc'[k]},{x:.4f},{y:.4f}" for k, (x, y) in zip(kinds, values, strict=True))
    (call.folder / "own.csv").write_text("\n".join(["kind,left,right", *rows]) + "\n")
    with pytest.MonkeyPatch.context() as patch:
        # What is tested is not how well they end.
        patch.setattr(proposal, "MOST_PASSES", 3)
        patch.setattr(proposal, "FEWEST_PASSES", 1)
        patch.setattr(search, "AGAIN", 1)
        call("fit", "own.csv", "--label", "kind", "--split", 1, "--inputs", "pairs,bias",
             "--trials", 1, "--hidden", 4, "--out", "fit", "--json", "fit.json")  # fmt: skip
    found = json.loads((call.folder / "fit.json").read_text())
    return found | {"checkpoint": str(Path(found["run"], "checkpoint.npz"))}


def figures(call: Call, name: str) -> dict[str, object]:
    return json.loads((call.folder / name).read_text())


def test_its_training_goes_on_in_the_circuit(call: Call, fitted: dict[str, str]) -> None:
    """Checkpoint alone: data, label, split, scaling and added inputs are those of the fit."""
    told = call("cosim", "--checkpoint", fitted["checkpoint"], "--samples", 12, "--json", "c.json")
    assert "warning" not in told.stderr
    found = figures(call, "c.json")
    assert found["equal"] is True
    assert found["weights_compared"] == (5 * 4 + 4 * 3)
    assert found["spikes_compared"] > 0


def test_its_file_is_the_machine(call: Call, fitted: dict[str, str]) -> None:
    call("verilog", fitted["config"], "--out", "file.v", "--json", "file.json")
    call("verilog", "--checkpoint", fitted["checkpoint"], "--out", "run.v", "--json", "run.json")
    file, run = (figures(call, f"{name}.json") for name in ("file", "run"))
    assert file["config_sha256"] == run["config_sha256"]
    assert (file["weights"], run["weights"]) == ("none", "trained")
    call("export", fitted["run"], "--out", "out")
    state = load(call.folder / fitted["checkpoint"])
    assert config_file.load(call.folder / "out" / "own-4.toml") == state.config
    assert figures(call, "out/preparation.json")["classes"] == ["a", "b", "c"]


def test_it_learns_through_the_simulated_uart(call: Call, fitted: dict[str, str]) -> None:
    """The file does not say which inputs were added: what fits is taken, and told."""
    port = ("--port", f"sim:{fitted['config']}")
    told = call("device", "train", *port, "--data", "own.csv", "--label", "kind", "--samples", 9,
                "--validation", 3, "--test", 3, "--epochs", 1, "--out", "device",
                "--json", "d.json")  # fmt: skip
    assert "taking --inputs pairs,bias" in told.stderr
    found = figures(call, "d.json")
    assert (found["weights_equal"], found["random_equal"]) == (True, True)
    assert (found["winners_equal"], found["first_difference"]) == (True, None)
    # Weights, data and preparation of the fit: the error is that of the fit.
    port = ("--port", f"model:{fitted['config']}", "--checkpoint", fitted["checkpoint"])
    told = call("device", "classify", *port, "--json", "s.json")
    assert "warning" not in told.stderr
    found = figures(call, "s.json")
    assert found["classes"] == ["a", "b", "c"]
    assert (found["data"], found["error"]) == ("own.csv", fitted["test_error"])


def test_it_is_explained_and_shown_without_a_word_of_its_data(
    call: Call, fitted: dict[str, str]
) -> None:
    for command in ("diagnose", "view"):
        told = call(command, fitted["run"], "--json", "e.json")
        assert "not the data" not in told.stderr
        assert figures(call, "e.json")["same_data"] is True
