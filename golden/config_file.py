"""A configuration as a file: TOML with a line for each value, above it what the value means.

A file may leave values out; they are then the defaults of `Config`. Its name, if it has none, is
that of the file.
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from pathlib import Path

from erbium.golden.config import LANES, Config, ConfigError
from erbium.golden.presets import PRESETS, preset

#: How a file is told from the name of a preset.
SUFFIX = ".toml"

HEAD = """\
# {name}: a machine for Erbium. Every command takes this file in the place of a preset.
# A value "per layer" is a list with one entry for each layer of neurons, or one number for all.
"""

#: Fields in the docstring of `Config`: names, a colon, the type; then the text, indented.
FIELD = re.compile(r"^    (\w+(?:, \w+)*) : (.*)\n((?:        .*\n)+)", re.MULTILINE)


def find(source: str) -> Config:
    """Return the preset called `source`, or the configuration in the file of that name.

    Raises
    ------
    ConfigError
        If there is no such preset or file, or the file holds no configuration.
    """
    if source.endswith(SUFFIX) or "/" in source:
        return load(Path(source))
    if source not in PRESETS and Path(source + SUFFIX).is_file():
        raise ConfigError(f"{source!r} is no preset; to use the file, write {source + SUFFIX!r}")
    return preset(source)


def load(path: Path) -> Config:
    """Return the configuration in a file.

    Raises
    ------
    ConfigError
        If it cannot be read, is no TOML, or holds an unknown name or a wrong value.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"cannot read '{path}': {error.strerror}; make one with: erbium new NAME"
        ) from error
    except ValueError as error:
        raise ConfigError(f"'{path}' is no TOML: {error}") from error
    values = {"name": path.stem} | values
    if "layers" not in values:
        raise ConfigError(f"'{path}' has no layers; add a line such as: layers = [64, 32, 10]")
    try:
        config = Config.from_dict(values)
        check_name(config)
    except ConfigError as error:
        raise ConfigError(f"'{path}': {error}") from error
    return config


def check_name(config: Config) -> None:
    """Refuse a preset's name for another machine: their results would be taken for each other."""
    known = PRESETS.get(config.name)
    if known is not None and known != config:
        raise ConfigError(f"name {config.name!r} is that of a preset; choose another name")


def label(config: Config) -> str:
    """Return the name that files and folders of a machine carry.

    It is the configuration's, and eight digits more for a preset that was changed, so that two
    machines never share a folder. The number of lanes changes no result, so it takes no part.
    """
    known = PRESETS.get(config.name)
    if known is None or config == known.replace(lanes=config.lanes):
        return config.name
    return f"{config.name}-{_digits(config)}"


def changed(config: Config, changes: dict[str, object]) -> Config:
    """Return a configuration with other values.

    What is made of a file gets a name of its own, as `label` gives one to what is made of a preset.

    Raises
    ------
    ConfigError
        If a name is unknown, a value is wrong, or the new name is that of a preset.
    """
    made = Config.from_dict(config.as_dict() | changes)
    if "name" in changes:
        check_name(made)
    elif config.name not in PRESETS and made != config.replace(lanes=made.lanes):
        made = made.replace(name=f"{config.name}-{_digits(made)}")
    return made


def _digits(config: Config) -> str:
    return config.replace(lanes=LANES[0]).fingerprint[:8]


def dump(config: Config) -> str:
    """Return the text of a file from which `load` makes `config` again."""
    meanings = _meanings()
    lines = [HEAD.format(name=config.name)]
    for name, value in config.as_dict().items():
        if meaning := meanings.pop(name, None):
            lines.append(meaning)
        # Numbers, texts, truths and lists of numbers are written alike in JSON and in TOML.
        lines.append(f"{name} = {json.dumps(value)}\n")
    return "".join(lines)


def _meanings() -> dict[str, str]:
    """Return comments by the first field that each is about, from the docstring of `Config`."""
    found = {}
    for names, kind, text in FIELD.findall(Config.__doc__ or ""):
        words = " ".join(line.strip() for line in text.splitlines())
        about = f"{names} ({kind})" if kind == "per layer" else names
        comment = textwrap.wrap(f"{about}: {words}", 96, break_on_hyphens=False)
        found[names.split(", ")[0]] = "\n" + "".join(f"# {line}\n" for line in comment)
    return found
