"""Configurations in files: every command takes them, and no two machines share a folder."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from erbium.golden import config_file
from erbium.golden.presets import preset
from erbium.hw.verilog.emission import module_name
from erbium.scripts.cli import main
from erbium.scripts.sweep import SweepError, read, summary

from .conftest import figures

TINY = preset("tiny")

#: Campaigns over sets of circuits, for which --preset picks some.
CAMPAIGNS = {"upsets", "coverage", "mutation"}


def test_a_file_is_written_and_taken_by_every_kind_of_command(erbium, tiny_data: Path) -> None:
    result = erbium("new", "mine", "--like", "tiny", "--set", "threshold=90,60", "--lanes", 4)
    assert result.exit_code == 0, result.output
    mine = TINY.replace(name="mine", threshold=(90, 60), lanes=4)
    assert config_file.load(Path("mine.toml")) == mine
    assert erbium("verilog", "mine.toml", "--json", "verilog.json").exit_code == 0
    assert figures("verilog")["module"] == module_name(mine)
    trained = erbium("train", "mine.toml", "--data", tiny_data, "--rates", 256, "--json", "t.json")
    assert trained.exit_code == 0, trained.output
    assert figures("t")["preset"] == "mine"
    checkpoint = Path("runs", "mine", "run-0", "checkpoint.npz")
    assert checkpoint.exists()
    # A file beside a checkpoint is a claim about every value.
    call = ("verilog", "mine.toml", "--checkpoint", checkpoint)
    assert erbium(*call).exit_code == 0
    Path("mine.toml").write_text(config_file.dump(mine.replace(ticks=13)))
    assert "was trained with ticks 12, not 13" in erbium(*call).stderr


def test_a_file_that_exists_is_kept(erbium) -> None:
    assert erbium("new", "mine", "--like", "tiny").exit_code == 0
    result = erbium("new", "mine.toml")
    assert result.exit_code == 2
    assert "'mine.toml' exists; give another name, or --force" in result.stderr
    assert config_file.load(Path("mine.toml")).layers == TINY.layers
    assert erbium("new", "mine", "--force").exit_code == 0
    assert config_file.load(Path("mine.toml")).layers == preset("digits").layers


def test_a_file_can_be_standard_output(erbium, tmp_path: Path) -> None:
    result = erbium("new", "mine", "--out", "-")
    (tmp_path / "it.toml").write_text(result.stdout)
    assert config_file.load(tmp_path / "it.toml") == preset("digits").replace(name="mine")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("new", "tiny"), "name 'tiny' is that of a preset; choose another name"),
        (("new", "a b"), "name must start with a letter and hold letters, digits and '-' only"),
        (("new", "mine", "--set", "tick=9"), "value 'tick'; did you mean 'ticks'?"),
        (("new", "mine", "--like", "tinny"), "unknown preset 'tinny'; choose one of: tiny, "),
        (("verilog", "no.toml"), "cannot read 'no.toml': No such file or directory; make one with"),
        (("verilog", "tiny", "--set", "name=digits"), "name 'digits' is that of a preset"),
        (("sim", "--set", "ticks=9"), "--set and --lanes change a configuration: give it with"),
    ],
)
def test_mistakes_are_named(refused, words: tuple[str, ...], message: str) -> None:
    assert message in refused(*words)


def test_every_command_that_takes_a_configuration_can_change_it() -> None:
    takes = 0
    for name, command in main.commands.items():
        arguments = {one.name for one in command.params if isinstance(one, click.Argument)}
        options = {option for one in command.params for option in one.opts}
        if name not in CAMPAIGNS and ("name" in arguments or {"--preset", "--like"} & options):
            assert "--set" in options, name
            takes += 1
    assert takes > 10


def test_machines_have_names_of_their_own() -> None:
    assert config_file.label(TINY) == "tiny"
    # Lanes change no result.
    assert config_file.label(TINY.replace(lanes=8)) == "tiny"
    labels = [
        config_file.label(TINY.replace(**change))
        for change in ({"ticks": 13}, {"ticks": 14}, {"seed": 2}, {"memory": "spram"}, {})
    ]
    assert len(set(labels)) == 5
    assert all(one.startswith("tiny-") for one in labels[:4])
    changed = TINY.replace(ticks=13)
    assert config_file.label(changed.replace(lanes=8)) == config_file.label(changed)
    mine = TINY.replace(name="mine")
    assert config_file.label(mine) == "mine"
    names = {config_file.changed(mine, {"ticks": ticks}).name for ticks in (12, 13, 14)}
    assert len(names) == 3
    assert "mine" in names
    assert config_file.changed(mine, {"lanes": 8}).name == "mine"
    assert config_file.changed(mine, {"ticks": 13, "name": "other"}).name == "other"


def test_changed_machines_do_not_overwrite_each_other(erbium, tiny_data: Path) -> None:
    call = ("train", "tiny", "--data", tiny_data, "--rates", 256, "--set")
    assert erbium(*call, "ticks=13").exit_code == 0
    checkpoint = Path("runs", "tiny", "run-0", "checkpoint.npz")
    before = checkpoint.read_bytes()
    result = erbium(*call, "ticks=14")
    assert result.exit_code == 2
    assert "exist" in result.stderr
    assert checkpoint.read_bytes() == before
    assert erbium("new", "mine", "--like", "tiny").exit_code == 0
    for ticks in (12, 13, 14):
        result = erbium("train", "mine.toml", *call[2:], f"ticks={ticks}")
        assert result.exit_code == 0, result.output
    assert len(list(Path("runs").glob("mine*/run-0/checkpoint.npz"))) == 3


def test_sweeps_take_files_that_lie_beside_them(tmp_path: Path, tiny_data: Path) -> None:
    mine = TINY.replace(name="mine", threshold=(90, 60))
    (tmp_path / "mine.toml").write_text(config_file.dump(mine))
    path = tmp_path / "sweep.toml"
    path.write_text(
        'name = "own"\n[defaults]\nrates = [256]\n[[jobs]]\npreset = "mine.toml"\n'
        'grid = { ticks = [12, 13] }\n[[jobs]]\npreset = "tiny"\n'
    )
    sweep = read(path, str(tiny_data))
    assert [job.machine for job in sweep.jobs] == [mine, mine.replace(ticks=13), TINY]
    assert len({job.key for job in sweep.jobs}) == 3
    # Workers elsewhere do not have the file.
    (tmp_path / "mine.toml").unlink()
    assert sweep.jobs[0].machine == mine
    assert json.loads(json.dumps(sweep.jobs[0].as_dict()))["machine"]["threshold"] == [90, 60]
    assert [row["preset"] for row in summary._values(sweep.jobs)] == ["mine", "mine", "tiny"]
    with pytest.raises(SweepError, match=r"job 1: cannot read '.*mine\.toml'"):
        read(path, str(tiny_data))
