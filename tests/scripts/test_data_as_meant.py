"""Data that are likely to be meant otherwise than they are written: turned images, times as labels,
and names of classes in two ways.
"""

from __future__ import annotations

import datetime
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data import pictures, raw
from erbium.scripts.data.labels import alike
from erbium.scripts.data.source import read

#: Number of the Exif field that says how an image is turned, and "turn it by 270 degrees".
ORIENTATION, TURNED = 0x0112, 6


def test_an_image_is_taken_as_it_is_seen(tmp_path: Path) -> None:
    seen = np.zeros((6, 4), dtype=np.uint8)
    seen[0] = 255
    (tmp_path / "kind").mkdir()
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    Image.fromarray(seen).save(tmp_path / "kind" / "a.png")
    # As a camera that was held upright writes it.
    Image.fromarray(np.rot90(seen)).save(tmp_path / "kind" / "b.png", exif=exif)
    found = pictures.read(tmp_path)
    assert found.image == (6, 4)
    assert np.array_equal(found.x[0], seen.ravel())
    assert np.array_equal(found.x[1], seen.ravel())


@pytest.mark.parametrize(
    "labels",
    [
        np.array(["2026-01-01", "2026-01-02"], dtype="datetime64[ns]"),
        np.array([datetime.date(2026, 1, 1), datetime.date(2026, 1, 2)], dtype=object),
        np.array([datetime.timedelta(1), datetime.timedelta(2)], dtype="timedelta64[s]"),
    ],
)
def test_times_are_no_classes(labels: np.ndarray) -> None:
    with pytest.raises(DataError, match=r"y\[0\] is .*, a time, which is no class"):
        raw.from_arrays("mine", np.ones((2, 3)), labels)


def test_names_that_differ_in_case_only_are_told(tmp_path: Path) -> None:
    assert alike(("Cat", "Dog", "cat", "sea cow", "seacow")) == ["Cat", "cat", "sea cow", "seacow"]
    file = tmp_path / "own.csv"
    rows = [f"{200 + number},{number},{kind}"
            for number in range(8) for kind in ("Cat", "cat", "dog")]  # fmt: skip
    file.write_text("\n".join(["a,b,kind", *rows]))
    with pytest.warns(DataWarning, match="'Cat', 'cat'; taken as 2 classes"):
        assert read(str(file)).classes == ("Cat", "cat", "dog")
    file.write_text(file.read_text().replace("cat", "cow"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read(str(file))
