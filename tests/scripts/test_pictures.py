"""Pictures of a training: the numbers that went in can be read back from what is drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.figure import Figure

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.error import label_fires
from erbium.golden.fast import FastCore
from erbium.golden.presets import preset
from erbium.scripts.data import source as data
from erbium.scripts.train import plots
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.evaluation import classify
from erbium.scripts.train.training import train

TINY = preset("tiny")

#: Rows are classes, columns are winners; no number occurs twice.
CONFUSION = [[50, 1, 4], [7, 60, 3], [0, 9, 70]]


def state(**changes: object) -> Checkpoint:
    """Return a training that is over, with figures of its own."""
    found = Checkpoint.start(TINY, Plan("noise", "", (256, 128, 64), 0))
    found.confusion, found.test_error = CONFUSION, 24 / 204
    found.history = [
        {"epoch": epoch, "taught_error": taught, "validation_error": validation}
        for epoch, taught, validation in ((1, 0.5, 0.4), (2, 0.3, 0.25), (3, 0.2, 0.375))
    ]
    for name, value in changes.items():
        setattr(found, name, value)
    return found


def legend(axis: Axes) -> list[str]:
    """Return the texts of a legend."""
    return [text.get_text() for text in axis.get_legend().get_texts()]


def test_confusion_shows_each_number_at_its_class_and_winner() -> None:
    axis, bar = plots.confusion(state()).axes
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("recognised as class", "class")
    shown = {text.get_position(): int(text.get_text()) for text in axis.texts}
    assert shown == {
        (winner, label): count
        for label, row in enumerate(CONFUSION)
        for winner, count in enumerate(row)
        if count
    }
    # Only mistakes are coloured, in the same places; the first class is at the top.
    image = axis.images[0]
    np.testing.assert_array_equal(image.get_array(), [[0, 1, 4], [7, 0, 3], [0, 9, 0]])
    assert image.get_clim() == (0, 9)
    assert image.origin == "upper"
    low, high = axis.get_ylim()
    assert low > high
    assert list(axis.get_xticks()) == list(axis.get_yticks()) == [0, 1, 2]
    assert axis.get_title() == "tiny: 204 test samples, 24 mistakes (11.76%)"
    assert bar.get_ylabel() == "mistakes (samples)"
    # Where it is dark, text is white.
    white = {text.get_position() for text in axis.texts if text.get_color() == "white"}
    assert white == {(1, 2), (0, 1)}


def test_no_mistakes_can_be_drawn() -> None:
    axis = plots.confusion(state(confusion=[[3, 0], [0, 4]], test_error=0.0)).axes[0]
    assert axis.images[0].get_clim() == (0, 1)
    assert "7 test samples, 0 mistakes (0.00%)" in axis.get_title()
    assert {text.get_color() for text in axis.texts} == {"#333333"}


def test_a_training_confuses_what_it_confuses(tiny_data: Path) -> None:
    dataset = data.load(str(tiny_data), TINY)
    found = train(TINY, dataset, [0])
    core = FastCore(TINY, found.weights)
    core.random = found.random
    winners = classify(core, dataset.test.samples, dataset.test.labels).winners
    expected = np.zeros((3, 3), dtype=int)
    for label, winner in zip(dataset.test.labels, winners, strict=True):
        expected[label, winner] += 1
    assert found.confusion == expected.tolist()
    # Else rows and columns could be mixed up here.
    assert (expected != expected.T).any()
    assert found.test_error == pytest.approx(1 - np.trace(expected) / expected.sum())


def test_learning_shows_the_errors_of_each_epoch() -> None:
    (axis,) = plots.learning(state()).axes
    curves = {line.get_label(): line for line in axis.lines}
    for label, errors in (
        ("training, while the label teaches", [50, 30, 20]),
        ("validation", [40, 25, 37.5]),
    ):
        assert list(curves[label].get_xdata()) == [1, 2, 3]
        assert list(curves[label].get_ydata()) == pytest.approx(errors)
    held_out = curves["held out: 11.8 %"]
    assert list(held_out.get_ydata()) == pytest.approx([100 * 24 / 204] * 2)
    assert len({to_hex(line.get_color()) for line in axis.lines}) == 3
    assert set(legend(axis)) == set(curves)
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("epoch", "error rate (%)")
    assert axis.get_title() == "tiny: learning from noise"
    assert axis.get_ylim()[0] == 0


def test_a_training_without_a_test_has_no_line_for_it() -> None:
    (axis,) = plots.learning(state(test_error=None)).axes
    assert legend(axis) == ["training, while the label teaches", "validation"]


@pytest.mark.parametrize(
    ("inputs", "neurons", "height", "width"),
    [(12, 6, 3, 4), (7, 3, 1, 7), (64, 130, 8, 8), (15, 1, 3, 5)],
)
def test_weights_show_each_neuron_upright(
    inputs: int, neurons: int, height: int, width: int
) -> None:
    """Source and target of a weight can be told from its value."""
    matrix = 1000 * np.arange(neurons)[None, :] + np.arange(inputs)[:, None] + 1
    axis, bar = plots.weights(TINY, matrix).axes
    image = axis.images[0].get_array()
    shown = min(neurons, plots.MOST_NEURONS)
    corners = []
    for neuron in range(shown):
        ((top, left),) = np.argwhere(image == 1000 * neuron + 1)
        part = image[top : top + height, left : left + width]
        np.testing.assert_array_equal(part, matrix[:, neuron].reshape(height, width))
        corners.append((int(top), int(left)))
    # Row after row, with a line between neighbours and around all.
    assert corners == sorted(corners)
    rows, columns = (sorted({corner[axis] for corner in corners}) for axis in (0, 1))
    assert rows == list(range(1, 1 + len(rows) * (height + 1), height + 1))
    assert columns == list(range(1, 1 + len(columns) * (width + 1), width + 1))
    assert image.shape == (rows[-1] + height + 1, columns[-1] + width + 1)
    assert int(image.count()) == shown * inputs
    # About as high as it is wide.
    assert 0.4 < image.shape[0] / image.shape[1] < 2.5 or shown < 4
    assert axis.images[0].get_clim() == (-matrix.max(), matrix.max())
    count = f"all {neurons}" if shown == neurons else f"{shown} of {neurons}"
    assert f"{count} hidden neurons, {height} x {width} inputs each" in axis.get_title()
    assert bar.get_ylabel() == "weight (integer, -128 to 127)"


def test_colours_of_weights_are_about_0() -> None:
    for values in ([[-9, 3]], [[4, 2]], [[0, 0]]):
        image = plots.weights(TINY, np.array(values).T).axes[0].images[0]
        low, high = image.get_clim()
        assert -low == high == max(1, np.abs(values).max())
        assert image.get_cmap().name == "RdBu"


DEEP = Config(
    name="deep", layers=(12, 6, 5, 3), gain=2, weight_init=100, threshold=60, rate_shift=0,
    ticks=30, burn_in=6, label_period=4,
)  # fmt: skip


@pytest.fixture
def raster() -> Figure:
    return plots.spikes(Core(DEEP), np.full(12, 200), 1)


def offsets(axis: Axes, label: str | None = None) -> set[tuple[int, int]]:
    """Return the points of a scatter: that of the spikes, or the one with a label."""
    found = [c for c in axis.collections if label is None or c.get_label() == label]
    return {(int(x), int(y)) for x, y in found[0].get_offsets()}


def test_each_spike_is_at_its_tick_and_neuron(raster: Figure) -> None:
    ticks = list(Core(DEEP).ticks(np.full(12, 200), 1))
    for layer, axis in enumerate(raster.axes):
        expected = {(t.number, int(s)) for t in ticks for s in t.events[layer]}
        assert offsets(axis) == expected != set()
        assert axis.get_ylim() == (-1, DEEP.layers[layer])
    assert raster.axes[-1].get_xlim() == (-1, DEEP.ticks)
    assert DEEP.layers[1] != DEEP.layers[2]


def test_errors_and_labels_are_at_their_ticks(raster: Figure) -> None:
    axis = raster.axes[-1]
    ticks = list(Core(DEEP).ticks(np.full(12, 200), 1))
    for sign, label, colour in ((1, "error: too quiet", plots.RIGHT),
                                (-1, "error: too active", plots.WRONG)):  # fmt: skip
        expected = {(t.number, int(k)) for t in ticks for k, s in t.errors if s == sign}
        assert offsets(axis, label) == expected
        (drawn,) = [c for c in axis.collections if c.get_label() == label]
        assert to_rgba(drawn.get_facecolor()[0])[:3] == to_rgba(colour)[:3]
    assert any(t.errors for t in ticks)
    labelled = {(t, 1) for t in range(DEEP.burn_in, DEEP.ticks) if label_fires(DEEP, t)}
    assert offsets(axis, "label spike") == labelled
    assert len(labelled) > 3


def test_the_window_is_that_of_label_and_errors(raster: Figure) -> None:
    for axis in raster.axes:
        (window,) = axis.patches
        assert window.get_x() == DEEP.burn_in - 0.5
        assert window.get_x() + window.get_width() == DEEP.ticks - 0.5
    result = Core(DEEP).run(np.full(12, 200), 1)
    count = int(result.counts[result.winner])
    assert raster._suptitle.get_text() == (
        f"deep: a sample of class 1, recognised as {result.winner} "
        f"({count} of {int(result.counts.sum())} output spikes)"
    )
    assert len(raster.legends[0].get_texts()) == 4


def test_pictures_are_of_the_trained_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: dict[str, object] = {}

    def spikes(core: Core, sample: np.ndarray, label: int, classes: list[str]) -> Figure:
        assert classes == ["0", "1", "2"]
        seen.update(weights=core.weights, random=core.random, sample=sample.tolist(), label=label)
        return Figure()

    def weights(config: Config, matrix: np.ndarray) -> Figure:
        seen["matrix"] = matrix
        return Figure()

    monkeypatch.setattr(plots, "spikes", spikes)
    monkeypatch.setattr(plots, "weights", weights)
    found = state()
    found.weights = [matrix + 1 for matrix in found.weights]
    test = data.Split(np.arange(24).reshape(2, 12), np.array([2, 1]))
    paths = plots.draw_all(found, test, tmp_path)
    names = ["spikes.png", "learning.png", "weights.png", "confusion.png"]
    assert [path.name for path in paths] == names
    for one, other in zip(seen["weights"], found.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    assert seen["matrix"] is found.weights[0]
    assert (seen["random"], seen["sample"], seen["label"]) == (found.random, list(range(12)), 2)
    assert len(plots.draw_all(state(confusion=None), test, tmp_path)) == 3
