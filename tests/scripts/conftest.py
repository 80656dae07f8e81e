"""A small data set in MNIST's files, and the command line in an empty folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click.testing
import numpy as np
import pytest

from erbium.scripts.cli import main
from erbium.scripts.data.idx import IMAGES_MAGIC, LABELS_MAGIC, name


def idx_bytes(magic: int, array: np.ndarray) -> bytes:
    """Return `array` in the IDX format."""
    header = np.array([magic, *array.shape], dtype=">u4")
    return header.tobytes() + array.astype(np.uint8).tobytes()


def write_idx(
    folder: Path, *, counts: tuple[int, int] = (36, 9), classes: int = 3, in_order: bool = False
) -> Path:
    """Write samples of 3x4 pixels, bright in the row of their class, for preset tiny; class after
    class if they are to be in order.
    """
    folder.mkdir(exist_ok=True)
    random = np.random.default_rng(5)
    for part, count in zip(("train", "test"), counts, strict=True):
        labels = np.arange(count) % classes
        labels = np.sort(labels) if in_order else labels
        images = random.integers(0, 60, (count, 3, 4))
        images[np.arange(count), labels % 3] += 180
        (folder / name(part, "images")).write_bytes(idx_bytes(IMAGES_MAGIC, images))
        (folder / name(part, "labels")).write_bytes(idx_bytes(LABELS_MAGIC, labels))
    return folder


@pytest.fixture
def tiny_data(tmp_path: Path) -> Path:
    """A folder with 36 + 9 samples for preset tiny."""
    return write_idx(tmp_path / "data")


@pytest.fixture
def erbium(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., click.testing.Result]:
    """Call the command line in an empty working folder."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def call(*args: object) -> click.testing.Result:
        return click.testing.CliRunner().invoke(main, [str(arg) for arg in args])

    return call


def figures(name: str) -> dict[str, Any]:
    """Return the figures that a command has left in the working folder."""
    return json.loads(Path(f"{name}.json").read_text())


@pytest.fixture
def refused(erbium: Callable[..., click.testing.Result]) -> Callable[..., str]:
    """Call the command line, demand a clean refusal, and return its one line."""

    def call(*args: object) -> str:
        result = erbium(*args)
        assert result.exit_code == 2, result.output
        lines = result.stderr.splitlines()
        assert len(lines) == 1
        assert lines[0].startswith("erbium: ")
        assert not list(Path.cwd().rglob("*")), "a refused command has left a file"
        return lines[0]

    return call
