"""Runs on the command line: seeds mean one thing, and circuits are those of their training."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import erbium
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import emit_core
from erbium.scripts.data.source import Source, load
from erbium.scripts.train import checkpoint, runs

from .conftest import figures, write_idx

TINY = preset("tiny")


@pytest.fixture
def trained(erbium, tiny_data: Path) -> Path:
    """A checkpoint of run 3 with configuration seed 5 and another value that is not the preset's;
    its machine has seed 8.
    """
    args = ("--set", "seed=5", "--set", "transmit=12", "--run", 3, "--epochs", 1)
    result = erbium("train", "tiny", "--data", tiny_data, *args)
    assert result.exit_code == 0, result.output
    assert "run 3 (seed 8)" in " ".join(result.stdout.split())
    return Path("runs", "tiny", "run-3", "checkpoint.npz")


def test_a_forgotten_seed_is_refused(erbium, trained: Path, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 1, "--resume")
    before = trained.read_bytes()
    for changes, message in (
        (("--set", "transmit=12", "--run", 3), "made with seed 8 (that of the configuration, 5, "
         "plus run 3), not 4; use the same values to resume"),
        (("--set", "seed=5", "--run", 3), "made with transmit 12, not 16; use the same values"),
        (("--set", "seed=6", "--set", "transmit=12", "--run", 3), "plus run 3), not 9; use the"),
    ):  # fmt: skip
        result = erbium(*common, *changes)
        assert result.exit_code == 2
        assert message in result.stderr
        assert trained.read_bytes() == before
    # A run that is elsewhere is another run, though the sum of its numbers were the same.
    shutil.copytree(trained.parent, trained.parent.with_name("run-4"))
    result = erbium(*common, "--set", "seed=4", "--set", "transmit=12", "--run", 4)
    assert "the checkpoint was made with run 3, not 4" in result.stderr
    good = ("--set", "seed=5", "--set", "transmit=12", "--run", 3, "--set", "lanes=2")
    free = ("--set", "memory=spram", "--set", "counters=true", "--set", "name=other")
    # Its folder has the name of the machine, unless it is said.
    assert erbium(*common, *good, *free, "--out", trained.parents[1]).exit_code == 0


def test_old_names_of_options_are_explained(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 1, "--json", "figures.json")
    result = erbium(*common, "--seed", 2, "--seeds", 2, "--set", "seed=5")
    assert result.exit_code == 0
    assert result.stderr == (
        "erbium: warning: --seed and --seeds are called --run and --runs now; run 2 has seed 7, "
        "which is the configuration's, 5, plus 2\n"
    )
    assert (figures("figures")["run"], figures("figures")["seed"]) == ([2, 3], [7, 8])
    for option in ("seed", "seeds"):
        name = option.replace("seed", "run")
        result = erbium(*common, f"--{option}", 2, f"--{name}", 2)
        assert result.exit_code == 2
        assert f"--{option} is the old name of --{name}; give one" in result.stderr
    assert "--seed" not in erbium("train", "--help").stdout


@pytest.mark.slow
def test_the_verilog_of_a_training_has_its_configuration_and_seed(erbium, trained: Path) -> None:
    config = checkpoint.load(trained).config
    assert config == TINY.replace(seed=8, transmit=12)
    for name in ((), ("tiny",)):
        args = ("verilog", *name, "--checkpoint", trained, "--out", "a.v", "--json", "a.json")
        assert erbium(*args).exit_code == 0
        assert Path("a.v").read_text() == emit_core(config)
        assert figures("a")["config"] == config.as_dict()
        assert figures("a")["run"] == 3
    free = {"lanes": 4, "learning": False, "counters": True, "memory": "spram", "name": "mine"}
    changes = [f"--set={key}={str(value).lower()}" for key, value in free.items()]
    result = erbium("verilog", "--checkpoint", trained, "--out", "b.v", *changes)
    assert result.exit_code == 0, result.output
    assert Path("b.v").read_text() == emit_core(config.replace(**free))
    assert erbium("verilog", "tiny", "--out", "c.v", "--json", "c.json").exit_code == 0
    assert (figures("c")["config"]["seed"], figures("c")["run"]) == (1, None)


#: What contradicts the training, and what the message says of it.
CONTRADICTIONS = [
    (("--set", "seed=5"), "was trained with seed 8, not 5; leave that out: configuration and seed"),
    (("--set", "transmit=16"), "was trained with transmit 12, not 16; leave that out"),
    (("--set", "ticks=13", "--lanes", "2"), "was trained with ticks 12, not 13; leave that out"),
]

#: Commands that take a checkpoint.
COMMANDS = [
    ("verilog",), ("synth",), ("gates",), ("plan",), ("cosim",), ("bitstream", "icebreaker"),
]  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_contradicts_a_training_is_refused(erbium, trained: Path, command) -> None:
    for args, message in CONTRADICTIONS:
        result = erbium(*command, "--checkpoint", trained, *args)
        assert result.exit_code == 2
        assert f"erbium: '{trained}' {message}" in result.stderr
    named = ("--preset", "digits") if command[0] == "bitstream" else ("digits",)
    result = erbium(*command, *named, "--checkpoint", trained)
    assert result.exit_code == 2
    assert "was trained with layers [12, 6, 3], not [64, 64, 10]; leave that out" in result.stderr
    missing = erbium(*command, "--checkpoint", "no.npz")
    assert "there is no checkpoint 'no.npz'; make one with: erbium train" in missing.stderr
    assert not Path("build").exists()


def test_either_a_preset_or_a_training_is_needed(refused) -> None:
    for command in ("verilog", "synth", "gates", "plan", "cosim"):
        assert "Missing argument 'PRESET', or --checkpoint FILE instead." in refused(command)


def test_a_training_is_planned_with_its_seed(erbium, trained: Path, tiny_data: Path) -> None:
    args = ("--data", tiny_data, "--device", "up5k", "--json", "plan.json")
    assert erbium("plan", "--checkpoint", trained, *args).exit_code == 0
    assert figures("plan")["config"] == checkpoint.load(trained).config.as_dict()


@pytest.mark.slow
def test_a_training_goes_on_in_the_circuit_that_has_its_seed(
    erbium, trained: Path, tiny_data: Path
) -> None:
    common = ("--checkpoint", trained, "--data", tiny_data, "--samples", 8, "--json", "a.json")
    for changes in ((), ("--set", "learning=false", "--lanes", 4)):
        result = erbium("cosim", *common, *changes)
        assert result.exit_code == 0, result.output
        assert (figures("a")["equal"], figures("a")["seed"], figures("a")["run"]) == (True, 8, 3)


@pytest.mark.slow
def test_a_training_is_built_with_its_seed(erbium, trained: Path, tiny_data: Path) -> None:
    config = checkpoint.load(trained).config.as_dict()
    for command in (
        ("synth", "--device", "up5k", "--data", tiny_data),
        ("bitstream", "icebreaker", "--link", "exerciser"),
    ):
        result = erbium(*command, "--checkpoint", trained, "--json", "a.json")
        assert result.exit_code == 0, result.output
        assert figures("a")["run"] == 3
        assert figures("a")["config"] == config


def test_hints_are_one_line_each(erbium, tmp_path: Path) -> None:
    folder = write_idx(tmp_path / "sorted", in_order=True)
    args = ("train", "tiny", "--data", folder, "--keep-order", "--epochs", 1)
    result = erbium(*args)
    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"erbium: warning: '{folder}' has no sample of classes 0, 1 for validat")
    # Not again for each of many runs, nor by the workers of a sweep.
    Path("sweep.toml").write_text(
        f"name = 'few'\ndata = '{folder}'\nkeep_order = true\n[[jobs]]\npreset = 'tiny'\n"
        "rates = [256]\nruns = 2\n"
    )
    result = erbium("sweep", "sweep.toml", "--workers", 1)
    assert result.exit_code == 0, result.output
    assert result.stderr.splitlines() == [line]


def test_an_old_split_goes_on_and_a_new_training_is_shuffled(erbium, tiny_data: Path) -> None:
    common = ("train", "tiny", "--data", tiny_data, "--epochs", 1, "--json", "a.json")
    assert erbium(*common, "--keep-order", "--out", "old").exit_code == 0
    kept = load(Source(str(tiny_data), keep_order=True), TINY).sha256
    assert figures("a")["data_sha256"] == kept
    # So it lay there before runs had numbers.
    Path("old", "run-0").rename(Path("old", "seed-0"))
    assert erbium(*common, "--resume", "--runs", 2, "--out", "old").exit_code == 0
    assert [run["data_sha256"] for run in figures("a")["runs"]] == [kept, kept]
    assert sorted(path.name for path in Path("old").iterdir() if path.is_dir()) == [
        "run-1", "seed-0",
    ]  # fmt: skip
    assert erbium(*common, "--out", "new").exit_code == 0
    assert figures("a")["data_sha256"] == load(str(tiny_data), TINY).sha256 != kept


def test_dim_data_can_be_scaled_by_every_command(erbium, tiny_data: Path) -> None:
    for path in tiny_data.glob("*images*"):
        content = path.read_bytes()
        path.write_bytes(content[:16] + bytes(value * 16 // 255 for value in content[16:]))
    for command in (("train", "--epochs", 1), ("cosim", "--samples", 2), ("plan",)):
        args = (command[0], "tiny", *command[1:], "--data", tiny_data)
        result = erbium(*args)
        # So dim that no neuron fires, in circuit and model alike: nothing is compared.
        silent = command[0] == "cosim"
        assert result.exit_code == int(silent), result.output
        line, *rest = result.stderr.splitlines()
        assert len(rest) == silent or command[0] == "train"
        # A training says what follows.
        assert command[0] != "train" or [x for x in rest if "ever spike" not in x] == []
        assert "largest intensity of" in line
        assert "is 14, but 255 is full scale" in line
        assert "give --full-scale 14 (or multiply" in line
        shutil.rmtree("runs", ignore_errors=True)
        result = erbium(*args, "--full-scale", 14)
        assert (result.exit_code, result.stderr) == (0, "")
        shutil.rmtree("runs", ignore_errors=True)
    text = json.dumps(str(tiny_data))
    Path("sweep.toml").write_text(
        f"name = 'few'\ndata = {text}\nfull_scale = 14\n[[jobs]]\npreset = 'tiny'\nrates = [256]\n"
    )
    result = erbium("sweep", "sweep.toml", "--workers", 1)
    assert (result.exit_code, result.stderr) == (0, "")


def test_figures_name_the_program_and_no_repository_around_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = runs.origin()
    assert found["erbium_version"] == erbium.__version__
    # An installed package in somebody's repository.
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    (tmp_path / "site-packages").mkdir()
    monkeypatch.setattr(runs, "ROOT", tmp_path / "site-packages")
    assert runs.origin() == found | {"git_commit": None}


def test_figures_name_the_commit_of_a_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    author = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], [*author, "commit", "--quiet", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(runs, "ROOT", tmp_path)
    assert re.fullmatch(r"[0-9a-f]{40}", runs.origin()["git_commit"])
