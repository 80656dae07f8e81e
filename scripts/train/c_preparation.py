"""Preparation as a part of a C header: constants, and a function that applies them to a row."""

from __future__ import annotations

import json
from collections.abc import Sequence

from erbium.scripts.data.preparation import Preparation


def c_preparation(preparation: Preparation, name: str) -> list[str]:
    """Return the lines; the function does to a row what `Preparation.apply` does, bit for bit.

    Parameters
    ----------
    preparation : Preparation
    name : str
        How the names of everything in the header begin.
    """
    macro, columns = name.upper(), preparation.columns
    lines = [
        "",
        "/* How a row of numbers becomes the intensities of a sample. */",
        "#include <math.h>",
        f"#define {macro}_COLUMNS {columns} /* numbers in a row */",
        f"#define {macro}_INPUTS {preparation.inputs} /* intensities in a sample */",
    ]
    if preparation.classes:
        names = ", ".join(map(_text, preparation.classes))
        lines.append(f"static const char *const {name}_classes[] = {{{names}}};")
    if preparation.scale:
        lines += [_array(name, "offset", preparation.offset),
                  _array(name, "scale", preparation.scale)]  # fmt: skip
        value = f"255 * (row[i] - {name}_offset[i]) / {name}_scale[i]"
        value = f"{name}_scale[i] ? rint({value}) : 0"
    else:
        value = "row[i]"
    lines += [
        "",
        f"static inline void {name}_prepare(const double row[{columns}],",
        f"                                  uint8_t sample[{preparation.inputs}]) {{",
        f"    for (int i = 0; i < {columns}; i++) {{",
        f"        double value = {value};",
        "        sample[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);",
        *([f"        sample[{columns} + i] = 255 - sample[i];"] if preparation.pairs else []),
        "    }",
        *([f"    sample[{preparation.inputs - 1}] = 255;"] if preparation.bias else []),
        "}",
    ]
    return lines


def _array(name: str, what: str, values: Sequence[float]) -> str:
    # The shortest text that is read as the same number.
    numbers = ",\n     ".join(map(repr, values))
    return f"static const double {name}_{what}[{len(values)}] =\n    {{{numbers}}};"


def _text(text: str) -> str:
    """Return a text as C writes it: bytes of UTF-8, none of which means more than itself."""
    plain = json.dumps(text, ensure_ascii=False)
    if text.isascii() and text.isprintable() and "?" not in text:
        return plain
    return '"' + "".join(f"\\{byte:03o}" for byte in text.encode()) + '"'
