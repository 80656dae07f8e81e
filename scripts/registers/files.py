"""Write the register map in all formats, or in some."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path

from erbium.golden.link.description import RegisterMap
from erbium.scripts.common.files import write_text
from erbium.scripts.registers import peakrdl
from erbium.scripts.registers.svd import svd
from erbium.scripts.registers.systemrdl import map_name, systemrdl

#: All formats.
FORMATS = ("systemrdl", "svd", *peakrdl.EXPORTS)


def write_registers(
    registers: RegisterMap, folder: Path, formats: Collection[str] = FORMATS
) -> dict[str, Path]:
    """Write a map to a folder.

    Parameters
    ----------
    registers : RegisterMap
    folder : Path
    formats : collection of str
        Some of `FORMATS`.

    Returns
    -------
    dict
        File, or folder, of each format.

    Raises
    ------
    MissingExtra
        If a format needs the extra `registers`, and it is not installed.
    """
    name, found = map_name(registers), {}
    source = systemrdl(registers)
    with tempfile.TemporaryDirectory() as temporary:
        # All of it before anything takes the place of what is there.
        draft = Path(temporary, f"{name}.rdl")
        draft.write_text(source, encoding="utf-8")
        top = peakrdl.compiled(draft) if set(formats) & set(peakrdl.EXPORTS) else None
        for form, (export, suffix) in peakrdl.EXPORTS.items():
            if form in formats:
                export(top, Path(temporary, name + suffix))
        folder.mkdir(parents=True, exist_ok=True)
        for form, (_, suffix) in peakrdl.EXPORTS.items():
            if form in formats:
                found[form] = folder / (name + suffix)
                _place(Path(temporary, name + suffix), found[form])
    for form, suffix, text in (
        ("systemrdl", ".rdl", lambda: source),
        ("svd", ".svd", lambda: svd(registers)),
    ):
        if form in formats:
            found[form] = folder / (name + suffix)
            write_text(found[form], text())
    return {form: found[form] for form in FORMATS if form in found}


def _place(made: Path, target: Path) -> None:
    if made.is_dir():
        shutil.copytree(made, target, dirs_exist_ok=True)
    else:
        write_text(target, made.read_text(encoding="utf-8"))
