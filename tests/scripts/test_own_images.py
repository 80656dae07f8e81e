"""Folders of images by class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from erbium.golden.validate import DataError
from erbium.scripts.data.source import Source, read

CLASSES = ("cat", "dog")


def _fill(folder: Path, count: int = 6, first: int = 0) -> list[list[int]]:
    """Write grey images of 3 x 4 pixels for each class; return their pixels."""
    found = []
    for number, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for image in range(count):
            pixels = np.full((3, 4), 10 * image + number, np.uint8)
            pixels[0, 0], pixels[2, 3] = 0, 255 - first
            Image.fromarray(pixels).save(folder / name / f"{image}.png")
            found.append(pixels.ravel().tolist())
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    _fill(tmp_path / "pets")
    return tmp_path / "pets"


def test_folders_are_classes_and_pixels_bytes(tmp_path: Path) -> None:
    pixels = _fill(tmp_path / "pets")
    (tmp_path / "pets" / ".DS_Store").write_text("")
    (tmp_path / "pets" / "cat" / "Thumbs.db").write_text("")
    found = read(str(tmp_path / "pets"))
    assert (found.classes, found.train.image) == (CLASSES, (3, 4))
    assert [len(part) for part in found.parts.values()] == [8, 2, 2]
    samples = np.concatenate([part.samples for part in found.parts.values()])
    assert sorted(samples.tolist()) == sorted(pixels)
    for part in found.parts.values():
        assert (part.samples[:, 1] % 10).tolist() == part.labels.tolist()


def test_train_and_test_may_be_told_apart(tmp_path: Path) -> None:
    _fill(tmp_path / "pets" / "train")
    held_out = _fill(tmp_path / "pets" / "test", 2, first=5)
    found = read(str(tmp_path / "pets"))
    assert [len(part) for part in found.parts.values()] == [10, 2, 4]
    assert found.test.samples.tolist() == held_out
    (tmp_path / "pets" / "test" / "dog").rename(tmp_path / "pets" / "test" / "bird")
    with pytest.raises(DataError, match="have the label 'bird', which is none of the classes"):
        read(str(tmp_path / "pets"))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA"])
def test_colours_become_grey(folder: Path, mode: str) -> None:
    before = read(str(folder))
    for path in folder.rglob("*.png"):
        pixels = np.asarray(Image.open(path))
        image = Image.fromarray(255 * (pixels > 100).astype(np.uint8))
        image.save(path)
    plain = read(str(folder))
    assert plain.sha256 != before.sha256
    for path in folder.rglob("*.png"):
        Image.open(path).convert(mode).save(path)
    assert read(str(folder)).sha256 == plain.sha256


def _sixteen(path: Path) -> None:
    Image.fromarray(np.full((3, 4), 1000, np.uint16)).save(path)


def _transparent(path: Path) -> None:
    Image.new("RGBA", (4, 3), (1, 2, 3, 0)).save(path)


def _larger(path: Path) -> None:
    Image.new("L", (5, 3)).save(path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:40])


def _text(path: Path) -> None:
    path.rename(path.with_suffix(".txt"))


def _gone(path: Path) -> None:
    for one in path.parent.iterdir():
        one.unlink()


def _deeper(path: Path) -> None:
    (path.parent / "more").mkdir()


def _outside(path: Path) -> None:
    path.rename(path.parents[1] / path.name)


#: What is done to dog/2.png, and the message.
REFUSED = [
    (_sixteen, "'{}/dog/2.png' has more than 8 bits a pixel; write it with 8"),
    (_transparent, "'{}/dog/2.png' has transparent pixels, which have no grey; put it on a back"),
    (_larger, "'{}/cat/0.png' has 3 x 4 pixels, but '{}/dog/2.png' has 3 x 5; give all images"),
    (_cut, "'{}/dog/2.png' is no image or damaged"),
    (_text, "'{}/dog/2.txt' is no image (.png, .bmp, .jpg, .jpeg); remove it"),
    (_gone, "'{}/dog' has no image; put those of its class there, or remove it"),
    (_deeper, "'{}/dog/more' is a folder in the folder of a class; put images there"),
    (_outside, "'{}/2.png' is in no folder of a class; put the images of each class into"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_wrong_names_the_file(
    folder: Path, change: Callable[[Path], None], message: str
) -> None:
    change(folder / "dog" / "2.png")
    with pytest.raises(DataError) as refused:
        read(str(folder))
    assert message.replace("{}", str(folder)) in str(refused.value)


def test_images_alone_are_no_classes(tmp_path: Path) -> None:
    Image.new("L", (4, 3)).save(tmp_path / "0.png")
    with pytest.raises(DataError, match=r"0\.png' is in no folder of a class"):
        read(str(tmp_path))


def test_a_class_with_too_few_images_is_named(tmp_path: Path) -> None:
    _fill(tmp_path / "pets", 2)
    with pytest.raises(DataError, match="has 2 samples of class 'cat', but training, validation"):
        read(Source(str(tmp_path / "pets")))
