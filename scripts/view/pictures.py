"""Drawings of a page, as data that stand in it: narrow, so that a telephone shows their text."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from erbium.golden.config import Config
from erbium.golden.error import label_fires
from erbium.scripts.diagnosis.activity import layer_names
from erbium.scripts.diagnosis.case import validated
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.plots import COLOURS, RIGHT, WRONG, draw_errors
from erbium.scripts.view.samples import Shown

#: Inches of all drawings across, so that letters of 9 points are as large on a narrow screen.
WIDTH = 5.0

#: More spikes than these are drawn as pixels, so that pages stay small.
MOST_DOTS = 500

#: How drawings are written: letters as outlines, and the same file for the same run.
STYLE = {"font.size": 9, "svg.hashsalt": "erbium", "axes.spines.top": False,
         "axes.spines.right": False}  # fmt: skip


@dataclass(frozen=True)
class Picture:
    """An image in the page: its data, its words for who does not see it, what stands below."""

    source: str
    words: str
    caption: str


def picture(figure: Figure, words: str, caption: str) -> Picture:
    """Return a figure as an image."""
    content = io.BytesIO()
    with mpl.rc_context(STYLE):
        figure.savefig(content, format="svg", dpi=200, metadata={"Date": None})
    return Picture(_address("svg+xml", content.getvalue()), words, caption)


def pixels(values: np.ndarray) -> str:
    """Return an image [rows, columns] of intensities as data for a page."""
    content = io.BytesIO()
    # Imported as it is by name; pyplot would want a display.
    from matplotlib.image import imsave

    imsave(content, values, cmap="gray", vmin=0, vmax=255, format="png")
    return _address("png", content.getvalue())


def _address(kind: str, content: bytes) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def blank(height: float) -> Figure:
    """Return a figure as wide as all are."""
    return Figure(figsize=(WIDTH, height), layout="constrained")


def learning(state: Checkpoint) -> Picture:
    """Draw the errors of each pass; the test error is no curve, and stands in the text."""
    with mpl.rc_context(STYLE):
        figure = blank(3.2)
        axis = figure.subplots()
        draw_errors(axis, state)
        axis.set(xlabel="pass", ylabel="error (%)", ylim=(0, None))
        axis.legend()
    errors = ", ".join(f"{error:.1%}" for error in validated(state.history))
    return picture(
        figure, f"Learning curve. Validation error of each pass: {errors or 'none yet'}.",
        "Error of each pass. While the label teaches, it corrects the answer that is counted.",
    )  # fmt: skip


def rates(config: Config, spikes: list[np.ndarray]) -> Picture:
    """Draw how often each neuron spikes, the busiest first."""
    names = layer_names(config)
    with mpl.rc_context(STYLE):
        figure = blank(1.2 + 1.3 * len(names))
        axes = np.atleast_1d(figure.subplots(len(names), 1))
        for index, (axis, name, each) in enumerate(zip(axes, names, spikes, strict=True)):
            axis.fill_between(np.arange(len(each) + 1), np.append(np.sort(each)[::-1], 0),
                              step="post", color=COLOURS[1 + index])  # fmt: skip
            axis.set(title=name, ylabel="spikes", xlim=(0, len(each)), ylim=(0, None))
            axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        axes[-1].set_xlabel("neurons, the busiest first")
    means = "; ".join(f"{name} {each.mean():.2f}" for name, each in zip(names, spikes, strict=True))
    return picture(figure, f"Spikes of each neuron in a sample. Means: {means}.",
                   "Spikes of each neuron in a training sample, layer by layer.")  # fmt: skip


def raster(config: Config, sample: Shown, classes: Sequence[str]) -> Picture:
    """Draw every spike of a sample, with those of label and errors; the caption names classes."""
    names = ["inputs", *layer_names(config)]
    with mpl.rc_context(STYLE):
        figure = blank(1.8 + 1.4 * len(names))
        axes = figure.subplots(len(names), 1, sharex=True)
        for index, (axis, name) in enumerate(zip(axes, names, strict=True)):
            dots = sample.dots(index)
            axis.scatter(*dots, marker="|", s=18, linewidths=1, color=COLOURS[index],
                         rasterized=len(dots[0]) > MOST_DOTS)  # fmt: skip
            axis.set(ylabel=name, ylim=(-0.7, config.layers[index] - 0.3))
            axis.yaxis.set_major_locator(MaxNLocator(5, integer=True))
            axis.axvspan(config.burn_in - 0.5, config.ticks - 0.5, color="#f2e8cf", linewidth=0,
                         zorder=0)  # fmt: skip
        _teach(axes[-1], config, sample)
        axes[-1].set(xlabel="tick", xlim=(-1, config.ticks))
        axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(*axes[-1].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    counts = sample.counts
    winner = int(counts.argmax())
    caption = (
        f"Validation sample {sample.number}, class {classes[sample.label]}: output "
        f"{classes[winner]} spikes most, "
        f"{counts[winner]} of {counts.sum()} spikes. Errors and outputs count in the shaded ticks."
    )
    return picture(figure, f"Spikes of all neurons in every tick. {caption}", caption)


def _teach(axis: Axes, config: Config, sample: Shown) -> None:
    labelled = [tick for tick in range(config.ticks) if label_fires(config, tick)]
    axis.scatter(labelled, [sample.label] * len(labelled), marker="s", s=36, facecolors="none",
                 edgecolors="#555555", linewidths=0.8, label="label")  # fmt: skip
    for sign, colour, text in ((1, RIGHT, "error: too quiet"), (-1, WRONG, "error: too active")):
        axis.scatter(*sample.errors(sign), s=11, color=colour, alpha=0.8, label=text)


def traces(config: Config, sample: Shown, layer: int) -> Picture:
    """Draw membranes and dendrites of a few neurons, with threshold and gate."""
    name, neurons = layer_names(config)[layer], sample.traced(layer)
    ticks = np.arange(config.ticks)
    with mpl.rc_context(STYLE):
        figure = blank(4.4)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
        membranes, dendrites = sample.membranes(config, layer), sample.dendrites(layer)
        for neuron, colour in zip(neurons, COLOURS[1:], strict=False):
            above.plot(ticks, membranes[:, neuron], color=colour, label=f"neuron {neuron}")
            below.plot(ticks, dendrites[:, neuron], color=colour)
            fired = [m.number for m in sample.moments if m.spikes[layer + 1][0, neuron]]
            above.scatter(fired, membranes[fired, neuron], color=colour, s=20, zorder=3)
        above.axhline(config.threshold[layer], color="#222222", linestyle="--", linewidth=1,
                      label="threshold")  # fmt: skip
        above.axhspan(config.gate_low[layer], config.gate_high[layer], color=RIGHT, alpha=0.08,
                      linewidth=0, label="gate open")  # fmt: skip
        above.set(ylabel="membrane")
        below.set(ylabel="dendrite", xlabel="tick", xlim=(-1, config.ticks))
        below.axhline(0, color="#999999", linewidth=0.8)
        below.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(*above.get_legend_handles_labels(), loc="outside lower center", ncols=3)
    caption = (
        f"{name.capitalize()}, validation sample {sample.number}: membranes with the weights of "
        f"their tick, threshold {config.threshold[layer]}, gate from {config.gate_low[layer]} to "
        f"{config.gate_high[layer]}; dots are spikes. Dendrites hold the errors that are learned."
    )
    which = ", ".join(map(str, neurons))
    return picture(figure, f"Traces of neurons {which}. {caption}", caption)
