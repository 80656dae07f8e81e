"""Pictures of weights: what each neuron of the first layer looks for, and matrices."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from erbium.golden.config import Config
from erbium.scripts.diagnosis.activity import layer_names
from erbium.scripts.view.pictures import STYLE, Picture, blank, picture

#: Most neurons of the first layer that are shown one by one, so that each remains visible.
MOST_FIELDS = 64

#: Fields beside each other.
ACROSS = 8


def pictures(
    config: Config, matrices: list[np.ndarray], image: tuple[int, int] | None
) -> list[Picture]:
    """Return a picture of each layer's weights; of the first as images, if inputs are one."""
    found = []
    for index, (name, matrix) in enumerate(zip(layer_names(config), matrices, strict=True)):
        if index == 0 and image is not None:
            found.append(_fields(config, matrix, image))
        else:
            found.append(_matrix(config, name, matrix))
    return found


def _fields(config: Config, matrix: np.ndarray, image: tuple[int, int]) -> Picture:
    neurons = matrix.shape[1]
    count = min(neurons, MOST_FIELDS)
    rows, columns = image
    high, wide = math.ceil(count / ACROSS), min(count, ACROSS)
    mosaic = np.full((high * (rows + 1) + 1, wide * (columns + 1) + 1), np.nan)
    for index in range(count):
        top, left = 1 + index // ACROSS * (rows + 1), 1 + index % ACROSS * (columns + 1)
        mosaic[top : top + rows, left : left + columns] = matrix[:, index].reshape(rows, columns)
    figure = _drawn(config, mosaic, 1 + 4 * mosaic.shape[0] / mosaic.shape[1], axes=False)
    which = f"all {neurons}" if count == neurons else f"the first {count} of {neurons}"
    caption = (
        f"Input weights of {which} neurons of hidden layer 1, each {rows} x {columns} inputs as "
        f"they lie in a sample."
    )
    return picture(figure, caption, caption)


def _matrix(config: Config, name: str, matrix: np.ndarray) -> Picture:
    sources, targets = matrix.shape
    height = min(6.0, max(2.2, 1 + 4 * targets / sources))
    figure = _drawn(config, matrix.T, height, axes=True)
    caption = f"Weights of the {name}: {sources} sources across, {targets} neurons down."
    return picture(figure, caption, caption)


def _drawn(config: Config, values: np.ndarray, height: float, *, axes: bool) -> Figure:
    limit = max(1, int(np.nanmax(np.abs(values))))
    with mpl.rc_context(STYLE):
        figure = blank(height)
        axis = figure.subplots()
        shown = axis.imshow(values, cmap="RdBu", vmin=-limit, vmax=limit, interpolation="nearest",
                            aspect="auto" if axes else "equal")  # fmt: skip
        if axes:
            axis.set(xlabel="source", ylabel="neuron")
            for each in (axis.xaxis, axis.yaxis):
                each.set_major_locator(MaxNLocator(6, integer=True))
        else:
            axis.set_axis_off()
        top = 1 << (config.weight_bits - 1)
        figure.colorbar(shown, label=f"weight ({-top} to {top - 1})", location="bottom",
                        shrink=0.8, aspect=40)  # fmt: skip
    return figure
