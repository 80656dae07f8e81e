"""docs/fpga.md and README.md: tables that people wrote follow from the cores that were measured."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from erbium.scripts.common.markdown import rows
from erbium.scripts.fpga.survey.document import blocks

ROOT = Path(__file__).parents[2]
CORES = json.loads((ROOT / "docs" / "fpga" / "results.json").read_text())["cores"]


def core(preset: str) -> dict[str, Any]:
    """Return the core of a preset with eight lanes on the largest ECP5."""
    wanted = {"preset": preset, "lanes": 8, "device": "ecp5-85"}
    (found,) = [row for row in CORES if wanted.items() <= row.items()]
    return found


def test_cost_of_the_bits_of_a_weight() -> None:
    lines = []
    for name in ("mnist-100", "mnist-200-200"):
        for row in (core(name), core(f"{name}-12")):
            config = row["config"]
            figures = f"{row['luts']:,}", f"{row['ffs']:,}", blocks(row), f"{row['fmax_mhz']:.1f}"
            layers = "-".join(map(str, config["layers"]))
            lines.append([layers, config["weight_bits"], *figures])
    headings = ["network", "bits of a weight", "LUTs", "flip-flops", "RAM blocks", "clock, MHz"]
    table = rows(headings, lines)
    assert table in (ROOT / "docs" / "fpga.md").read_text(), f"docs/fpga.md must have\n{table}"


@pytest.mark.parametrize("row", CORES, ids=lambda row: f"{row['preset']}-{row['lanes']}")
def test_cores_of_the_readme(row: dict[str, Any]) -> None:
    low, high = row["fmax_range"]
    cells = [
        row["device"], row["preset"], row["lanes"], f"{row['luts']:,}", f"{row['ffs']:,}",
        blocks(row), f"{row['fmax_mhz']:.1f} ({low:.1f} to {high:.1f})",
        f"{row['sop_per_second'] / 1e6:,.1f}", f"{row['training_samples_per_second']:,.0f}",
    ]  # fmt: skip
    line = f"| {' | '.join(map(str, cells))} |"
    assert line in (ROOT / "README.md").read_text().splitlines(), f"README.md must have {line}"
