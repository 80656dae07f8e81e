"""The clock to plan with, before a core has been placed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erbium.golden.config import Config
from erbium.scripts.fpga.device import Device

#: Measured cores, which `erbium synth-all` writes.
MEASURED = Path("docs", "fpga", "results.json")


@dataclass(frozen=True)
class Clock:
    """A frequency.

    Attributes
    ----------
    mhz : float
    origin : str
        "given", "measured" with this core, "likely" where only another was measured, or "target".
    core : str or None
        The core that was measured.
    """

    mhz: float
    origin: str
    core: str | None = None


def expected(config: Config, device: Device, measured: Path = MEASURED) -> Clock:
    """Return the clock of `config` on `device` if it was measured, or of what is most like it.

    The lanes matter most, then the preset. Where nothing is measured, it is what placing aims at,
    which a core does not reach.
    """
    rows = [row for row in _rows(measured) if row["device"] == device.name]
    if not rows:
        return Clock(device.target_mhz, "target")

    def distance(row: dict[str, Any]) -> tuple[int, bool, bool]:
        other = Config.from_dict(row["config"]) != config
        return abs(row["lanes"] - config.lanes), row["preset"] != config.name, other

    row = min(rows, key=distance)
    origin = "likely" if any(distance(row)) else "measured"
    return Clock(row["fmax_mhz"], origin, f"{row['preset']}, {row['lanes']} lanes")


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    found = json.loads(path.read_text(encoding="utf-8"))["cores"]
    return [row for row in found if row.get("fmax_mhz") is not None]
