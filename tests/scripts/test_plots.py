"""Pictures: every one is a PNG of readable size, for shallow and deep networks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.config import Config
from erbium.golden.core import Core
from erbium.golden.presets import preset
from erbium.scripts.data import source as data
from erbium.scripts.train import plots
from erbium.scripts.train.training import train

TINY = preset("tiny")


def test_all_pictures_are_drawn(tiny_data: Path, tmp_path: Path) -> None:
    dataset = data.load(str(tiny_data), TINY)
    state = train(TINY, dataset, [256, 128])
    random = vars(state.random).copy()
    for path in plots.draw_all(state, dataset.test, tmp_path / "run"):
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size > 5000
    assert vars(state.random) == random


def test_spikes_show_every_layer() -> None:
    config = Config(
        name="deep", layers=(12, 6, 5, 4, 3), gain=2, weight_init=100, threshold=60, rate_shift=0
    )
    figure = plots.spikes(Core(config), np.full(12, 200), 1)
    names = ["input", "hidden 1", "hidden 2", "hidden 3", "output"]
    assert [axis.get_ylabel() for axis in figure.axes] == [f"{name}\nneuron" for name in names]
    assert figure.axes[-1].get_xlabel() == "tick"
    drawn = [len(axis.collections[0].get_offsets()) for axis in figure.axes]
    events = [tick.events for tick in Core(config).ticks(np.full(12, 200), 1)]
    assert all(drawn)
    assert drawn == [sum(len(tick[layer]) for tick in events) for layer in range(5)]


@pytest.mark.parametrize(("inputs", "neurons"), [(12, 6), (7, 3), (64, 130), (784, 100)])
def test_weights_are_all_in_the_picture(inputs: int, neurons: int) -> None:
    matrix = np.random.default_rng(1).integers(-128, 128, (inputs, neurons))
    image = plots.weights(TINY, matrix).axes[0].images[0].get_array()
    shown = np.sort(image.compressed())
    np.testing.assert_array_equal(shown, np.sort(matrix[:, : plots.MOST_NEURONS].ravel()))
