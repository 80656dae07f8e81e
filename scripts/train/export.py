"""Export: what a training has learned, in the forms that other programs read.

All forms hold the same weights. A *word* is what ``i_access`` takes: a weight for each lane of a
group, lane 0 lowest, in the order of addresses; `golden.layout` says which weight lies where.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from erbium.golden.config import Config
from erbium.golden.config_file import SUFFIX, dump, label
from erbium.golden.fixed import wrap
from erbium.golden.layout import Layout
from erbium.golden.words import address_bits
from erbium.hw.verilog.header import LICENCE
from erbium.scripts.common.files import replacing, write_text
from erbium.scripts.data.preparation import Preparation
from erbium.scripts.train.c_header import c_header

__all__ = ["export"]


def export(
    config: Config,
    weights: Sequence[np.ndarray],
    folder: Path,
    preparation: Preparation | None = None,
) -> dict[str, object]:
    """Write weights to a folder, in every form, and the configuration beside them.

    Parameters
    ----------
    config : Config
        The machine; words have as many weights as it has lanes.
    weights : list of int array [sources, targets]
    folder : Path
        Made if necessary.
    preparation : Preparation, optional
        How rows of numbers become intensities, if they are not: goes into a file of its own, the
        ``npz`` and the C header.

    Returns
    -------
    dict
        Name of each file: of the configuration, the matrices (``npz``), the words, the payloads of
        ``i_access``, the C header, and, for a machine with block RAM, what each of its memories
        holds, by the memory's name in Verilog; all of them again as a list, ``files``.

    Raises
    ------
    DataError
        If the weights do not fit the configuration.
    """
    layout = Layout(config)
    words = layout.pack(weights)
    packed = [_packed(row, config.weight_bits) for row in words.tolist()]
    # A preset that was changed needs a name of its own to be read back.
    named = config if label(config) == config.name else config.replace(name=label(config))
    texts = {
        "config_file": (f"{named.name}{SUFFIX}", dump(named)),
        "words": ("weights.mem", _memory(_about_words(config), packed, _word_bits(config))),
        "access": ("i_access.mem", _access(config, packed)),
        "header": ("weights.h", c_header(config, weights, packed, preparation)),
    }
    if preparation is not None:
        text = json.dumps(preparation.as_dict(), indent=2)
        texts["preparation"] = ("preparation.json", f"{text}\n")
    found: dict[str, object] = {"folder": str(folder)}
    for form, (name, text) in texts.items():
        write_text(folder / name, text)
        found[form] = str(folder / name)
    _write_npz(folder / "weights.npz", weights, preparation)
    found["npz"] = str(folder / "weights.npz")
    memories = {}
    for memory, text in _memories(config, words):
        path = folder / "memories" / f"{memory}.mem"
        write_text(path, text)
        memories[f"datapath.weight_memory.{memory}.words"] = str(path)
    single = [value for form, value in found.items() if form != "folder"]
    return found | {"memories": memories, "files": [*single, *memories.values()]}


def _write_npz(path: Path, weights: Sequence[np.ndarray], preparation: Preparation | None) -> None:
    """Write the matrices under the names that checkpoints give them, and what prepares samples."""
    content = io.BytesIO()
    arrays = {f"weights_{index}": matrix for index, matrix in enumerate(weights)}
    if preparation is not None:
        arrays |= {name: np.array(value) for name, value in preparation.as_dict().items()}
    np.savez_compressed(content, **arrays)
    with replacing(path) as temporary:
        temporary.write_bytes(content.getvalue())


def _word_bits(config: Config) -> int:
    return config.lanes * config.weight_bits


def _packed(row: list[int], bits: int) -> int:
    """Return a word as one number, lane 0 lowest."""
    return sum(wrap(weight, bits) << bits * lane for lane, weight in enumerate(row))


def _memory(about: Sequence[str], words: Sequence[int], bits: int) -> str:
    """Return a file that Verilog's ``$readmemh`` reads: a word in each line, address 0 first."""
    digits = -(-bits // 4)
    lines = [*(f"// {line}".rstrip() for line in about), *(f"{word:0{digits}x}" for word in words)]
    return "\n".join([*lines, ""])


def _about(config: Config, *lines: str) -> list[str]:
    return [
        f"Weights of {config.name}, made by Erbium; SPDX-License-Identifier: {LICENCE}",
        f"results {config.sha256}, {config.lanes} lanes of {config.weight_bits} bits",
        *lines,
    ]


def _about_words(config: Config) -> list[str]:
    layers = Layout(config).layers
    places = [
        f"layer {y.index}: the weights of source s to targets {config.lanes} g to "
        f"{config.lanes} g + {config.lanes - 1} are at {y.weight_base} + {y.sources} g + s, "
        f"s below {y.sources}, g below {y.groups}"
        for y in layers
    ]
    return _about(config, "A line is a word, the data of i_access: address 0 first, and in a word",
                  "lane 0 lowest; two's complement; lanes beyond the last target are 0.",
                  *places)  # fmt: skip


def _access(config: Config, packed: Sequence[int]) -> str:
    """Return the payloads of ``i_access`` that write all words: data lowest, address, write."""
    data, address = _word_bits(config), address_bits(len(packed))
    payloads = [word | at << data | 1 << data + address for at, word in enumerate(packed)]
    about = _about(
        config,
        "A line is a payload of i_access that writes a word:",
        f"write [{data + address}] = 1, address [{data + address - 1}:{data}], data [{data - 1}:0]",
    )
    return _memory(about, payloads, data + address + 1)


def _memories(config: Config, words: np.ndarray) -> Iterator[tuple[str, str]]:
    """Yield name and contents of each block RAM with weights; single-port RAM takes none."""
    if config.memory == "spram":
        return
    for lane in range(config.lanes):
        first = 0
        for number, bits in enumerate(Layout(config).weight_slices):
            part = wrap(words[:, lane] >> first, bits).tolist()
            name = f"lane_{lane}_{number}"
            holds = f"holds: bits {first} to {first + bits - 1} of lane {lane}."
            about = _about(config, f"What the memory datapath.weight_memory.{name}.words {holds}")
            first += bits
            yield name, _memory(about, part, bits)
