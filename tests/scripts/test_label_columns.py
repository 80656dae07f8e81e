"""Tables whose names or labels can be misunderstood: told or refused, with a remedy."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.source import Source, read

#: Two inputs, and words for labels.
ROWS = [(7 * n % 11, n * n % 13, "ab"[n % 2]) for n in range(12)]


def write(folder: Path, first: str, rows: list[tuple[object, ...]]) -> str:
    path = folder / "my.csv"
    path.write_text("".join(f"{line}\n" for line in (first, *(",".join(map(str, r)) for r in rows))
                            if line))  # fmt: skip
    return str(path)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("label,x,class", "'label' and 'class', and either may have the labels; say which with "
                          "--label label"),
        ("Target,label,kind", "'Target' and 'label', and either"),
        ("CLASS,Target,Label", "'CLASS' and 'Target' and 'Label', and either"),
    ],
)  # fmt: skip
def test_two_columns_of_labels_are_not_chosen_between(
    names: str, said: str, tmp_path: Path
) -> None:
    path = write(tmp_path, names, ROWS)
    with pytest.raises(DataError, match=said):
        read(path)
    assert read(Source(path, label="last")).classes == ("a", "b")


@pytest.mark.parametrize(
    ("first", "rows"),
    [
        ("0,1,2", ROWS),
        ("1,2,3", ROWS),
        ("0,1,kind", ROWS),
        ("0.5,1.5,2.5", [(x, y, "ab".index(k)) for x, y, k in ROWS]),
        ("400,410,kind", [(x, y, "ab".index(k)) for x, y, k in ROWS]),
    ],
)
def test_a_first_row_that_can_be_no_sample_is_refused(
    first: str, rows: list[tuple[object, ...]], tmp_path: Path
) -> None:
    path = write(tmp_path, first, rows)
    said = rf"row 1 \({first.replace(',', ', ')}\) can be no sample, .* give --header, else correct"
    with pytest.raises(DataError, match=said):
        read(path)
    whole = read(Source(path, header=True))
    assert sum(map(len, whole.parts.values())) == 12


@pytest.mark.parametrize("first", ["0,1,2", "1,2,3"])
def test_a_first_row_that_may_be_names_is_told(first: str, tmp_path: Path) -> None:
    path = write(tmp_path, first, [(x, y, n % 3 + 1) for n, (x, y, _) in enumerate(ROWS)])
    with pytest.warns(DataWarning, match=r"row 1 \(.*\) is taken for a sample; if it has names of"):
        found = read(path)
    assert sum(map(len, found.parts.values())) == 13
    with warnings.catch_warnings(action="error"):
        assert sum(map(len, read(Source(path, header=False)).parts.values())) == 13
        assert sum(map(len, read(Source(path, header=True)).parts.values())) == 12


def test_a_label_that_only_the_first_row_has_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "410,420,9", [(x, y, "ab".index(k)) for x, y, k in ROWS])
    with (
        pytest.warns(DataWarning, match="is taken for a sample; if it has names of columns, give"),
        pytest.raises(DataError, match="has 1 sample of class '9'"),
    ):
        read(path)


def test_ordinary_first_rows_are_not_told(tmp_path: Path) -> None:
    for rows in (ROWS, [(x, y, n % 2) for n, (x, y, _) in enumerate(ROWS)],
                 [(n % 5, n % 2) for n in range(12)]):  # fmt: skip
        with warnings.catch_warnings(action="error"):
            read(write(tmp_path, "", rows))


@pytest.mark.parametrize(
    ("names", "label", "column"),
    [
        ("x,first,kind", "first", 1),
        ("last,y,kind", "last", 0),
        ("2,x,1", "1", 2),
        ("2,1,x", "2", 0),
    ],
)
def test_the_name_of_a_column_goes_before_its_place(
    names: str, label: str, column: int, tmp_path: Path
) -> None:
    rows = [(n % 2, n % 3, n % 4) for n in range(24)]
    path = write(tmp_path, names, rows)
    said = rf"column called '{label}', and --label {label} takes that one \(column {column + 1}\)"
    with pytest.warns(DataWarning, match=said):
        found = read(Source(path, label=label, header=True))
    assert len(found.classes) == column + 2


def test_a_name_that_is_its_own_place_is_not_told(tmp_path: Path) -> None:
    path = write(tmp_path, "first,2,last", [(n % 2, n % 3, n % 4) for n in range(24)])
    with warnings.catch_warnings(action="error"):
        for label, classes in (("first", 2), ("2", 3), ("last", 4)):
            assert len(read(Source(path, label=label, header=True)).classes) == classes


def test_options_that_arrays_have_no_use_for_are_refused(tmp_path: Path) -> None:
    x, y = np.arange(60.0).reshape(20, 3) % 7, np.arange(20) % 2
    np.savez(tmp_path / "my.npz", x=x, y=y)
    (tmp_path / "arrays").mkdir()
    np.save(tmp_path / "arrays" / "x.npy", x)
    np.save(tmp_path / "arrays" / "y.npy", y)
    for name in ("my.npz", "arrays", "arrays/x.npy"):
        for options in ({"label": "first"}, {"label": "0"}, {"header": True}, {"header": False}):
            ((option, value),) = options.items()
            with pytest.raises(DataError, match=f"take no {option}, not {value!r}: only"):
                read(Source(str(tmp_path / name), **options))
    table = tmp_path / "table.npy"
    np.save(table, np.hstack([x, y[:, None]]))
    with pytest.raises(DataError, match="take no header, not True"):
        read(Source(str(table), header=True))
