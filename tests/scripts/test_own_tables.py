"""Tables of one's own: CSV, with names or none, and what is wrong with them, by row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from erbium.golden.validate import DataError
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.data.source import Source, read

HEADER = "length,width,kind\n"
ROWS = "".join(f"{n},{n * 30},{'ab'[n % 2]}\n" for n in range(1, 9))


def _write(folder: Path, text: str, name: str = "my.csv") -> str:
    path = folder / name
    path.write_text(text)
    return str(path)


def _all(path: str, **options: object) -> dict[tuple[int, ...], str]:
    """Return the name of the class of each sample."""
    data = read(Source(path, scaling="none", **options))
    return {
        tuple(sample): data.classes[label]
        for part in data.parts.values()
        for sample, label in zip(part.samples.tolist(), part.labels.tolist(), strict=True)
    }


#: Texts that say the same, and how they are read.
SAME = [
    (HEADER + ROWS, {}),
    (ROWS, {}),
    ("\ufeff" + HEADER + ROWS, {}),
    ((HEADER + ROWS).replace(",", ";"), {}),
    ((HEADER + ROWS).replace(",", "\t"), {}),
    ((HEADER + ROWS).replace("\n", "\r\n"), {}),
    ((HEADER + ROWS).replace(",", " , "), {}),
    (HEADER + "\n" + ROWS + "\n\n", {}),
    ("".join(f'"{c}",{a},{b}\n' for a, b, c in (r.split(",") for r in ROWS.split())),
     {"label": "first"}),
    ("".join(f"{a},{c},{b}\n" for a, b, c in (r.split(",") for r in (HEADER + ROWS).split())),
     {"label": "kind"}),
    ("".join(f"{a},{c},{b}\n" for a, b, c in (r.split(",") for r in ROWS.split())),
     {"label": "2"}),
    ("".join(f"{c},{a},{b}\n" for a, b, c in (r.split(",") for r in
                                              (HEADER.replace("kind", "Label") + ROWS).split())),
     {}),
    ("1,2,3\n" + ROWS, {"header": True}),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SAME)))
def test_a_table_is_read_however_it_is_written(number: int, tmp_path: Path) -> None:
    text, options = SAME[number]
    expected = _all(_write(tmp_path, HEADER + ROWS, "plain.csv"))
    assert len(expected) == 8
    assert set(expected.values()) == {"a", "b"}
    assert _all(_write(tmp_path, text), **options) == expected


def test_integers_are_classes_in_their_order(tmp_path: Path) -> None:
    rows = "".join(f"{n},{n * n},{(2, 10, -1)[n % 3]}\n" for n in range(9))
    assert read(_write(tmp_path, rows)).classes == ("-1", "2", "10")
    assert read(_write(tmp_path, rows.replace(",2\n", ",2.0\n"))).classes == ("-1", "2", "10")
    # A zero in front is part of a name.
    assert read(_write(tmp_path, rows.replace(",2\n", ",02\n"))).classes == ("-1", "02", "10")


def _cell(line: int, column: int, text: str) -> str:
    rows = (HEADER + ROWS).splitlines()
    cells = rows[line - 1].split(",")
    cells[column - 1] = text
    rows[line - 1] = ",".join(cells)
    return "\n".join(rows)


#: Text, options, and what the message must say after the name of the file.
REFUSED = [
    ("", {}, "is empty; give a row for each sample"),
    ("\n \n", {}, "is empty; give a row for each sample"),
    (HEADER, {}, "has names of columns, but no sample; give a row for each"),
    (_cell(4, 2, ""), {}, r"row 4, column 2 \('width'\) is empty, a missing value; remove the row"),
    (_cell(4, 2, "NA"), {}, r"row 4, column 2 \('width'\) is 'NA', a missing value"),
    (_cell(4, 1, "NaN"), {}, r"row 4, column 1 \('length'\) is 'NaN', a missing value"),
    (_cell(4, 1, "null"), {}, r"row 4, column 1 \('length'\) is 'null', a missing value"),
    (_cell(9, 1, "inf"), {}, r"row 9, column 1 \('length'\) is 'inf'; remove the row"),
    (_cell(9, 1, "-Infinity"), {}, r"row 9, column 1 \('length'\) is '-Infinity'; remove"),
    (_cell(5, 2, "tall"), {}, r"row 5, column 2 \('width'\) is 'tall', which is no number; write"),
    (_cell(5, 2, "1_0"), {}, r"row 5, column 2 \('width'\) is '1_0', which is no number"),
    (_cell(5, 3, ""), {}, r"row 5, column 3 \('kind'\) has no label \(empty\); remove the row"),
    (_cell(5, 3, "NA"), {}, r"row 5, column 3 \('kind'\) has no label \('NA'\)"),
    (_cell(5, 2, "1,5"), {}, "row 5 has 4 cells, but row 1 has 3; give each row the same"),
    (_cell(1, 2, "length"), {}, "has several columns called 'length'; rename all but one"),
    (_cell(1, 1, ""), {}, "has no name for column 1; name it, or leave it out if it numbers"),
    (_cell(1, 1, "2010"), {}, "row 1, column 2 is 'width', which is no number; if this row has "),
    (ROWS.replace("1,30", "NA,30", 1), {}, "row 1, column 1 is 'NA', a missing value"),
    ("".join(f"{n},{n / 10}\n" for n in range(1, 9)), {}, "row 1, column 2 has the label 0.1, "
     "which is no class: labels are integers or words"),
    (HEADER + ROWS, {"label": "length"}, r"row 2, column 3 \('kind'\) is 'b', which is no number; "
     "if this column has the labels, give --label kind"),
    (HEADER + ROWS, {"label": "colour"}, "has no column 'colour'; choose of: length, width, kind"),
    (HEADER + ROWS, {"label": "0"}, "has no column '0'; choose of"),
    (ROWS, {"label": "4"}, "has no column '4'; it has no row of names; give --label first, last"),
    ("a\n1\n2\n", {}, "has one column; give one for the labels and others for the sample"),
    ('1,"2\n', {}, "row 1 is no CSV: .*; correct it"),
    (ROWS.replace(",b", ",a"), {}, "has samples of class 'a' only; give samples of two classes"),
    (ROWS + "9,9,c\n9,8,c\n", {}, "has 2 samples of class 'c', but training, validation and test "
     "need one each; give 3 or more of each class, or leave the class out"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(REFUSED)))
def test_what_is_wrong_is_said_by_row_and_column(number: int, tmp_path: Path) -> None:
    text, options, message = REFUSED[number]
    path = _write(tmp_path, text)
    with pytest.raises(DataError, match=f"^'{path}' ({message})"):
        read(Source(path, **options))


def test_a_column_that_numbers_the_rows_is_told(tmp_path: Path) -> None:
    rows = [f"{n + 100},{n * n},{'ab'[n % 2]}" for n in range(20)]
    text = "\n".join(["id,size,kind", *rows])
    with pytest.warns(DataWarning, match=r"row 2, column 1 \('id'\) and all below it only number"):
        read(_write(tmp_path, text))
    # Behind the label, too.
    turned = "\n".join(",".join(row.split(",")[::-1]) for row in text.splitlines())
    with pytest.warns(DataWarning, match=r"row 2, column 3 \('id'\) and all below it"):
        read(Source(_write(tmp_path, turned), label="kind"))


def test_rows_are_those_of_the_file(tmp_path: Path) -> None:
    text = HEADER + '\n"1\n",2,a\n\n3,x,a\n'
    with pytest.raises(DataError, match=r"row 6, column 2 \('width'\) is 'x'"):
        read(_write(tmp_path, text))


def test_a_decimal_comma_is_no_column(tmp_path: Path) -> None:
    for text in ("1,5;2,5;a\n" * 20, "0,5;0\n1,5;1\n" * 20):
        with pytest.raises(DataError, match=r"column 1 .* '[01],5'"):
            read(Source(_write(tmp_path, text)))


def test_other_encodings_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "my.csv"
    path.write_bytes("größe,label\n".encode("latin-1"))
    with pytest.raises(DataError, match=r"is no text in UTF-8 \(byte 2\); save it as CSV in UTF-8"):
        read(str(path))


def test_bytes_in_a_table_stay_as_they_are(tmp_path: Path) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (30, 9))
    rows = "".join(f"{n % 3},{','.join(map(str, row))}\n" for n, row in enumerate(pixels.tolist()))
    found = read(Source(_write(tmp_path, rows), label="first"))
    samples = np.concatenate([part.samples for part in found.parts.values()])
    assert sorted(samples.tolist()) == sorted(pixels.tolist())
    assert found.preparation.offset == ()


def test_a_table_may_keep_its_order(tmp_path: Path) -> None:
    found = read(Source(_write(tmp_path, ROWS), keep_order=True))
    assert [len(part) for part in found.parts.values()] == [6, 1, 1]
    assert found.train.samples[:, 0].tolist() == sorted(found.train.samples[:, 0].tolist())
    # Then no class needs a sample in each part.
    assert read(Source(_write(tmp_path, ROWS + "200,200,c\n"), keep_order=True)).classes[2] == "c"
