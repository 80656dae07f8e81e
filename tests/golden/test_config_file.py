"""Configurations as files: nothing is lost on the way, and mistakes are named."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path

import pytest

from erbium.golden import config_file
from erbium.golden.config import Config, ConfigError
from erbium.golden.presets import PRESETS, preset

MINE = preset("mnist-200-200").replace(
    name="mine", memory="spram", learning=False, counters=True, threshold=(9, 8, 7), seed=2**32 - 1
)


@pytest.mark.parametrize("config", [*PRESETS.values(), MINE], ids=lambda config: config.name)
def test_what_is_written_is_read(config: Config, tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_text(config_file.dump(config))
    assert config_file.find(str(path)) == config


def test_every_value_is_written_once_and_explained() -> None:
    text = config_file.dump(MINE)
    fields = [field.name for field in dataclasses.fields(Config)]
    assert list(tomllib.loads(text)) == fields
    lines = text.splitlines()
    comments = " ".join(line for line in lines if line.startswith("#"))
    assert all(f"{name}" in comments for name in fields)
    # A comment stands above the value, or above the first of those that it is about.
    assert lines[lines.index('memory = "spram"') - 2].startswith("# memory: ")
    assert max(map(len, lines)) <= 100
    assert comments.count("(per layer)") >= 4


def test_values_may_be_left_out(tmp_path: Path) -> None:
    path = tmp_path / "short.toml"
    path.write_text("layers = [12, 6, 3]\nticks = 20\n")
    assert config_file.load(path) == Config(name="short", layers=(12, 6, 3), ticks=20)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "layers = [12, 6, 3]\ntreshold = 5",
            "unknown configuration value 'treshold'; did you mean 'threshold'\\?",
        ),
        (
            "layers = [12, 6, 3]\nbogus = 5",
            "unknown configuration value 'bogus'; known: \\['burn_in', ",
        ),
        (
            "layers = [12, 6, 3]\n[gate]\nlow = 3",
            "unknown configuration value 'gate'; did you mean 'gate_",
        ),
        ("layers = [12, 6, 3]\nticks = 2.5", "ticks must be an integer .* not 2.5"),
        ("layers = [12, 6, 3]\nseed = '1'", "seed must be an integer .* not '1'"),
        ("ticks = 20", "has no layers; add a line such as: layers ="),
        ("layers = [12, 6,", "is no TOML: Invalid value"),
        ("layers = [12, 6, 3]\nname = 'digits'", "name 'digits' is that of a preset; choose"),
    ],
)
def test_mistakes_are_named_with_the_file(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=message) as raised:
        config_file.find(str(path))
    assert str(path) in str(raised.value)


def test_a_file_is_told_from_a_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigError, match=r"cannot read 'none.toml': No such file .*erbium new"):
        config_file.find("none.toml")
    Path("digits.toml").write_text("layers = [3, 3, 3]")
    Path("own.toml").write_text("layers = [3, 3, 3]")
    assert config_file.find("digits") == preset("digits")
    with pytest.raises(ConfigError, match=r"'own' is no preset; to use the file, write 'own.toml'"):
        config_file.find("own")
    Path("folder").mkdir()
    Path("folder/own").write_text("layers = [3, 3, 3]")
    assert config_file.find("folder/own").name == "own"


def test_a_name_that_no_file_can_give_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "my net.toml"
    path.write_text("layers = [12, 6, 3]")
    with pytest.raises(ConfigError, match=r"name must start with a letter .* not 'my net'"):
        config_file.load(path)
