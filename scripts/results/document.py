"""The text of docs/results.md: what was found, computed from the results."""

from __future__ import annotations

from collections.abc import Iterable

from erbium.scripts.common.markdown import count_range, figure, rows
from erbium.scripts.results.described import files
from erbium.scripts.results.figures import change, layers_text
from erbium.scripts.results.ingredients import ingredients
from erbium.scripts.results.networks import fashion, table
from erbium.scripts.results.records import Record, Spread, grouped, spread

Found = dict[str, list[Record]]

#: What settings were chosen by.
FIGURE = "validation_error"


def text(found: Found, folder: str, unfinished: int = 0) -> str:
    """Return the document; `folder` is where the figures are, as seen from it, and `unfinished`
    the number of jobs that are described, but have no results.
    """
    parts = [_head(found, unfinished)]
    for name, write in SECTIONS.items():
        if found.get(name):
            parts.append(write(found[name], folder))
    return "\n\n".join(parts) + "\n"


def _head(found: Found, unfinished: int) -> str:
    records = [record for members in found.values() for record in members]
    samples = max(record.result["training_samples"] for record in records)
    tests = max(record.result["test_samples"] for record in records)
    hours = sum(record.result["cpu_seconds"] for record in records) / 3600
    also = " Fashion-MNIST is split like MNIST." if found.get("fashion") else ""
    if unfinished:
        jobs = len(records) + unfinished
        also += f"""

Of {jobs} trainings that are described beside the results, {unfinished} have not been run yet.
Tables of networks say in brackets how many seeds a number is of; "-" is what has none."""
    return f"""# Results

This document and its pictures are written by `make results`; edit what lies in `scripts/results`
instead. `make results-quick` makes a reduced set of all of it in a few minutes.

The machine is the golden model with the bits of the circuit: weights of 8 bits and states of 16
where nothing else is said, and states of 18 with weights of 12 bits (24 in "Bits of a weight"). It
learns from one sample at a time, with additions, shifts and comparisons only. Data: MNIST,
{samples:,} images to learn from, the last 10,000 of the training set to choose settings by, and the
{tests:,} test images, which only finished networks saw, and which were never used to choose
anything. "±" is the standard deviation between seeds, where nothing else is said; a seed changes
initial weights, feedback, all random numbers and the order of the samples. All jobs together took
{hours:.1f} hours of processor time. Every number here, but for the paper's, is computed from the
results that lie beside it, as `results.jsonl` and `results.csv`.{also}"""


def _blank_out(records: list[Record], folder: str) -> str:
    def settings() -> Iterable[list[object]]:
        groups = grouped(records, lambda r: (tuple(r.config.layers), r.config.transmit))
        for (layers, transmit), members in groups.items():
            yield [layers_text(layers), f"{transmit}/16", spread(members).percent()]

    return f"""## Blank-out

Each synapse transmits an event only with some probability, in training and in the test.

{rows(["network", "probability", "test error (%)"], settings())}

{figure(folder, "blank-out", "Test error over the probability to transmit")}

{files(records, folder, "blank-out")}"""


def _bits(records: list[Record], name: str) -> str:
    groups = grouped(records, lambda record: getattr(record.config, name))
    kinds = ("stochastic", "nearest")
    lines = []
    for bits, members in sorted(groups.items()):
        by = grouped(members, lambda record: record.config.rounding)
        lines.append([bits, *(spread(by[k]).percent() if k in by else "-" for k in kinds)])
    return rows(["bits", "stochastic rounding", "rounding to nearest"], lines)


def _weight_bits(records: list[Record], folder: str) -> str:
    return f"""## Bits of a weight

Test error in percent of 784-100-10, trained with weights of so many bits from the beginning.
Thresholds (or the gain) and the learning rate are scaled with the unit of a weight, so that the
network is the same but for its resolution; only initial weights of less than a unit become one.
From 12 bits on, states have 24 bits.

{_bits(records, "weight_bits")}

{figure(folder, "weight-bits", "Test error over the bits of a weight")}

{files(records, folder, "weight-bits")}"""


def _state_bits(records: list[Record], folder: str) -> str:
    return f"""## Bits of a neuron's state

Test error in percent of 784-100-10. With 12 bits, the gates are cut to fit; with 10 and 8,
thresholds, gates, initial weights, gain and learning rate are lowered, too.

{_bits(records, "state_bits")}

{figure(folder, "state-bits", "Test error over the bits of membrane and dendrite")}

{files(records, folder, "state-bits")}"""


def _faults(records: list[Record], folder: str) -> str:
    lines: list[list[object]] = []
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
            lines.append([
                kind if share else "no fault",
                f"{100 * share:g} %",
                spread(groups[share]).percent() if share in groups else "-",
                Spread.of(after[share]).percent() if share in after else "-",
            ])  # fmt: skip
    return f"""## Faulty weight bits

Test error in percent of 784-100-10 with a share of all weight bits stuck (half at 0, half at 1) or
flipped once (in training: at random moments of it).

{rows(["fault", "share of bits", "in training", "after training"], lines)}

{figure(folder, "faults", "Test error over the share of faulty weight bits")}

{files(records, folder, "faults")}"""


def _early(records: list[Record], folder: str) -> str:
    networks = grouped(records, lambda record: tuple(record.config.layers))
    lines = []
    for layers, members in networks.items():
        for ticks in (10, 20, 30, 50, 100):
            errors = [dict(record.result["by_tick"]).get(ticks) for record in members]
            if None not in errors:
                lines.append([layers_text(layers), ticks, Spread.of(errors).percent()])
    writes = [_writes(layers, members) for layers, members in networks.items()]
    activity = ["network", "state", "synaptic operations", "changed weights", "error spikes",
                "spikes of inputs and layers"]  # fmt: skip
    return f"""## Reading the winner early, and what a sample costs

Test error in percent if one takes the winner some ticks after the onset of a sample (outputs
counted from the onset).

{rows(["network", "ticks", "test error (%)"], lines)}

{figure(folder, "early", "Test error over ticks after onset, and over output spikes")}

Means over {members[0].result["watched_samples"]} training samples, at full learning rate; a
changed weight is a write that differs from what was there.

{rows(activity, [row for found in writes for row in found])}

{files(records, folder, "early")}"""


def _writes(layers: tuple[int, ...], members: list[Record]) -> list[list[object]]:
    lines: list[list[object]] = []
    for state in ("untrained", "trained"):
        found = [record.result[state] for record in members]
        means = [Spread.of(values[key] for values in found).mean
                 for key in ("synaptic_operations", "changed_weights", "error_spikes")]  # fmt: skip
        spikes = [Spread.of(values).mean for values in zip(*(v["spikes"] for v in found),
                                                           strict=True)]  # fmt: skip
        lines.append([
            layers_text(layers), state, f"{means[0]:,.0f}", f"{means[1]:,.0f}", f"{means[2]:.1f}",
            ", ".join(f"{count:,.0f}" for count in spikes),
        ])  # fmt: skip
    return lines


def _depth(records: list[Record], folder: str) -> str:
    lines = []
    for (layers, feedback, bits), members in grouped(records, _network).items():
        learning = ", ".join(str(i) for i, limit in enumerate(feedback[:-1], 1) if limit)
        errors = (spread(members, figure).percent() for figure in ("test_error", FIGURE))
        passes = count_range(len(member.job["rates"]) for member in members)
        images = count_range(member.result["training_samples"] for member in members)
        lines.append([layers_text(layers), bits, learning, images, passes, len(members), *errors])
    headings = ["network", "bits of a weight", "hidden layers that learn", "images", "passes",
                "seeds", "test error", "validation error"]  # fmt: skip
    return f"""## What depth buys

All hidden layers get the error of the outputs straight through random weights of their own. Errors
in percent, with all hidden layers learning, or only one; the other keeps its initial weights,
which are larger then, so that it is active. Constants were chosen for two hidden layers; three have
the same.

{rows(headings, lines)}{_shapes(records)}

{files(records, folder, "depth")}"""


def _shapes(records: list[Record]) -> str:
    """Say what other shapes of a network change: one layer of as many neurons, or a layer less."""
    learned = [record for record in records if all(record.config.feedback)]
    groups = grouped(learned, _training)
    lines = []
    for (layers, *others), members in groups.items():
        inputs, *hidden, outputs = layers
        flat, shorter = (inputs, sum(hidden), outputs), (inputs, *hidden[:-1], outputs)
        for fewer in dict.fromkeys((flat, shorter)):
            if (base := groups.get((fewer, *others))) and fewer != layers:
                gain = 100 * (spread(members, FIGURE).mean - spread(base, FIGURE).mean)
                shapes = f"{layers_text(layers)} instead of {layers_text(fewer)}"
                lines.append(f"* {shapes}, {members[0].config.weight_bits} bits: {gain:+.2f}")
    if not lines:
        return ""
    return "\n".join(("", "", "Points of validation error that another shape adds:", "", *lines))


def _training(record: Record) -> tuple[object, ...]:
    """Return what two networks must have in common to be compared, behind their layers."""
    rates, images = tuple(record.job["rates"]), record.result["training_samples"]
    return record.config.layers, record.config.weight_bits, rates, images


def _network(record: Record) -> tuple[object, ...]:
    config = record.config
    return config.layers, config.feedback, config.weight_bits


def _ablation(records: list[Record], folder: str) -> str:
    groups = grouped(records, change)
    base = {record.run: record.result["test_error"] for record in groups["the preset"]}
    lines = []
    for name, members in sorted(groups.items(), key=lambda item: spread(item[1]).mean):
        found = spread(members)
        difference = _paired(members, base)
        validation = spread(members, FIGURE).percent()
        lines.append([name, found.percent(), difference, validation])
    return f"""## What each ingredient buys

784-100-10 with one change each. Settings were chosen by the validation error, in longer trainings
than these. The difference is that of runs with the same seed, which share initial weights and the
order of the samples. With two seeds, one that is not several times its deviation proves nothing.

{rows(["change", "test error (%)", "difference", "validation error (%)"], lines)}

{figure(folder, "ablation", "Test error with one ingredient changed")}

{files(records, folder, "ablation")}"""


def _paired(members: list[Record], base: dict[int, float]) -> str:
    """Write the difference to runs of the same seeds."""
    pairs = [(r.result["test_error"], base.get(r.run)) for r in members]
    found = [error - other for error, other in pairs if other is not None]
    if not any(found):
        return ""
    difference = Spread.of(found)
    deviation = f" ± {100 * difference.deviation:.2f}" if difference.count > 1 else ""
    return f"{100 * difference.mean:+.2f}{deviation}"


#: What writes the section of each sweep, in the order of the document.
SECTIONS = {
    "table": table,
    "fashion": fashion,
    "ingredients": ingredients,
    "blank-out": _blank_out,
    "weight-bits": _weight_bits,
    "state-bits": _state_bits,
    "faults": _faults,
    "early": _early,
    "depth": _depth,
    "ablation": _ablation,
}
