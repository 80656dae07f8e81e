"""Weights as a C header, for a program that runs the network or loads a device with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from erbium.golden.config import Config
from erbium.hw.verilog.header import LICENCE
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.train.c_preparation import c_preparation

#: Numbers in a line.
COLUMNS = 16


def c_header(
    config: Config,
    weights: Sequence[np.ndarray],
    packed: Sequence[int],
    preparation: Preparation | None = None,
) -> str:
    """Return the header; it is C99, and C++.

    Parameters
    ----------
    config : Config
    weights : list of int array [sources, targets]
    packed : list of int
        The same as words of the weight memory, each one number.
    preparation : Preparation, optional
        How a row of numbers becomes intensities.
    """
    name = config.name.replace("-", "_").lower()
    macro, kind = name.upper(), "int8_t" if config.weight_bits <= 8 else "int16_t"
    size = -(-config.lanes * config.weight_bits // 8)
    lines = [
        f"/* Weights of {config.name}, made by Erbium; SPDX-License-Identifier: {LICENCE}",
        f"   results {config.sha256} */",
        f"#ifndef {macro}_WEIGHTS_H",
        f"#define {macro}_WEIGHTS_H",
        "#include <stdint.h>",
        "",
        f"#define {macro}_LAYERS {len(weights)} /* layers of neurons */",
        f"#define {macro}_LANES {config.lanes}",
        f"#define {macro}_WEIGHT_BITS {config.weight_bits}",
        f"#define {macro}_WEIGHT_DEPTH {len(packed)} /* words of the weight memory */",
        f"#define {macro}_WORD_BYTES {size}",
    ]
    for index, matrix in enumerate(weights):
        sources, targets = matrix.shape
        lines += ["", f"/* Layer {index}: [source][target]. */",
                  f"static const {kind} {name}_weights_{index}[{sources}][{targets}] = {{",
                  *_rows(matrix.tolist()), "};"]  # fmt: skip
    words = [list(word.to_bytes(size, "little")) for word in packed]
    lines += ["", "/* The weight memory, address 0 first: words of bytes, the lowest first. */",
              f"static const uint8_t {name}_words[{len(packed)}][{size}] = {{",
              *_rows(words), "};"]  # fmt: skip
    if preparation is not None:
        lines += c_preparation(preparation, name)
    lines += ["", "#endif", ""]
    return "\n".join(lines)


def _rows(rows: Sequence[Sequence[int]]) -> Iterator[str]:
    """Yield the lines of the rows of an array."""
    for row in rows:
        parts = [row[at : at + COLUMNS] for at in range(0, len(row), COLUMNS)]
        text = ",\n     ".join(", ".join(map(str, part)) for part in parts)
        yield f"    {{{text}}},"
