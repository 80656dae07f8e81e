"""Names of columns and classes go along with what was learned; other names are told, not taken."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.data import unlabelled
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.data.source import Source, read
from erbium.scripts.train.checkpoint import Checkpoint, Plan, load

ROWS = [f"{2 * n},{n * n},{-n % 7},{'xyz'[n % 3]}" for n in range(30)]


def table(names: str, name: str = "own.csv", **options: object) -> Source:
    """Write a table with these names of columns, and none if there is none."""
    Path(name).write_text("\n".join([names, *ROWS] if names else ROWS))
    return Source(name, **options)


@pytest.fixture(autouse=True)
def learned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Preparation:
    monkeypatch.chdir(tmp_path)
    return read(table("a,b,c,kind")).preparation


def test_names_are_kept(learned: Preparation) -> None:
    assert learned.names == ("a", "b", "c")
    assert Preparation.from_dict(learned.as_dict()) == learned
    assert read(table("a,b,c,kind", full_scale=255, scaling="columns")).preparation.names
    # What has none is written as ever.
    plain = read(table("")).preparation
    assert plain == dataclasses.replace(learned, names=())
    assert "names" not in plain.as_dict()
    assert "names" not in Plan("own", "0", (), 0, preparation=plain).as_dict()["preparation"]
    config = preset("tiny")
    Checkpoint.start(config, Plan("own", "0", (), 0, preparation=learned)).save(Path("c.npz"))
    assert load(Path("c.npz")).plan.preparation == learned


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ("a,width,c,kind", "has 'width' for column 2 of a sample, but .* is called 'b'"),
        ("a,c,b,kind", "has the columns learned from in another order; give them as a, b, c, not"),
    ],
)
def test_other_names_are_refused(names: str, message: str, learned: Preparation) -> None:
    with pytest.raises(DataError, match=f"'own.csv' {message}"):
        read(table(names), preparation=learned)
    # Without labels, too.
    Path("new.csv").write_text(f"{names.removesuffix(',kind')}\n1,2,3\n")
    found = unlabelled.read(Source("new.csv"), learned, 3)
    with pytest.raises(DataError, match=f"'new.csv' {message}"):
        unlabelled.prepared(found, learned)


def test_the_same_names_and_none_are_taken(learned: Preparation) -> None:
    for names in ("a,b,c,kind", "a,b,c,other", ""):
        assert read(table(names), preparation=learned).preparation == learned
    plain = dataclasses.replace(learned, names=())
    assert read(table("d,e,f,kind"), preparation=plain).preparation == plain
    Path("new.csv").write_text("a,b,c\n1,2,3\n")
    assert len(unlabelled.prepared(unlabelled.read(Source("new.csv"), learned, 3), learned)) == 1
    # A column that was learned has no labels, whatever it is called.
    target = read(table("a,target,c,kind", label="kind")).preparation
    Path("new.csv").write_text("a,target,c\n1,2,3\n")
    assert unlabelled.read(Source("new.csv"), target, 3, "kind") is not None


def _plan(data: Dataset) -> Plan:
    return Plan.of(data, (1,), 0)


def test_a_training_goes_on_with_the_same_classes_and_constants_only() -> None:
    config = preset("tiny")
    first = read(table("a,b,c,kind", scaling="columns"))
    state = Checkpoint.start(config, _plan(first))
    state.check_same(config, _plan(read(table("a,b,c,kind", "moved.csv", scaling="columns"))))
    # The same samples and numbers of classes.
    for change in (
        {"classes": ("u", "v", "w")}, {"names": ("a", "b", "d")},
        {"scale": tuple(2 * scale for scale in first.preparation.scale)},
        {"offset": tuple(1 + offset for offset in first.preparation.offset)},
    ):  # fmt: skip
        other = dataclasses.replace(
            first, preparation=dataclasses.replace(first.preparation, **change)
        )
        assert other.sha256 == first.sha256
        key = {"names": "columns"}.get(*change, *change)
        with pytest.raises(DataError, match=f"made with {key} .*, not "):
            state.check_same(config, _plan(other))
    # Older programs kept no preparation, and no names of columns.
    old = dataclasses.replace(first, preparation=None)
    numbers = dataclasses.replace(
        first, preparation=dataclasses.replace(first.preparation, classes=("0", "1", "2"))
    )
    Checkpoint.start(config, _plan(old)).check_same(config, _plan(numbers))


def test_labels_are_of_one_kind_in_all_parts() -> None:
    from erbium.scripts.data.arrays import from_arrays

    x, words = np.arange(36.0).reshape(12, 3), ["1.0", "one", "2.0"] * 4
    for test in (["1.0", "2.0"], np.array(["2.0", "1.0"])):
        data = from_arrays(x, words, x[:2], test)
        assert [data.classes[k] for k in data.test.labels] == list(test)
    assert from_arrays(x, [1, 2, 3] * 4, x[:2], ["3", "1.0"]).test.labels.tolist() == [2, 0]
    with pytest.raises(DataError, match=r"'arrays': y_test\[1\] has no label"):
        from_arrays(x, words, x[:2], ["1.0", ""])
    # Of other data there may be numbers only.
    made = Preparation(3, ("1.0", "2.0", "one"))
    assert made.numbers_of(["2.0", "1.0"]).tolist() == [1, 0]
    with pytest.raises(DataError, match="'3', which is none of the classes"):
        made.numbers_of(["3.0"])


@pytest.mark.filterwarnings("error")
def test_a_range_beyond_all_numbers_is_refused() -> None:
    from erbium.scripts.data.arrays import from_arrays

    def write(big: float) -> Source:
        rows = [f"{2 * n},{big if n % 2 else -big},{'xyz'[n % 3]}" for n in range(30)]
        Path("huge.csv").write_text("\n".join(["a,b,kind", *rows]))
        return Source("huge.csv", scaling="columns")

    for big in (1.7e308, 1e307):
        for scaling in ("columns", "common", "auto"):
            with pytest.raises(DataError, match=r"'huge.csv' row \d+, column 2 \('b'\) is -?1"):
                read(dataclasses.replace(write(big), scaling=scaling))
    data = read(write(1e305))
    assert set(data.train.samples[:, 1].tolist()) == {0, 255}
    # What comes later is clipped.
    assert data.preparation.apply([[0, 1.7e308], [0, -1.7e308]])[:, 1].tolist() == [255, 0]
    x = np.array([[n, (-1) ** n * 1.7e308] for n in range(30)])
    with pytest.raises(DataError, match=r"'arrays': x\[\d+, 1\] is -?1.7e\+308"):
        from_arrays(x, np.arange(30) % 2)
