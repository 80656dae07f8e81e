"""The tables of docs/registers.md; `python -m erbium.scripts.registers.table` writes them anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from erbium.golden.link.description import Register, RegisterMap
from erbium.golden.link.registers import register_map
from erbium.golden.presets import preset
from erbium.scripts.common.files import write_text

#: Where the manual stands, seen from the folder of the repository.
MANUAL = Path("docs", "registers.md")

#: Lines between which a table stands.
BEGIN, END = "<!-- {name}: made by scripts/registers/table.py -->", "<!-- end -->"


def tables(registers: RegisterMap) -> dict[str, str]:
    """Return the tables of a map by their names: registers, and the fields of those that have any.
    Values of constants are left out, since they are those of an instance.
    """
    constants = [r for r in registers if r.constant]
    others = [r for r in registers if not r.constant]
    return {"constants": _registers(constants), "registers": _registers(others)} | {
        "fields": _fields(r for r in registers if r.fields)
    }


def _registers(registers: Iterable[Register]) -> str:
    rows = ["| address | name | bytes | access | after reset | meaning |", "|" + " --- |" * 6]
    for r in registers:
        size = f"{r.count} x {r.bytes}" if r.count > 1 else str(r.bytes)
        kind = f"{r.access}, port" if r.port else r.access
        known = r.reads and not r.constant and not r.port
        reset = f"{r.reset[0]:#x}" if known and not r.name.startswith("RANDOM") else "-"
        size = "2 for each class" if r.name == "COUNTS" else size
        rows.append(f"| {r.address:#06x} | `{r.name}` | {size} | {kind} | {reset} | {r.text} |")
    return "\n".join(rows)


def _fields(registers: Iterable[Register]) -> str:
    rows = ["| register | bits | field | meaning |", "|" + " --- |" * 4]
    for r in registers:
        for f in r.fields:
            bits = str(f.low) if f.bits == 1 else f"{f.low} to {f.low + f.bits - 1}"
            values = ", ".join(f"{number} {name}" for number, name in enumerate(f.values))
            text = f"{f.text}: {values}" if values else f.text
            rows.append(f"| `{r.name}` | {bits} | `{f.name}` | {text} |")
    return "\n".join(rows)


def renewed(text: str) -> str:
    """Return the manual with all of its tables made anew.

    Raises
    ------
    ValueError
        If a table has lost its place.
    """
    config = preset("digits").replace(counters=True)
    for name, table in tables(register_map(config, clock_hz=1, baud=1)).items():
        begin = BEGIN.format(name=name)
        before, found, rest = text.partition(begin)
        _, ended, after = rest.partition(END)
        if not found or not ended:
            raise ValueError(f"{MANUAL} has no lines {begin!r} and {END!r}")
        text = f"{before}{begin}\n\n{table}\n\n{END}{after}"
    return text


if __name__ == "__main__":
    write_text(MANUAL, renewed(MANUAL.read_text(encoding="utf-8")))
