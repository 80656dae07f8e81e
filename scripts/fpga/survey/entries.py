"""What the survey measures, from a TOML file; see docs/fpga.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from erbium.golden.config import Config, ConfigError
from erbium.golden.presets import preset
from erbium.scripts.fpga import find_device


class SurveyError(ValueError):
    """A description that cannot be followed; the message names file, entry and remedy."""


@dataclass(frozen=True)
class Job:
    """One core on one device.

    Attributes
    ----------
    config : Config
    device : str
    seeds : int
        Runs of the placer; 0 stops after synthesis.
    """

    config: Config
    device: str
    seeds: int


@dataclass(frozen=True)
class Feature:
    """Something that a core can be built with or without.

    Attributes
    ----------
    name : str
    device : str
    having, lacking : Job
        A core that has it, and the same without.
    count : int
        How many of it the one has more than the other.
    """

    name: str
    device: str
    having: Job
    lacking: Job
    count: int


@dataclass(frozen=True)
class Survey:
    """All that is measured.

    Attributes
    ----------
    data : str
        Data set that activity is predicted with.
    samples : int
        Samples of it.
    cores : tuple of Job
    features : tuple of Feature
    remarks : dict of str to str
        By device: why what limits its clock stays.
    """

    data: str
    samples: int
    cores: tuple[Job, ...]
    features: tuple[Feature, ...]
    remarks: dict[str, str] = field(default_factory=dict)

    @property
    def jobs(self) -> tuple[Job, ...]:
        """Every job once, those of the first table first."""
        pairs = (job for feature in self.features for job in (feature.having, feature.lacking))
        return tuple(dict.fromkeys((*self.cores, *pairs)))


def read(path: Path) -> Survey:
    """Read a description.

    Raises
    ------
    SurveyError
        If it is no TOML, or if an entry is missing, unknown or wrong.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        survey = Survey(
            values.pop("data"),
            values.pop("samples"),
            tuple(_cores(values.pop("cores"), values.pop("seeds"))),
            tuple(_features(values.pop("features", []))),
            values.pop("remarks", {}),
        )
    except KeyError as error:
        raise SurveyError(f"'{path}' lacks {error.args[0]!r}; see docs/fpga.toml") from error
    except (tomllib.TOMLDecodeError, ConfigError, TypeError) as error:
        raise SurveyError(f"'{path}': {error}") from error
    if values:
        raise SurveyError(f"'{path}' has unknown entries: {', '.join(values)}; leave them out")
    for device in survey.remarks:
        find_device(device)
    return survey


def _cores(entries: list[dict[str, Any]], seeds: int) -> Iterator[Job]:
    for entry in entries:
        for device in entry["devices"]:
            for lanes in entry["lanes"]:
                changes = entry.get("changes", {}) | {"lanes": lanes}
                yield Job(_config(entry["preset"], changes), find_device(device).name, seeds)


def _features(entries: list[dict[str, Any]]) -> Iterator[Feature]:
    for entry in entries:
        for device in entry["devices"]:
            having, lacking = (
                Job(_config(entry["preset"], entry.get(key, {})), find_device(device).name, 0)
                for key in ("with", "without")
            )
            if having == lacking:
                raise SurveyError(
                    f"feature {entry['name']!r} changes nothing; give values to have it 'with' or "
                    "'without'"
                )
            yield Feature(entry["name"], device, having, lacking, entry.get("count", 1))


def _config(name: str, changes: dict[str, Any]) -> Config:
    return Config.from_dict(preset(name).as_dict() | changes)
