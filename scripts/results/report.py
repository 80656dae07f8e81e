"""The text of docs/results.md: what was found, computed from the results."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from scripts.results.figures import NAMES, change, column, layers_text, learning_cost
from scripts.results.paper import PAPER
from scripts.results.records import Record, Spread, grouped, spread

Found = dict[str, list[Record]]

#: What settings were chosen by.
FIGURE = "validation_error"

#: Validation errors whose cost is stated.
GOALS = (0.05, 0.03, 0.025)


def text(found: Found, folder: str) -> str:
    """Return the document; `folder` is where the figures are, as seen from it."""
    parts = [_head(found)]
    for name, write in SECTIONS.items():
        if found[name]:
            parts.append(write(found[name], folder))
    return "\n\n".join(parts) + "\n"


def _head(found: Found) -> str:
    records = [record for members in found.values() for record in members]
    samples = max(record.result["training_samples"] for record in records)
    tests = max(record.result["test_samples"] for record in records)
    hours = sum(record.result["cpu_seconds"] for record in records) / 3600
    return f"""# Results

This document and its figures are written by `make results`; edit `scripts/results/report.py`
instead. `make results-quick` makes a reduced set of all of it in a few minutes.

The machine is the golden model with the bits of the circuit: weights of 8 bits, states of 16,
learning from one sample at a time, nothing but additions, shifts and comparisons. Data: MNIST,
{samples:,} images to learn from, the last 10,000 of the training set to choose settings by, and
the {tests:,} test images, which only finished networks saw, and which were never used to choose
anything. "±" is the standard deviation between seeds; a seed changes initial weights, feedback,
all random numbers and the order of the samples. All jobs together took {hours:.1f} hours of
processor time. Every figure here is computed from the results that lie beside it, as
`results.jsonl` and `results.csv`."""


def _second_layer(records: list[Record]) -> str:
    """Say what a second hidden layer of the same size changes, rule by rule."""
    lines = []
    for kind, members in grouped(records, column).items():
        by = grouped(members, lambda record: tuple(record.config.layers))
        found = []
        for layers in by:
            if (deep := (*layers[:2], *layers[1:])) in by:
                gain = spread(by[deep]).mean - spread(by[layers]).mean
                found.append(f"{100 * gain:+.2f} with {layers[1]} neurons")
        if found:
            lines.append(f"* {NAMES[kind]}: {', '.join(found)}")
    return "\n".join(lines)


def _rows(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    headings = list(headings)
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _range(counts: Iterable[int]) -> str:
    found = sorted(set(counts))
    return " to ".join(f"{count:,}" for count in found[:: max(1, len(found) - 1)])


def _figure(folder: str, name: str, alternative: str) -> str:
    return f"![{alternative}]({folder}/{name}.png)"


def _files(records: list[Record], folder: str, name: str) -> str:
    """Say what was run, and where description and results are."""
    ours = [record for record in records if record.rule == "erbp"]
    settings = grouped(ours, lambda r: (r.config, str(r.job["rates"]), str(r.job["faults"])))
    seeds = _range(len(members) for members in settings.values())
    passes = _range(len(record.job["rates"]) for record in ours)
    images = _range(record.result["training_samples"] for record in ours)
    return (
        f"Seeds: {seeds}. Passes: {passes} over {images} images. "
        f"[Description]({folder}/{name}.toml), [results]({folder}/{name}/results.jsonl), "
        f"[as a table]({folder}/{name}/results.csv)."
    )


def _table(records: list[Record], folder: str) -> str:
    rows = []
    for layers, members in grouped(records, lambda record: tuple(record.config.layers)).items():
        cells: list[str] = [layers_text(layers)]
        for kind in NAMES:
            chosen = [record for record in members if column(record) == kind]
            ours = spread(chosen).percent() + f" ({len(chosen)})" if chosen else "-"
            recalled = PAPER.get(layers, {}).get(kind)
            cells.append(f"{ours} / {recalled:.2f}" if recalled else f"{ours} / -")
        rows.append(cells)
    passes = []
    for kind, members in grouped(records, column).items():
        counts = _range(len(m.job["rates"] or ()) or m.job["epochs"] for m in members)
        passes.append(f"{NAMES[kind]} {counts}")
    return f"""## Test error of five networks

Test error in percent ± deviation (number of seeds) / the paper's figure.

{_rows(["network", *NAMES.values()], rows)}

The paper's figures (Neftci et al. 2017) are recalled from memory and must be checked before they
are quoted; its columns are eRBP with additive noise, eRBP with blank-out synapses, and artificial
networks with random feedback and with the exact gradient. The networks in floating point have
biases and learn from mini-batches. Passes over the training samples: {"; ".join(passes)}. Columns
with fewer passes are at a disadvantage.

{_figure(folder, "table", "Bars of the test error of five networks, four rules each")}

A second hidden layer as large as the first changes the test error, in points, by

{_second_layer(records)}

What depth is worth is decided by the feedback, more than by spikes or bits: random weights tell a
second layer less than the exact gradient does, in floating point as on the machine. See also "What
depth buys" below.

{_cost(records, folder)}

{_files(records, folder, "table")}"""


def _cost(records: list[Record], folder: str) -> str:
    rows = []
    networks = grouped(records, lambda record: tuple(record.config.layers))
    for layers, members in networks.items():
        for kind in ("plain", "rbp", "bp"):
            chosen = [record for record in members if column(record) == kind]
            if not chosen:
                continue
            operations, errors = learning_cost(chosen)
            cells = [layers_text(layers), NAMES[kind]]
            for goal in GOALS:
                reached = [o for o, error in zip(operations, errors, strict=True) if error <= goal]
                cells.append(f"{reached[0] / 1e9:.1f}" if reached else "-")
            rows.append(cells)
    headings = ["network", "rule", *(f"to {100 * goal:g} %" for goal in GOALS)]
    return f"""### What learning costs

Billions of operations until the validation error was first at a goal, checked after every pass: a
synaptic operation of this machine is one event at one synapse: the addition of a weight to a
membrane and, where it learns, of a change to the weight. Synapses that blank-out silences are
counted, the feedback of errors (at most one addition per neuron and error spike) is not. An
operation of a floating-point network is a multiply-accumulate, counted forward, backward and for
the update of the weights. All learning rates fall over the whole training, which favours those who
stop at its end.

{_rows(headings, rows)}

{_figure(folder, "cost", "Validation error over the number of operations in training")}"""


def _blank_out(records: list[Record], folder: str) -> str:
    def rows() -> Iterable[list[object]]:
        groups = grouped(records, lambda r: (tuple(r.config.layers), r.config.transmit))
        for (layers, transmit), members in groups.items():
            yield [layers_text(layers), f"{transmit}/16", spread(members).percent()]

    return f"""## Blank-out

Each synapse transmits an event only with some probability, in training and in the test.

{_rows(["network", "probability", "test error (%)"], rows())}

{_figure(folder, "blank-out", "Test error over the probability to transmit")}

{_files(records, folder, "blank-out")}"""


def _bits(records: list[Record], name: str) -> str:
    groups = grouped(records, lambda record: getattr(record.config, name))
    kinds = ("stochastic", "nearest")
    rows = []
    for bits, members in sorted(groups.items()):
        by = grouped(members, lambda record: record.config.rounding)
        rows.append([bits, *(spread(by[k]).percent() if k in by else "-" for k in kinds)])
    return _rows(["bits", "stochastic rounding", "rounding to nearest"], rows)


def _weight_bits(records: list[Record], folder: str) -> str:
    return f"""## Bits of a weight

Test error in percent of 784-100-10, trained with weights of so many bits from the beginning.
Thresholds (or the gain) and the learning rate are scaled with the unit of a weight, so that the
network is the same but for its resolution; only initial weights of less than a unit become one.

{_bits(records, "weight_bits")}

{_figure(folder, "weight-bits", "Test error over the bits of a weight")}

{_files(records, folder, "weight-bits")}"""


def _state_bits(records: list[Record], folder: str) -> str:
    return f"""## Bits of a neuron's state

Test error in percent of 784-100-10. Below 12 bits thresholds and gates do not fit and are lowered,
the learning rate with them.

{_bits(records, "state_bits")}

{_figure(folder, "state-bits", "Test error over the bits of membrane and dendrite")}

{_files(records, folder, "state-bits")}"""


def _faults(records: list[Record], folder: str) -> str:
    rows: list[list[object]] = []
    for kind in ("stuck", "flipped"):
        during = [record for record in records if set(record.job["faults"]) <= {kind}]
        groups = grouped(during, lambda record, k=kind: record.job["faults"].get(k, 0.0))
        after: dict[float, list[float]] = {}
        for record in records:
            for share, error in record.result.get(kind, []):
                after.setdefault(share, []).append(error)
        for share in sorted(groups | after):
            if share == 0 and kind == "flipped":
                continue
            rows.append([
                kind if share else "no fault",
                f"{100 * share:g} %",
                spread(groups[share]).percent() if share in groups else "-",
                Spread.of(after[share]).percent() if share in after else "-",
            ])  # fmt: skip
    return f"""## Faulty weight bits

Test error in percent of 784-100-10 with a share of all weight bits stuck (half at 0, half at 1) or
flipped once (in training: at random moments of it).

{_rows(["fault", "share of bits", "in training", "after training"], rows)}

{_figure(folder, "faults", "Test error over the share of faulty weight bits")}

{_files(records, folder, "faults")}"""


def _early(records: list[Record], folder: str) -> str:
    networks = grouped(records, lambda record: tuple(record.config.layers))
    rows = []
    for layers, members in networks.items():
        for ticks in (10, 20, 30, 50, 100):
            errors = [dict(record.result["by_tick"]).get(ticks) for record in members]
            if None not in errors:
                rows.append([layers_text(layers), ticks, Spread.of(errors).percent()])
    writes = [_writes(layers, members) for layers, members in networks.items()]
    activity = ["network", "state", "synaptic operations", "changed weights", "error spikes",
                "spikes of inputs and layers"]  # fmt: skip
    return f"""## Reading the winner early, and what a sample costs

Test error in percent if one takes the winner some ticks after the onset of a sample (outputs
counted from the onset).

{_rows(["network", "ticks", "test error (%)"], rows)}

{_figure(folder, "early", "Test error over ticks after onset, and over output spikes")}

Means over {members[0].result["watched_samples"]} training samples, at full learning rate; a
changed weight is a write that differs from what was there.

{_rows(activity, [row for rows in writes for row in rows])}

{_files(records, folder, "early")}"""


def _writes(layers: tuple[int, ...], members: list[Record]) -> list[list[object]]:
    rows: list[list[object]] = []
    for state in ("untrained", "trained"):
        found = [record.result[state] for record in members]
        means = [Spread.of(values[key] for values in found).mean
                 for key in ("synaptic_operations", "changed_weights", "error_spikes")]  # fmt: skip
        spikes = [Spread.of(values).mean for values in zip(*(v["spikes"] for v in found),
                                                           strict=True)]  # fmt: skip
        rows.append([
            layers_text(layers), state, f"{means[0]:,.0f}", f"{means[1]:,.0f}", f"{means[2]:.1f}",
            ", ".join(f"{count:,.0f}" for count in spikes),
        ])  # fmt: skip
    return rows


def _depth(records: list[Record], folder: str) -> str:
    rows = []
    for (layers, feedback), members in grouped(
        records, lambda record: (tuple(record.config.layers), record.config.feedback)
    ).items():
        learning = ", ".join(str(i) for i, limit in enumerate(feedback[:-1], 1) if limit)
        errors = (spread(members, figure).percent() for figure in ("test_error", FIGURE))
        rows.append([layers_text(layers), learning, *errors])
    return f"""## What depth buys

Both hidden layers get the error of the outputs straight through random weights of their own. Errors
in percent, with all hidden layers learning, or only one; the other keeps random weights.

{_rows(["network", "hidden layers that learn", "test error", "validation error"], rows)}

{_files(records, folder, "depth")}"""


def _ablation(records: list[Record], folder: str) -> str:
    groups = grouped(records, change)
    base = {record.job["seed"]: record.result["test_error"] for record in groups["the preset"]}
    rows = []
    for name, members in sorted(groups.items(), key=lambda item: spread(item[1]).mean):
        found = spread(members)
        difference = _paired(members, base)
        validation = spread(members, FIGURE).percent()
        rows.append([name, found.percent(), difference, validation])
    return f"""## What each ingredient buys

784-100-10 with one change each. Settings were chosen by the validation error, in longer trainings
than these. The difference is that of runs with the same seed, which share initial weights and the
order of the samples; where its deviation is as large as itself, nothing is shown.

{_rows(["change", "test error (%)", "difference", "validation error (%)"], rows)}

{_figure(folder, "ablation", "Test error with one ingredient changed")}

{_files(records, folder, "ablation")}"""


def _paired(members: list[Record], base: dict[int, float]) -> str:
    """Write the difference to runs of the same seeds."""
    pairs = [(r.result["test_error"], base.get(r.job["seed"])) for r in members]
    found = [error - other for error, other in pairs if other is not None]
    if not any(found):
        return ""
    difference = Spread.of(found)
    deviation = f" ± {100 * difference.deviation:.2f}" if difference.count > 1 else ""
    return f"{100 * difference.mean:+.2f}{deviation}"


#: Measurements that are curves, lists of places and test errors; and what a place is.
CURVES = {
    "by_tick": "ticks after onset",
    "by_spikes": "output spikes",
    "stuck": "share of bits, after training",
    "flipped": "share of bits, after training",
}


def curves(records: list[Record]) -> str:
    """Return all curves as CSV, a point in each row; empty if there is none."""
    rows = [
        (layers_text(record.config.layers), record.job["seed"], name, unit, *point[:2])
        for record in records
        for name, unit in CURVES.items()
        for point in record.result.get(name, [])
    ]
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("network", "seed", "curve", "unit", "place", "test_error"))
    writer.writerows(rows)
    return text.getvalue()


def summary(found: Found) -> dict[str, Any]:
    """Return the figures of the table for other programs."""
    rows = []
    groups = grouped(found["table"], lambda r: (tuple(r.config.layers), column(r)))
    for (layers, kind), members in groups.items():
        error = spread(members)
        rows.append(
            {
                "layers": list(layers),
                "column": NAMES[kind],
                "seeds": error.count,
                "test_error": error.mean,
                "test_error_deviation": error.deviation,
                "validation_error": spread(members, "validation_error").mean,
            }
        )
    return {"table": rows}


#: What writes the section of each sweep, in the order of the document.
SECTIONS = {
    "table": _table,
    "blank-out": _blank_out,
    "weight-bits": _weight_bits,
    "state-bits": _state_bits,
    "faults": _faults,
    "early": _early,
    "depth": _depth,
    "ablation": _ablation,
}
