"""Data sets by name: which checksum belongs to which file."""

from __future__ import annotations

import pytest

from erbium.scripts.data import idx
from erbium.scripts.data.fetch import SOURCES

#: As `sha256sum` prints them for the files as they are published. Images and labels, and the parts
#: to learn from and to test with, have the same form: nothing else would tell them apart.
SUMS = {
    "mnist": """
440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609  train-images-idx3-ubyte.gz
3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c  train-labels-idx1-ubyte.gz
8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6  t10k-images-idx3-ubyte.gz
f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6  t10k-labels-idx1-ubyte.gz
""",
    "fashion-mnist": """
3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84  train-images-idx3-ubyte.gz
a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845  train-labels-idx1-ubyte.gz
346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073  t10k-images-idx3-ubyte.gz
67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5  t10k-labels-idx1-ubyte.gz
""",
}


@pytest.mark.parametrize("name", SUMS)
def test_each_file_has_its_own_checksum(name: str) -> None:
    pairs = (line.split() for line in SUMS[name].strip().splitlines())
    assert dict(SOURCES[name].sha256) == {file: checksum for checksum, file in pairs}


def test_all_sources_are_on_record() -> None:
    assert set(SUMS) == set(SOURCES)


@pytest.mark.parametrize(
    ("part", "kind", "name"),
    [
        ("train", "images", "train-images-idx3-ubyte"),
        ("train", "labels", "train-labels-idx1-ubyte"),
        ("test", "images", "t10k-images-idx3-ubyte"),
        ("test", "labels", "t10k-labels-idx1-ubyte"),
    ],
)
def test_files_are_named_as_mnists_are(part: str, kind: str, name: str) -> None:
    assert idx.name(part, kind) == name
