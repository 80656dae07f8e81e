"""Samples as bytes: every sample comes back as it was, and is short if it is dark."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from erbium.golden.layout import Layout
from erbium.golden.presets import preset
from erbium.golden.validate import DataError
from erbium.scripts.device.encoding import encode, encode_events, encode_intensities, split

TINY = preset("tiny")


def intensities(data: bytes) -> Iterator[int]:
    """Decode, as the design says it."""
    rest = iter(data)
    for byte in rest:
        yield from [byte] if byte else [0] * next(rest)


def events(data: bytes) -> list[list[int]]:
    """Decode, as the design says it."""
    ticks, tick, last = [], [], -1
    for byte in data:
        if byte == 0:
            ticks.append(tick)
            tick, last = [], -1
        elif byte == 255:
            last += 254
        else:
            last += byte
            tick.append(last)
    assert not tick
    return ticks


@given(st.lists(st.one_of(st.just(0), st.integers(0, 255)), min_size=1, max_size=900))
def test_intensities_come_back(values: list[int]) -> None:
    assert list(intensities(encode_intensities(np.array(values, dtype=np.uint8)))) == values


@pytest.mark.parametrize("dark", [1, 2, 254, 255, 256, 510, 511, 784])
def test_runs_of_dark_inputs_are_short(dark: int) -> None:
    data = encode_intensities(np.zeros(dark, dtype=np.uint8))
    assert len(data) == 2 * -(-dark // 255)
    assert list(intensities(data)) == [0] * dark


@given(st.lists(st.lists(st.integers(0, 65535), unique=True, max_size=20).map(sorted), max_size=9))
def test_events_come_back(ticks: list[list[int]]) -> None:
    assert events(encode_events(ticks)) == ticks


@pytest.mark.parametrize("source", [0, 253, 254, 255, 507, 508, 509, 65535])
def test_far_events_skip(source: int) -> None:
    assert events(encode_events([[source]])) == [[source]]


def test_the_machine_decides_what_a_sample_is() -> None:
    layout = Layout(TINY)
    assert encode(layout, [0] * 11 + [7]) == bytes((0, 11, 7))
    with pytest.raises(DataError, match="12 intensities"):
        encode(layout, [0] * 11)
    with pytest.raises(DataError, match="0 to 255, not 256"):
        encode(layout, [256] * 12)
    layout = Layout(TINY.replace(encoder="events", ticks=3))
    assert encode(layout, [[0, 11], [], [3]]) == bytes((1, 11, 0, 0, 4, 0))
    with pytest.raises(DataError, match="must be an input from 0 to 11"):
        encode(layout, [[12], [], []])


@given(st.binary(min_size=1, max_size=40), st.integers(1, 9), st.integers(1, 9))
def test_pieces_make_the_whole(data: bytes, most: int, end: int) -> None:
    pieces = split(data, most, end)
    assert b"".join(pieces) == data
    assert all(1 <= len(piece) <= most for piece in pieces[:-1])
    assert 1 <= len(pieces[-1]) <= end
