"""Arrays of one's own, in memory or in NumPy's files, and data with a name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.data.arrays import Making, from_arrays
from erbium.scripts.data.source import Source, read

RANDOM = np.random.default_rng(3)
X, Y = RANDOM.normal(size=(30, 5)), np.arange(30) % 3
IMAGES = RANDOM.integers(0, 256, (30, 3, 4)).astype(np.uint8)


def _npz(folder: Path, file: str = "my.npz", **arrays: object) -> str:
    np.savez(folder / file, **arrays)
    return str(folder / file)


def test_all_ways_to_give_arrays_are_the_same(tmp_path: Path) -> None:
    expected = from_arrays(X, Y, name="my")
    assert [len(part) for part in expected.parts.values()] == [21, 3, 6]
    np.save(tmp_path / "x.npy", X)
    np.save(tmp_path / "y.npy", Y)
    np.save(tmp_path / "table.npy", np.hstack([X, Y[:, None]]))
    np.save(tmp_path / "first.npy", np.hstack([Y[:, None], X]))
    for source in (
        Source(_npz(tmp_path, "one.npz", x=X, y=Y)),
        Source(_npz(tmp_path, "two.npz", x_train=X, y_train=Y[:, None])),
        Source(_npz(tmp_path, "three.npz", X=X, y=Y.astype(float), other=X)),
        Source(str(tmp_path)),
        Source(str(tmp_path / "x.npy")),
        Source(str(tmp_path / "table.npy")),
        Source(str(tmp_path / "first.npy"), label="1"),
    ):
        assert read(source).sha256 == expected.sha256, source
    assert from_arrays(X.astype(object).tolist(), Y.tolist()).sha256 == expected.sha256


def test_held_out_samples_stay_held_out(tmp_path: Path) -> None:
    held = from_arrays(X[:24], Y[:24], X[24:], Y[24:])
    assert [len(part) for part in held.parts.values()] == [21, 3, 6]
    assert held.test.labels.tolist() == Y[24:].tolist()
    np.testing.assert_array_equal(held.test.samples, held.preparation.apply(X[24:]))
    source = Source(_npz(tmp_path, x=X[:24], y=Y[:24], x_test=X[24:], y_test=Y[24:]))
    assert read(source).sha256 == held.sha256


def test_images_are_bytes_in_rows_and_columns(tmp_path: Path) -> None:
    for images in (IMAGES, IMAGES[..., None], IMAGES.astype(float)):
        found = read(_npz(tmp_path, x=images, y=Y))
        assert found.train.image == (3, 4)
        samples = np.concatenate([part.samples for part in found.parts.values()])
        assert sorted(samples.tolist()) == sorted(IMAGES.reshape(30, 12).tolist())
    scaled = read(_npz(tmp_path, x=IMAGES / 255 * 2 - 1, y=Y))
    assert set(scaled.preparation.scale) == {scaled.preparation.scale[0]}


def test_splits_differ_and_options_count(tmp_path: Path) -> None:
    path = _npz(tmp_path, x=X, y=Y)
    sources = [Source(path), Source(path, split=1), Source(path, inputs=("pairs",)),
               Source(path, inputs=("pairs", "bias")), Source(path, scaling="common")]  # fmt: skip
    found = [read(source) for source in sources]
    assert len({data.sha256 for data in found}) == 5
    assert [data.train.samples.shape[1] for data in found] == [5, 5, 10, 11, 5]
    assert from_arrays(X, Y, making=Making(inputs=("pairs",))).sha256 == found[2].sha256


def _with(array: np.ndarray, place: object, value: object) -> np.ndarray:
    changed = array.astype(object if isinstance(value, str) else float)
    changed[place] = value
    return changed


#: Arrays by name, and what the message says.
REFUSED = [
    ({"y": Y}, "has no x, but y; save it with numpy.savez"),
    ({"data": X}, "has no x and no y, but data; save it"),
    ({}, "has no x and no y, but nothing"),
    ({"x": X, "X": X, "y": Y}, "has x and X; leave one of them out"),
    ({"x": X, "y": Y[:29]}, "x has 30 samples, but y has 29 labels; give one label for each"),
    ({"x": X, "y": Y, "x_test": X}, "has x_test but no y_test; give both or none"),
    ({"x": X, "y": Y, "x_test": X, "y_test": Y[1:]}, "x_test has 30 samples, but y_test has 29"),
    ({"x": X, "y": Y, "x_test": X[:, 1:], "y_test": Y}, "has 5 numbers in a row of x, but 4 in"),
    ({"x": X, "y": Y, "x_test": X, "y_test": Y + 1}, "have the label '3', which is none of the"),
    ({"x": _with(X, (7, 2), np.nan), "y": Y}, r"x\[7, 2\] is nan; remove the sample"),
    ({"x": _with(X, (7, 2), -np.inf), "y": Y}, r"x\[7, 2\] is -inf; remove the sample"),
    ({"x": X, "y": Y, "x_test": _with(X, (0, 4), np.nan), "y_test": Y}, r"x_test\[0, 4\] is nan"),
    ({"x": X, "y": _with(Y, 3, 1.5)}, r"y\[3\] has the label 1.5, which is no class"),
    ({"x": X, "y": _with(Y, 3, np.nan)}, r"y\[3\] has no label \(nan\)"),
    ({"x": X, "y": np.where(Y == 0, "", "word")}, r"y\[0\] has no label \(empty\)"),
    ({"x": X, "y": np.zeros(30)}, "has samples of class '0' only; give samples of two"),
    ({"x": X, "y": np.eye(3)[Y]}, r"y has the shape \(30, 3\), .* one-hot labels, give argmax"),
    ({"x": X[:, 0], "y": Y}, r"x has the shape \(30,\); give \(count, columns\)"),
    ({"x": RANDOM.normal(size=(30, 3, 4, 3)), "y": Y}, r"x has the shape \(30, 3, 4, 3\).*grey"),
    ({"x": X[:, :0], "y": Y}, r"x has the shape \(30, 0\); give samples with columns"),
    ({"x": X[:0], "y": Y[:0]}, r"x has the shape \(0, 5\); give samples with columns"),
    ({"x": X.astype(str), "y": Y}, "x has values of type <U32; give numbers"),
    ({"x": X + 1j, "y": Y}, "x has values of type complex128; give numbers"),
    ({"x": X, "y": np.where(np.arange(30) == 4, 9, Y)}, "has 1 sample of class '9', but training"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_is_wrong_is_said_by_its_place(number: int, tmp_path: Path) -> None:
    arrays, message = REFUSED[number]
    path = _npz(tmp_path, **arrays)
    with pytest.raises(DataError, match=message) as refused:
        read(path)
    assert str(refused.value).startswith((f"'{path}'", f"samples of '{path}'"))


def test_places_are_those_of_the_file(tmp_path: Path) -> None:
    table = np.hstack([Y[:, None], X])
    table[2, 3] = np.nan
    np.save(tmp_path / "table.npy", table)
    with pytest.raises(DataError, match=r"table\[2, 3\]"):
        read(Source(str(tmp_path / "table.npy"), label="first"))
    turned = {"x": IMAGES, "y": Y, "x_test": IMAGES.reshape(30, 4, 3), "y_test": Y}
    with pytest.raises(DataError, match=r"shape \(3, 4\) in x, but \(4, 3\) in x_test; give the"):
        read(Source(_npz(tmp_path, **turned)))


def test_objects_are_refused_where_they_are_no_numbers() -> None:
    with pytest.raises(DataError, match=r"x\[2, 1\] is 'tall', which is no number; leave out"):
        from_arrays(_with(X, (2, 1), "tall"), Y)
    with pytest.raises(DataError, match=r"x\[2, 1\] is nan"):
        from_arrays([[1, 2], [3, 4], [5, None]], [0, 1, 0])
    with pytest.raises(DataError, match="x cannot be made an array"):
        from_arrays([[1, 2], [3]], [0, 1])


def test_files_that_are_none_of_numpy_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "objects.npz", x=X.astype(object), y=Y)
    np.save(tmp_path / "row.npy", Y)
    np.save(tmp_path / "table.npy", X)
    np.save(tmp_path / "named.npy", np.zeros((3, 2), dtype=[("a", float)]))
    (tmp_path / "text.npz").write_text("x,y\n")
    (tmp_path / "text.npy").write_text("x,y\n")
    np.savez(tmp_path / "several.npz", x=X)
    (tmp_path / "several.npz").rename(tmp_path / "several.npy")
    np.save(tmp_path / "single.npy", X)
    (tmp_path / "single.npy").rename(tmp_path / "single.npz")
    for name, options, message in (
        ("objects.npz", {}, "holds Python objects, which are not loaded; save arrays of numbers"),
        ("row.npy", {}, r"has the shape \(30,\); give a table"),
        ("table.npy", {"label": "6"}, "has no column '6': its columns have no names; give --label"),
        ("named.npy", {}, r"has columns with names \('a',\)"),
        ("text.npz", {}, "is no file of NumPy or damaged"),
        ("text.npy", {}, "is no file of NumPy or damaged"),
        ("several.npy", {}, "holds several arrays; call it .npz"),
        ("single.npz", {}, "holds a single array; call it .npy"),
    ):
        with pytest.raises(DataError, match=f"'{tmp_path / name}' {message}"):
            read(Source(str(tmp_path / name), **options))


@pytest.mark.parametrize(
    ("name", "shape", "counts", "classes"),
    [
        ("wine", (178, 13), (118, 24, 36), ("class_0", "class_1", "class_2")),
        ("breast-cancer", (569, 30), (380, 76, 113), ("benign", "malignant")),
        ("iris", (150, 4), (99, 21, 30), ("setosa", "versicolor", "virginica")),
    ],
)
def test_tables_of_scikit_learn(
    name: str, shape: tuple[int, int], counts: tuple[int, ...], classes: tuple[str, ...]
) -> None:
    found = read(name)
    assert (found.name, found.classes) == (name, classes)
    assert tuple(map(len, found.parts.values())) == counts
    assert sum(counts) == shape[0]
    assert found.train.samples.shape == (counts[0], shape[1])
    if name == "breast-cancer":
        assert read("cancer").sha256 == found.sha256


def test_unknown_data_are_refused(tmp_path: Path) -> None:
    (tmp_path / "my.xlsx").write_text("")
    (tmp_path / "empty").mkdir()
    for name, message in (
        ("my.xlsx", "ends in '.xlsx', which is no kind of data; give 'digits', .*'wine'.*.csv"),
        ("empty", "holds no data; give 'digits', .* a file .*, or a folder"),
        ("absent.csv", "there is no data '.*absent.csv'; give 'digits'"),
    ):
        with pytest.raises(DataError, match=message):
            read(str(tmp_path / name))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Source("digits", split=1), "take no split, not 1: only data that are not split for ever"),
        (Source("wine", label="last"), "'wine' take no label, not 'last': only text and single"),
        (Source("wine", header=False), "'wine' take no header, not False: only text do; leave it"),
    ],
)
def test_options_without_use_are_refused(source: Source, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(source)
