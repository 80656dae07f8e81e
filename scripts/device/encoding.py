"""Samples as the bytes that the link takes: short, since most inputs of a sample are dark.

Intensities: a byte of 1 to 255 is one; a 0 and a byte n stand for n dark inputs. Events: a byte of
1 to 254 is an event that many inputs above the last; 255 skips 254 inputs; 0 ends a tick.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from erbium.golden.layout import Layout
from erbium.golden.validate import check_sample

#: Dark inputs that two bytes stand for.
DARK = re.compile(rb"\0{1,255}")

#: The byte that skips inputs, and how many; it is one more than the largest step of an event.
SKIP, SKIPPED = 255, 254


def encode(layout: Layout, sample: np.ndarray | Sequence[Sequence[int]]) -> bytes:
    """Return a sample as bytes.

    Parameters
    ----------
    layout : Layout
        Of the machine that is to take it.
    sample : int array [inputs], or list of lists of int
        Intensities, or the events of each tick.

    Raises
    ------
    DataError
        If the machine cannot take it.
    """
    check_sample(layout, sample)
    if layout.config.encoder == "events":
        return encode_events(sample)
    return encode_intensities(np.asarray(sample).astype(np.uint8))


def encode_intensities(values: np.ndarray) -> bytes:
    """Return intensities of one byte each, with runs of dark ones made short."""
    return DARK.sub(lambda run: bytes((0, len(run[0]))), values.tobytes())


def encode_events(ticks: Sequence[Sequence[int]]) -> bytes:
    """Return the events of each tick, ascending, as steps from one to the next."""
    found = bytearray()
    for sources in ticks:
        last = -1
        for source in sources:
            skips, rest = divmod(int(source) - last - 1, SKIPPED)
            found += bytes([SKIP]) * skips
            found.append(rest + 1)
            last = int(source)
        found.append(0)
    return bytes(found)


def split(data: bytes, most: int, most_at_the_end: int) -> list[bytes]:
    """Return `data` in pieces: of `most` bytes, and a last one of 1 to `most_at_the_end`."""
    rest = max(0, len(data) - most_at_the_end)
    pieces = [data[first : min(first + most, rest)] for first in range(0, rest, most)]
    return [*pieces, data[rest:]]
