"""Figures of the published results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullLocator

from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.scripts.common.files import replacing
from erbium.scripts.results.columns import COLOURS, NAMES, augmented, column, columns, heading
from erbium.scripts.results.paper import PAPER
from erbium.scripts.results.records import Record, grouped, spread
from erbium.scripts.train.plots import COLOURS as PER_NETWORK

#: Results of one sweep, drawn.
Draw = Callable[[list[Record]], Figure]


def layers_text(layers: Sequence[int]) -> str:
    """Write the layers of a network."""
    return "-".join(map(str, layers))


def save(figure: Figure, path: Path) -> None:
    """Write `figure` to `path`."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=110, metadata={"Software": None})


def _start(width: float = 7.5, height: float = 4.4, panels: int = 1) -> tuple[Figure, list[Axes]]:
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for axis in axes:
        axis.grid(alpha=0.3)
        axis.set_ylabel("test error (%)")
    return figure, list(axes)


def _logarithmic(axis: Axes) -> None:
    """Give errors a logarithmic axis with numbers that one can read."""
    axis.set_yscale("log")
    _numbers(axis.yaxis)


def _numbers(axis: Axis) -> None:
    # Not `set_yticks`, which would widen the axis to all of them.
    axis.set_major_locator(FixedLocator((1.5, 2, 2.5, 3, 4, 5, 7, 10, 15, 20, 30, 50, 90)))
    axis.set_major_formatter(FormatStrFormatter("%g"))
    axis.set_minor_locator(NullLocator())


def _deviation(errors: np.ndarray) -> np.ndarray:
    """Return the standard deviation between seeds [seeds, places]; 0 for a single one."""
    return errors.std(axis=0, ddof=1) if len(errors) > 1 else 0 * errors[0]


def _line(axis: Axes, groups: dict[float, list[Record]], **style: object) -> None:
    """Draw the mean error over a number, with the deviation between seeds."""
    places = sorted(groups)
    found = [spread(groups[place]) for place in places]
    axis.errorbar(
        places, [100 * s.mean for s in found], [100 * s.deviation for s in found],
        marker="o", markersize=4, capsize=3, **style,
    )  # fmt: skip


def table(records: list[Record]) -> Figure:
    """Draw the errors of all networks and rules, and the paper's."""
    return _errors(records, columns(records), PAPER, "MNIST")


def fashion(records: list[Record]) -> Figure:
    """Draw the same for other data, with which the paper has nothing to do."""
    return _errors(records, columns(records, ()), {}, "Fashion-MNIST")


def _errors(
    records: list[Record],
    kinds: dict[str, str],
    paper: Mapping[tuple[int, ...], Mapping[str, float]],
    title: str,
) -> Figure:
    """Draw a dot for each network and column; `kinds` has the columns' colours.

    Not bars, which start at 0 and so show small differences of large errors poorly.
    """
    figure, (axis,) = _start(9, 4.6)
    networks = grouped(records, lambda record: tuple(record.config.layers))
    recalled: list[tuple[float, float]] = []
    for offset, (kind, colour) in enumerate(kinds.items()):
        beside = 0.8 / len(kinds) * (offset - (len(kinds) - 1) / 2)
        found = {}
        for place, (layers, members) in enumerate(networks.items()):
            if chosen := [record for record in members if column(record) == kind]:
                found[place + beside] = spread(chosen)
            if kind in paper.get(layers, {}):
                recalled.append((place + beside, paper[layers][kind]))
        if not found:
            continue
        several = [place for place, s in found.items() if s.count > 1]
        axis.errorbar(several, [100 * found[place].mean for place in several],
                      [100 * found[place].deviation for place in several], fmt="o", markersize=5,
                      capsize=3, color=colour, label=heading(kind))  # fmt: skip
        alone = [place for place in found if place not in several]
        axis.plot(alone, [100 * found[place].mean for place in alone], "o", markersize=5,
                  color=colour, markerfacecolor="none")  # fmt: skip
    if recalled:
        axis.plot(*zip(*recalled, strict=True), "_", color="black", markersize=12,
                  label="paper (recalled)")  # fmt: skip
    axis.set_xticks(range(len(networks)), [layers_text(layers) for layers in networks])
    for place in range(len(networks) - 1):
        axis.axvline(place + 0.5, color="black", alpha=0.3, linewidth=0.8)
    axis.grid(visible=False, axis="x")
    axis.set_title(f"{title}: means over seeds, with the deviation between them (hollow: one seed)")
    # Under the dots, which leave no room for so many words.
    figure.legend(loc="outside lower center", ncols=3)
    return figure


def _rounding(axis: Axes, records: list[Record], bits: str) -> None:
    """Draw the error over a number of bits, for both ways of rounding."""
    for rounding, colour in (("stochastic", COLOURS["plain"]), ("nearest", COLOURS["rbp"])):
        chosen = [record for record in records if record.config.rounding == rounding]
        _line(axis, grouped(chosen, lambda record: getattr(record.config, bits)), color=colour,
              label=f"{rounding} rounding")  # fmt: skip
    _logarithmic(axis)
    axis.legend()


def weight_bits(records: list[Record]) -> Figure:
    """Draw the error over the bits of a weight."""
    figure, (axis,) = _start()
    _rounding(axis, records, "weight_bits")
    axis.set(xlabel="bits of a weight", xticks=[2, 3, 4, 5, 6, 8, 12, 16],
             title="784-100-10: bits of a weight")  # fmt: skip
    return figure


def state_bits(records: list[Record]) -> Figure:
    """Draw the error over the bits of membrane and dendrite."""
    figure, (axis,) = _start()
    _rounding(axis, records, "state_bits")
    axis.set(xlabel="bits of a membrane and of a dendrite", xticks=[8, 10, 12, 16, 24],
             title="784-100-10: bits of a neuron's state")  # fmt: skip
    return figure


def blank_out(records: list[Record]) -> Figure:
    """Draw the error over the probability that a synapse transmits."""
    figure, (axis,) = _start()
    for (layers, members), colour in zip(
        grouped(records, lambda record: tuple(record.config.layers)).items(),
        (COLOURS["plain"], COLOURS["rbp"]),
        strict=False,
    ):
        _line(axis, grouped(members, lambda record: record.config.transmit / ALWAYS_TRANSMITS),
              color=colour, label=layers_text(layers))  # fmt: skip
    axis.set(xlabel="probability that a synapse transmits an event",
             title="Blank-out: the same probability in training and test")  # fmt: skip
    axis.legend()
    return figure


def faults(records: list[Record]) -> Figure:
    """Draw the error over the share of faulty weight bits, in training and after it."""
    figure, axes = _start(10, 4.4, panels=2)
    for axis, kind, text in zip(axes, ("stuck", "flipped"), ("stuck", "flipped once"), strict=True):
        during = [record for record in records if set(record.job["faults"]) <= {kind}]
        groups = grouped(during, lambda record, k=kind: record.job["faults"].get(k, 0.0))
        whole = spread(groups.pop(0.0)) if 0.0 in groups else None
        if groups:
            _line(axis, groups, color=COLOURS["plain"], label="faults in training")
        after = [record.result[kind] for record in records if kind in record.result]
        if after:
            shares = [share for share, _ in after[0]]
            errors = 100 * np.array([[error for _, error in run] for run in after])
            deviations = _deviation(errors)
            axis.errorbar(shares, errors.mean(axis=0), deviations, marker="o", markersize=4,
                          capsize=3, color=COLOURS["rbp"],
                          label="faults after training")  # fmt: skip
        if whole:
            axis.axhline(100 * whole.mean, color=COLOURS["bp"], linestyle="--", label="no fault")
        axis.set(xscale="log", xlabel=f"share of weight bits that are {text}")
        _logarithmic(axis)
        axis.legend()
    figure.suptitle("784-100-10: faulty weight bits")
    return figure


def early(records: list[Record]) -> Figure:
    """Draw the error over ticks after onset, and over output spikes."""
    figure, (left, right) = _start(10, 4.4, panels=2)
    read = [record for record in records if "by_tick" in record.result]
    for (layers, members), colour in zip(
        grouped(read, lambda record: tuple(record.config.layers)).items(),
        PER_NETWORK,
        strict=False,
    ):
        for axis, key in ((left, "by_tick"), (right, "by_spikes")):
            shortest = min(len(record.result[key]) for record in members)
            rows = np.array(
                [[row[:2] for row in record.result[key][:shortest]] for record in members]
            )
            errors = 100 * rows[:, :, 1]
            mean, deviation = errors.mean(axis=0), _deviation(errors)
            axis.plot(rows[0, :, 0], mean, color=colour, label=layers_text(layers))
            axis.fill_between(rows[0, :, 0], mean - deviation, mean + deviation, color=colour,
                              alpha=0.25, linewidth=0)  # fmt: skip
    left.set(xlabel="ticks after onset of the sample")
    right.set(xlabel="output spikes seen")
    for axis in (left, right):
        _logarithmic(axis)
        axis.legend()
    figure.suptitle("Reading the winner early")
    return figure


def cost(records: list[Record]) -> Figure:
    """Draw the validation error over the operations spent on learning."""
    figure, (axis,) = _start(11, 4.8)
    marks = {"plain": "-", "rbp": "--", "bp": ":"}
    networks = grouped(records, lambda record: tuple(record.config.layers))
    for (layers, members), colour in zip(networks.items(), PER_NETWORK, strict=False):
        for kind, style in marks.items():
            chosen = [record for record in members if column(record) == kind]
            if chosen:
                operations, errors = learning_cost(chosen)
                axis.plot(operations, 100 * errors, style, color=colour,
                          label=f"{layers_text(layers)}, {NAMES[kind]}")  # fmt: skip
    _logarithmic(axis)
    axis.set(xscale="log", ylabel="validation error (%)",
             xlabel="synaptic operations, or multiply-accumulates of a float network, in training",
             title="What learning costs")  # fmt: skip
    # Beside the curves, of which there are too many to leave room.
    figure.legend(loc="outside right upper", fontsize=8)
    return figure


def learning_cost(records: list[Record]) -> tuple[np.ndarray, np.ndarray]:
    """Return operations after each epoch, and the validation errors; means over seeds."""
    shortest = min(len(record.result["epochs"]) for record in records)
    operations = np.array(
        [[operations_of(record, epoch) for epoch in record.result["epochs"][:shortest]]
         for record in records]
    )  # fmt: skip
    errors = [[epoch["validation_error"] for epoch in record.result["epochs"][:shortest]]
              for record in records]  # fmt: skip
    return operations.cumsum(axis=1).mean(axis=0), np.array(errors).mean(axis=0)


def operations_of(record: Record, epoch: dict[str, float]) -> float:
    """Return the operations of one epoch."""
    each = (
        epoch["synaptic_operations_per_sample"]
        if record.rule == "erbp"
        else record.result["macs_per_training_sample"]
    )
    return each * record.result["training_samples"]


def ablation(records: list[Record]) -> Figure:
    """Draw the error without each ingredient."""
    figure, (axis,) = _start(8, 5)
    rows = [(text, spread(members)) for text, members in grouped(records, change).items()]
    rows.sort(key=lambda row: -row[1].mean)
    for place, (text, found) in enumerate(rows):
        axis.errorbar(100 * found.mean, place, xerr=100 * found.deviation, fmt="o", capsize=3,
                      color=COLOURS["plain" if text == "the preset" else "bp"])  # fmt: skip
    axis.set_yticks(range(len(rows)), [text for text, _ in rows])
    axis.set(xlabel="test error (%)", ylabel="", title="784-100-10 with one change each")
    axis.set_xscale("log")
    _numbers(axis.xaxis)
    return figure


def change(record: Record) -> str:
    """Say in what a job differs from the preset."""
    parts = [f"{name} {_short(value)}" for name, value in record.job["config"].items()]
    if len(set(record.job["rates"])) == 1:
        parts.append(f"rate always {record.job['rates'][0]}")
    parts += [f"images moved, {name} {value}" for name, value in augmented(record).items()]
    return ", ".join(parts) or "the preset"


def _short(value: object) -> str:
    return "/".join(map(str, value)) if isinstance(value, list) else str(value)
