"""How files are scaled: the same for every split; and values that are no intensities, by place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import from_arrays
from erbium.scripts.data.source import Source, read

RANDOM = np.random.default_rng(8)

#: Pixels, with labels of three classes.
X = RANDOM.integers(0, 256, (40, 6))
Y = np.arange(40) % 3


def _with(array: np.ndarray, place: tuple[int, ...], value: float) -> np.ndarray:
    changed = array.astype(float)
    changed[place] = value
    return changed


@pytest.mark.parametrize("value", [256, 255.5, -1])
def test_a_rare_value_decides_the_same_wherever_the_split_puts_it(
    value: float, tmp_path: Path
) -> None:
    np.savez(tmp_path / "my.npz", x=_with(X, (17, 3), value), y=Y)
    found = [read(Source(str(tmp_path / "my.npz"), split=split)) for split in range(12)]
    where = {
        name for data in found for name, part in data.parts.items()
        if data.preparation.apply(_with(X, (17, 3), value)[17:18]).tolist()[0]
        in part.samples.tolist()
    }  # fmt: skip
    assert where == {"training", "validation", "test"}
    # One range for all columns, or one for each, of the training samples alone.
    assert len({len(set(data.preparation.scale)) == 1 for data in found}) == 1


def test_what_is_held_out_does_not_decide() -> None:
    held = X[:6] + 300
    with pytest.raises(DataError, match=r"x_test\[0, 0\] is \d+, but values are taken as they are"):
        from_arrays(X[6:], Y[6:], held, Y[:6])


TABLE = "".join(f"{'ab'[n % 2]},{2 * n},{n * 9}\n" for n in range(20))

#: Files of a kind and what a value in them is called.
WRONG = {
    "names.csv": (f"kind,left,right\n{TABLE}".replace("26,117", "26,300"), "first",
                  r"'\S+names.csv' row 15, column 3 \('right'\) is 300.0, but values"),
    "plain.csv": ("\n\n" + TABLE.replace("0,0\n", "0,-1\n", 1), "1",
                  r"'\S+plain.csv' row 3, column 3 is -1.0, but values"),
    "middle.csv": ("".join(f"{2 * n},{'ab'[n % 2]},{2 * n}.5\n" for n in range(20)), "2",
                   r"'\S+middle.csv' row 1, column 3 is 0.5, but values"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("split", [0, 1, 2, 3])
def test_no_intensity_is_named_by_its_place_in_a_table(
    name: str, split: int, tmp_path: Path
) -> None:
    text, label, message = WRONG[name]
    (tmp_path / name).write_text(text)
    with pytest.raises(DataError, match=message):
        read(Source(str(tmp_path / name), label=label, scaling="none", split=split))


@pytest.mark.parametrize("split", [0, 1, 2, 3])
def test_no_intensity_is_named_by_its_place_in_an_array(split: int, tmp_path: Path) -> None:
    def refused(place: str, **arrays: np.ndarray) -> None:
        np.savez(tmp_path / "my.npz", **arrays)
        with pytest.raises(DataError, match=rf"my.npz': {place}, but values are taken as they are"):
            read(Source(str(tmp_path / "my.npz"), scaling="none", split=split))

    bad, images = _with(X, (17, 3), 256), X.reshape(40, 2, 3)
    refused(r"x\[17, 3\] is 256.0", x=bad, y=Y)
    refused(r"X_train\[17, 3\] is 256.0", X_train=bad, y_train=Y)
    refused(r"x\[17, 1, 2\] is 0.5", x=_with(images, (17, 1, 2), 0.5), y=Y)
    refused(r"X_test\[4, 1\] is -3.0", x=X, y=Y, X_test=_with(X, (4, 1), -3), y_test=Y)
    table = np.insert(_with(X, (17, 3), 256), 2, Y, axis=1)
    np.save(tmp_path / "t.npy", table)
    with pytest.raises(DataError, match=r"t.npy': table\[17, 4\] is 256.0, but values"):
        read(Source(str(tmp_path / "t.npy"), label="3", scaling="none", split=split))


def test_arrays_are_called_as_the_user_calls_them(tmp_path: Path) -> None:
    np.savez(tmp_path / "my.npz", X_train=_with(X, (2, 1), np.nan), Y_train=Y)
    with pytest.raises(DataError, match=r"X_train\[2, 1\] is nan"):
        read(str(tmp_path / "my.npz"))
    np.savez(tmp_path / "my.npz", X_train=X, Y_train=Y[1:])
    with pytest.raises(DataError, match="X_train has 40 samples, but Y_train has 39 labels"):
        read(str(tmp_path / "my.npz"))
