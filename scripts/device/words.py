"""Weights as the bytes of the weight window: words of all lanes, the first lane lowest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from erbium.golden.layout import Layout
from erbium.golden.link.identity import word_bytes


def to_bytes(layout: Layout, weights: Sequence[np.ndarray]) -> bytes:
    """Return the words of weights [sources, targets] per layer, one after another.

    Raises
    ------
    DataError
        If they do not fit the machine.
    """
    bits = layout.config.weight_bits
    words = layout.pack(weights)
    ones = (words[:, :, None] >> np.arange(bits) & 1).astype(np.uint8)
    rows = np.packbits(ones.reshape(len(words), -1), axis=1, bitorder="little")
    return rows.tobytes()


def from_bytes(layout: Layout, data: bytes) -> list[np.ndarray]:
    """Undo `to_bytes`."""
    config = layout.config
    rows = np.frombuffer(data, dtype=np.uint8).reshape(layout.weight_depth, word_bytes(config))
    ones = np.unpackbits(
        rows, axis=1, count=config.lanes * config.weight_bits, bitorder="little"
    ).reshape(layout.weight_depth, config.lanes, config.weight_bits)
    places = 1 << np.arange(config.weight_bits, dtype=np.int64)
    places[-1] = -places[-1]
    return layout.unpack(ones.astype(np.int64) @ places)
