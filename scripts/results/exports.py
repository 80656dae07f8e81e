"""The results for other programs."""

from __future__ import annotations

from typing import Any

from erbium.scripts.results.columns import column, heading
from erbium.scripts.results.figures import layers_text
from erbium.scripts.results.records import Record, grouped, spread

#: Measurements that are curves, lists of places and test errors; and what a place is.
CURVES = {
    "by_tick": "ticks after onset",
    "by_spikes": "output spikes",
    "stuck": "share of bits, after training",
    "flipped": "share of bits, after training",
}


def curves(records: list[Record]) -> list[dict[str, object]]:
    """Return the points of all curves, a row each."""
    return [
        {
            "network": layers_text(record.config.layers),
            "run": record.run,
            "seed": record.job["machine"]["seed"],
            "curve": name,
            "unit": unit,
            "place": point[0],
            "test_error": point[1],
        }
        for record in records
        for name, unit in CURVES.items()
        for point in record.result.get(name, [])
    ]


def summary(found: dict[str, list[Record]]) -> dict[str, Any]:
    """Return the figures of the tables for other programs."""
    tables = {"table": found["table"], "fashion": found.get("fashion", [])}
    # What was never measured is no table.
    return {name: _rows(records) for name, records in tables.items() if records or name == "table"}


def _rows(records: list[Record]) -> list[dict[str, Any]]:
    rows = []
    groups = grouped(records, lambda r: (tuple(r.config.layers), column(r)))
    for (layers, kind), members in groups.items():
        error = spread(members)
        rows.append(
            {
                "layers": list(layers),
                "column": heading(kind),
                "seeds": error.count,
                "test_error": error.mean,
                "test_error_deviation": error.deviation,
                "validation_error": spread(members, "validation_error").mean,
            }
        )
    return rows
