"""Records cannot be changed once they are made, but for those that count something up."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: Records that a run fills, or that are a state.
CHANGING = {
    "scripts.train.checkpoint.Checkpoint", "sim.compare.stretch.Stretch",
    "sim.host.script.Observed", "sim.host.traffic.HostQueue",
}  # fmt: skip

FOLDERS = (
    "hw/board", "sim/compare", "sim/engines", "sim/host", "scripts/common", "scripts/data",
    "scripts/fpga", "scripts/results", "scripts/train",
)  # fmt: skip

MODULES = [
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
    for folder in FOLDERS
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "dataclass" in path.read_text() and path.name != "__init__.py"
]


@pytest.mark.parametrize("name", MODULES)
def test_records_stay_as_they_are_made(name: str) -> None:
    module = importlib.import_module(f"erbium.{name}")
    for one in vars(module).values():
        if not (isinstance(one, type) and dataclasses.is_dataclass(one)):
            continue
        if one.__module__ != module.__name__:
            continue
        changing = f"{name}.{one.__qualname__}" in CHANGING
        assert one.__dataclass_params__.frozen != changing, one
