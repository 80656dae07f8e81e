"""What a second hidden layer of the same size changes, and the errors that it is told by."""

from __future__ import annotations

import math
from collections.abc import Callable

from erbium.scripts.common.markdown import count_range
from erbium.scripts.results.columns import column, heading
from erbium.scripts.results.records import Record, Spread, grouped


def error(record: Record) -> float:
    """Return the error on the test samples."""
    return record.result["test_error"]


def fit(record: Record) -> float:
    """Return the error on the training samples while they were learned in the last pass."""
    return record.result["taught_error" if record.rule == "erbp" else "train_error"]


def passes_of(records: list[Record]) -> str:
    """Say how often networks saw the training samples."""
    return count_range(len(r.job["rates"] or ()) or r.job["epochs"] for r in records)


def second_layer(records: list[Record], figure_of: Callable[[Record], float] = error) -> str:
    """Say for each column what a second layer adds; only networks of as many passes count."""
    lines = []
    for kind, members in grouped(records, column).items():
        by = grouped(members, lambda record: tuple(record.config.layers))
        found = []
        for layers, one in by.items():
            two = by.get((*layers[:2], *layers[1:]), [])
            if two and passes_of(two) == passes_of(one):
                gain = _difference(*(Spread.of(map(figure_of, group)) for group in (one, two)))
                found.append(f"{gain} with {layers[1]} neurons")
        if found:
            lines.append(f"* {heading(kind)}: {', '.join(found)}")
    return "\n".join(lines)


def _difference(one: Spread, two: Spread) -> str:
    """Write what is added, in points, with its standard error if both have several seeds."""
    gain = f"{100 * (two.mean - one.mean):+.2f}"
    if min(one.count, two.count) < 2:
        return gain
    return f"{gain} ± {100 * math.hypot(one.standard_error, two.standard_error):.2f}"
