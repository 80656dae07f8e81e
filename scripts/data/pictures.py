"""Folders of images: a folder for each class, and perhaps ``train`` and ``test`` around them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from erbium.golden.validate import DataError
from erbium.scripts.data import raw
from erbium.scripts.data.raw import Raw

#: How the names of images end.
SUFFIXES = (".png", ".bmp", ".jpg", ".jpeg")

#: Files that systems leave in folders.
LEFT_BEHIND = ("thumbs.db", "desktop.ini")

PARTS = {"train", "test"}

#: An image: its file, its class, its pixels.
Picture = tuple[Path, str, np.ndarray]


def holds_pictures(folder: Path) -> bool:
    """Return whether a folder has folders, or images that should be in some."""
    return bool(_folders(folder)) or any(path.suffix.lower() in SUFFIXES for path in _files(folder))


def read(folder: Path) -> Raw:
    """Return the images of a folder, with the names of their folders as labels.

    Raises
    ------
    DataError
        If an image is damaged, has colours that do not make a grey, or another size than the
        others; or if a folder has none.
    """
    parts = {path.name for path in _folders(folder)}
    if parts == PARTS and all(map(_folders, (folder / "train", folder / "test"))):
        train, test = (_part(folder / part) for part in ("train", "test"))
        _check_sizes([*train, *test])
        return raw.from_arrays(str(folder), *_arrays(train), *_arrays(test))
    found = _part(folder)
    _check_sizes(found)
    return raw.from_arrays(str(folder), *_arrays(found))


def _arrays(images: list[Picture]) -> tuple[np.ndarray, list[str]]:
    return np.stack([pixels for _, _, pixels in images]), [name for _, name, _ in images]


def _part(folder: Path) -> list[Picture]:
    for path in _files(folder):
        if path.suffix.lower() in SUFFIXES:
            raise DataError(
                f"'{path}' is in no folder of a class; put the images of each class into a folder "
                "that is called like the class"
            )
    return [image for inner in _folders(folder) for image in _class(inner)]


def _class(folder: Path) -> Iterator[Picture]:
    for path in _folders(folder):
        raise DataError(
            f"'{path}' is a folder in the folder of a class; put images there, and only "
            "train and test around the folders of classes"
        )
    files = _files(folder)
    if not files:
        raise DataError(f"'{folder}' has no image; put those of its class there, or remove it")
    for path in files:
        if path.suffix.lower() not in SUFFIXES:
            raise DataError(
                f"'{path}' is no image ({', '.join(SUFFIXES)}); remove it, or write it as PNG"
            )
        yield path, folder.name, _pixels(path)


def _pixels(path: Path) -> np.ndarray:
    """Return the grey values [rows, columns] of an image as it is seen, 0 for black."""
    # Imported here: most data are no images.
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            if image.mode.startswith(("I", "F")):
                # Pillow would clip these to 255 instead of scaling them.
                raise DataError(f"'{path}' has more than 8 bits a pixel; write it with 8")
            if _is_transparent(image):
                raise DataError(
                    f"'{path}' has transparent pixels, which have no grey; put it on a background"
                )
            # Cameras write an image as it lies on the sensor, and beside it how to turn it.
            return np.asarray(ImageOps.exif_transpose(image).convert("L"))
    except DataError:
        raise
    except Exception as error:
        # A damaged image can raise nearly anything, and nothing but its bytes is involved.
        raise DataError(
            f"'{path}' is no image or damaged ({type(error).__name__}); write it again"
        ) from error


def _is_transparent(image: object) -> bool:
    if not image.has_transparency_data:
        return False
    return image.convert("RGBA").getchannel("A").getextrema()[0] < 255


def _check_sizes(images: list[Picture]) -> None:
    first, _, one = images[0]
    for path, _, pixels in images:
        if pixels.shape != one.shape:
            (rows, columns), (other_rows, other_columns) = one.shape, pixels.shape
            raise DataError(
                f"'{first}' has {rows} x {columns} pixels, but '{path}' has {other_rows} x "
                f"{other_columns}; give all images the same size"
            )


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir() and _is_meant(path))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and _is_meant(path))


def _is_meant(path: Path) -> bool:
    return not path.name.startswith((".", "__")) and path.name.lower() not in LEFT_BEHIND
