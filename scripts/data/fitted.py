"""A configuration that fits data: as many inputs and classes as these have."""

from __future__ import annotations

import re
from pathlib import Path

from erbium.golden.config import PER_LAYER, Config
from erbium.golden.config_file import changed, check_name, find
from erbium.golden.presets import PRESETS

#: Whose constants are taken if no preset is named: it was made for small images.
BASE = "digits"


def fitted(
    name: str | Config | None,
    changes: dict[str, object],
    data: str,
    shape: tuple[int, int],
    hidden: tuple[int, ...],
) -> Config:
    """Return the configuration of a network for data.

    Parameters
    ----------
    name : str or Config, optional
        Preset, file or configuration whose constants to take. Without, those of a preset for small
        images, and the network is called like its data.
    changes : dict
        Values that the user has changed.
    data : str
        Name of the data.
    shape : tuple of int
        Inputs and classes of the data.
    hidden : tuple of int
        Sizes of the hidden layers. Each gets the constants of the first one.

    Raises
    ------
    ConfigError
        If this makes no configuration.
    """
    base = name if isinstance(name, Config) else find(name or BASE)
    inputs, classes = shape
    values: dict[str, object] = {"layers": (inputs, *hidden, classes)}
    for field in PER_LAYER:
        old = getattr(base, field)
        values[field] = old[:1] * len(hidden) + old[-1:]
    if name is not None:
        return changed(base, values | changes)
    called = {"name": named_after(data, hidden)}
    made = Config.from_dict(base.as_dict() | values | called | changes)
    check_name(made)
    return made


def named_after(data: str, hidden: tuple[int, ...]) -> str:
    """Return a name for the network of some data; never that of a preset."""
    words = re.findall("[A-Za-z0-9]+", Path(data).stem) or ["data"]
    if not words[0][0].isalpha():
        words.insert(0, "data")
    name = "-".join([*words, *map(str, hidden)])
    return f"{name}-own" if name in PRESETS else name
