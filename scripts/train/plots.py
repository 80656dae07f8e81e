"""Pictures of a training: spikes of one sample, the learning curve, the weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from erbium.golden.config import Config
from erbium.golden.core import Core, Tick
from erbium.golden.error import label_fires
from erbium.scripts.common.files import replacing
from erbium.scripts.data.source import Split
from erbium.scripts.train.checkpoint import Checkpoint

#: Most hidden neurons in a picture of weights, so that each remains visible.
MOST_NEURONS = 100

COLOURS = ("#4c566a", "#2a6f97", "#3a7d44", "#7b5ea7", "#b4543a")
RIGHT, WRONG = "#3a7d44", "#c1121f"


def draw_all(state: Checkpoint, test: Split, folder: Path) -> list[Path]:
    """Draw all pictures of a training into `folder` and return their names."""
    core = Core(state.config, state.weights)
    core.random = state.random
    pictures = {
        "spikes.png": spikes(
            core, test.samples[0], int(test.labels[0]), state.plan.names(state.config.layers[-1])
        ),
        "learning.png": learning(state),
        "weights.png": weights(state.config, state.weights[0]),
    }
    if state.confusion is not None:
        pictures["confusion.png"] = confusion(state)
    paths = [folder / name for name in pictures]
    for path, figure in zip(paths, pictures.values(), strict=True):
        with replacing(path) as temporary:
            figure.savefig(temporary, format="png", dpi=120)
    return paths


def spikes(
    core: Core, sample: np.ndarray, label: int, classes: Sequence[str] | None = None
) -> Figure:
    """Draw every spike of one sample, shown to `core` with learning on; `classes` are their names,
    if they have any.
    """
    config, ticks = core.config, list(core.ticks(sample, label))
    names = ["input", *(f"hidden {i}" for i in range(1, len(config.layers) - 1)), "output"]
    figure = Figure(figsize=(9, 8), layout="constrained")
    heights = [1 + math.sqrt(size) / 4 for size in config.layers]
    axes = figure.subplots(len(names), 1, sharex=True, height_ratios=heights)
    for index, (axis, name) in enumerate(zip(axes, names, strict=True)):
        dots = [(tick.number, source) for tick in ticks for source in tick.events[index]]
        axis.scatter(*_columns(dots), marker="|", s=_mark(config.layers[index]),
                     color=COLOURS[index], linewidths=1.2)  # fmt: skip
        axis.set(ylabel=f"{name}\nneuron", ylim=(-1, config.layers[index]))
        axis.yaxis.set_major_locator(MaxNLocator(8, integer=True))
        axis.axvspan(
            config.burn_in - 0.5,
            config.ticks - 0.5,
            color="#f2e8cf",
            linewidth=0,
            zorder=0,
            label="window of label and errors",
        )
    _errors(axes[-1], core, label, [error for tick in ticks for error in _at(tick)])
    axes[-1].set(xlabel="tick", xlim=(-1, config.ticks))
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.legend(*axes[-1].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    result = core.result()
    count = int(result.counts[result.winner])
    names = classes or list(map(str, range(config.layers[-1])))
    figure.suptitle(
        f"{config.name}: a sample of class {names[label]}, recognised as {names[result.winner]} "
        f"({count} of {int(result.counts.sum())} output spikes)",
        parse_math=False,
    )
    return figure


def _at(tick: Tick) -> list[tuple[int, int, int]]:
    return [(tick.number, k, sign) for k, sign in tick.errors]


def _errors(axis: Axes, core: Core, label: int, errors: list[tuple[int, int, int]]) -> None:
    """Add the label's spikes and the error spikes to the outputs."""
    config = core.config
    labelled = [(t, label) for t in range(config.burn_in, config.ticks) if label_fires(config, t)]
    axis.scatter(*_columns(labelled), marker="s", s=46, facecolors="none", edgecolors="#555555",
                 linewidths=0.8, label="label spike")  # fmt: skip
    for sign, colour, text in ((1, RIGHT, "error: too quiet"), (-1, WRONG, "error: too active")):
        dots = [(tick, k) for tick, k, s in errors if s == sign]
        axis.scatter(*_columns(dots), marker="o", s=14, color=colour, alpha=0.8, label=text)
    axis.yaxis.set_major_locator(MaxNLocator(config.layers[-1], integer=True))


def learning(state: Checkpoint) -> Figure:
    """Draw the error rate of each epoch and of the final test."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    axis = figure.subplots()
    draw_errors(axis, state)
    if state.test_error is not None:
        error = 100 * state.test_error
        axis.axhline(error, color=COLOURS[4], linestyle="--", label=f"held out: {error:.1f} %")
    axis.set(title=f"{state.config.name}: learning from {state.plan.data}", xlabel="epoch",
             ylabel="error rate (%)", ylim=(0, None))  # fmt: skip
    axis.legend()
    return figure


def draw_errors(axis: Axes, state: Checkpoint) -> None:
    """Draw the errors of each epoch that were told, on a grid."""
    for key, label, colour in (
        ("taught_error", "training, while the label teaches", COLOURS[0]),
        ("validation_error", "validation", COLOURS[1]),
    ):
        told = [entry for entry in state.history if key in entry]
        epochs = [entry["epoch"] for entry in told]
        errors = [100 * entry[key] for entry in told]
        axis.plot(epochs, errors, marker="o", markersize=4, color=colour, label=label)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(alpha=0.3)


def confusion(state: Checkpoint) -> Figure:
    """Draw how often each class of the test set was taken for each other."""
    table = np.array(state.confusion)
    wrong = table - np.diag(np.diag(table))
    figure = Figure(figsize=(6.2, 5.6), layout="constrained")
    axis = figure.subplots()
    # Right answers would drown the others, so only mistakes are coloured.
    image = axis.imshow(wrong, cmap="Reds", vmin=0, vmax=max(1, wrong.max()))
    for (label, winner), count in np.ndenumerate(table):
        if count:
            dark = wrong[label, winner] > 0.6 * wrong.max() > 0
            axis.text(winner, label, count, ha="center", va="center", fontsize=8,
                      color="white" if dark else "#333333")  # fmt: skip
    axis.set(xlabel="recognised as class", ylabel="class")
    names = state.plan.names(len(table))
    # Names are the user's: a dollar in them is no formula.
    turned = 90 * any(len(name) > 4 for name in names)
    axis.set_xticks(range(len(table)), names, rotation=turned, parse_math=False)
    axis.set_yticks(range(len(table)), names, parse_math=False)
    axis.set_title(
        f"{state.config.name}: {table.sum():,} test samples, {wrong.sum():,} mistakes "
        f"({state.test_error:.2%})"
    )
    figure.colorbar(image, shrink=0.8, label="mistakes (samples)")
    return figure


def weights(config: Config, matrix: np.ndarray) -> Figure:
    """Draw the input weights of each neuron of the first hidden layer as a small image."""
    inputs, neurons = matrix.shape
    shown = min(neurons, MOST_NEURONS)
    height = max(d for d in range(1, math.isqrt(inputs) + 1) if inputs % d == 0)
    width = inputs // height
    columns = math.ceil(math.sqrt(shown * height / width))
    rows = math.ceil(shown / columns)
    mosaic = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1), np.nan)
    for index in range(shown):
        top, left = 1 + index // columns * (height + 1), 1 + index % columns * (width + 1)
        mosaic[top : top + height, left : left + width] = matrix[:, index].reshape(height, width)
    figure = Figure(figsize=(7.5, 7), layout="constrained")
    axis = figure.subplots()
    limit = max(1, int(np.abs(matrix).max()))
    image = axis.imshow(mosaic, cmap="RdBu", vmin=-limit, vmax=limit, interpolation="nearest")
    axis.set_axis_off()
    which = f"all {neurons}" if shown == neurons else f"{shown} of {neurons}"
    axis.set_title(
        f"{config.name}: input weights of {which} hidden neurons, {height} x {width} inputs each"
    )
    top = 2 ** (config.weight_bits - 1)
    figure.colorbar(image, shrink=0.8, label=f"weight (integer, {-top} to {top - 1})")
    return figure


def _columns(points: list[tuple[int, int]]) -> tuple[list[int], list[int]]:
    return [x for x, _ in points], [y for _, y in points]


def _mark(neurons: int) -> float:
    """Return the size of a spike: smaller where many neurons share the height."""
    return max(4.0, 120 - 10 * math.sqrt(neurons))
