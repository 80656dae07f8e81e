"""What messages about data advise: a point for decimals, one array to answer, where a file was."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data import unlabelled
from erbium.scripts.data.source import Source, read
from erbium.scripts.train.checkpoint import Checkpoint, Plan
from erbium.scripts.train.learned import data_of


def test_hints(tmp_path: Path) -> None:
    file = tmp_path / "own.csv"
    file.write_text("a;b;kind\n" + "5,1;-3,5;x\n4,0;2,0;y\n" * 6)
    with pytest.raises(DataError, match="'5,1', which is no number; write numbers with a decimal"):
        read(str(file))
    arrays = tmp_path / "own.npz"
    np.savez(arrays, x=np.ones((2, 3)), x_test=np.ones((2, 3)))
    with pytest.raises(DataError, match="has x and x_test, but no labels of either"):
        unlabelled.read(Source(str(arrays)), None, 3)
    for name, hint in (
        ("gone.csv", "data of this run are 'gone.csv', .* relative to the folder where the"),
        ("arrays", "were given by a program; name them with --data"),
    ):
        state = Checkpoint.start(preset("tiny"), Plan(name, "0", (1,), 0))
        with pytest.raises(DataError, match=hint):
            data_of(state, tmp_path / "checkpoint.npz")
