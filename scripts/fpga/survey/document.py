"""The tables of docs/fpga.md, between the text that people write there."""

from __future__ import annotations

from collections.abc import Callable

from erbium.scripts.common.markdown import rows
from erbium.scripts.fpga.device import DEVICES
from erbium.scripts.fpga.survey.entries import Feature, Job, Survey
from erbium.scripts.fpga.survey.measurement import Row

#: Finds the row of a job, if it is measured.
Find = Callable[[Job], Row | None]


def tables(survey: Survey, find: Find) -> dict[str, str]:
    """Return the parts of the document that are generated, by name."""
    return {
        "cores": _cores(survey, find),
        "features": _features(survey.features, find),
        "limits": _limits(survey, find),
    }


def _cores(survey: Survey, find: Find) -> str:
    headings = [
        "device", "preset", "lanes", "LUT4 cells", "LUTs", "flip-flops", "RAM blocks", "DSPs",
        "clock, MHz", "MSOP/s, peak", "MSOP/s", "training samples/s",
    ]  # fmt: skip
    found = [(job, find(job)) for job in survey.cores]
    return rows(headings, [_core(row) for _, row in found if row is not None])


def _core(row: Row) -> list[object]:
    start = [row["device"], row["preset"], row["lanes"]]
    if "misfit" in row:
        return [*start, row["misfit"], *[""] * 8]
    low, high = row["fmax_range"]
    return [
        *start, f"{plain_luts(row):,}", f"{row['luts']:,}", f"{row['ffs']:,}", blocks(row),
        row["dsps"], f"{row['fmax_mhz']:.1f} ({low:.1f} to {high:.1f})",
        f"{row['sop_per_second_peak'] / 1e6:,.0f}", f"{row['sop_per_second'] / 1e6:,.1f}",
        f"{row['training_samples_per_second']:,.0f}",
    ]  # fmt: skip


def plain_luts(row: Row) -> int:
    """Return the LUTs of a row that are cells of their own, not part of a carry or a memory."""
    return sum(
        count for cell, count in row["cells"].items() if cell.removeprefix("SB_").startswith("LUT")
    )


def blocks(row: Row) -> str:
    """Write the RAM blocks of a row, by kind."""
    return ", ".join(f"{count} {kind}" for kind, count in row["brams"].items())


def core(row: Row) -> str:
    """Name the core of a row."""
    return f"{row['preset']}, {row['lanes']} lane{'s' if row['lanes'] > 1 else ''}"


def _features(features: tuple[Feature, ...], find: Find) -> str:
    lines = []
    for feature in features:
        pair = find(feature.having), find(feature.lacking)
        if any(row is None or "misfit" in row for row in pair):
            continue
        having, lacking = pair
        measures = (plain_luts, lambda row: row["luts"], lambda row: row["ffs"])
        costs = [(measure(having) - measure(lacking)) / feature.count for measure in measures]
        layers = "-".join(map(str, having["config"]["layers"]))
        lines.append([feature.name, feature.device, layers, *(f"{cost:,.0f}" for cost in costs)])
    headings = ["feature", "device", "layers", "LUT4 cells", "LUTs", "flip-flops"]
    return rows(headings, lines)


def _limits(survey: Survey, find: Find) -> str:
    """Say for each device what limits its fastest core."""
    parts = []
    for device in DEVICES:
        placed = [
            row
            for job in survey.cores
            if job.device == device and (row := find(job)) is not None and "misfit" not in row
        ]
        if placed:
            parts.append(_limit(max(placed, key=lambda row: row["fmax_mhz"]), survey.remarks))
    return "\n\n".join(parts)


def _limit(row: Row, remarks: dict[str, str]) -> str:
    path = row["critical_path"]
    text = (
        f"**{row['device']}** ({core(row)}, {row['fmax_mhz']:.1f} MHz): "
        f"from `{path['source']}` to `{path['sink']}`, {path['levels']} cells, "
        f"{path['logic_ns']:.1f} ns in logic and {path['routing_ns']:.1f} ns on wires."
    )
    remark = remarks.get(row["device"], "").strip()
    return f"{text} {remark}" if remark else text
