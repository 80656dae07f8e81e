"""docs/registers.md has the tables of the map as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from erbium.scripts.registers.table import END, MANUAL, renewed

ROOT = Path(__file__).parents[2]


def test_tables_are_those_of_the_map() -> None:
    text = (ROOT / MANUAL).read_text(encoding="utf-8")
    assert text == renewed(text), "run: python -m erbium.scripts.registers.table"


def test_a_table_without_a_place_is_missed() -> None:
    text = (ROOT / MANUAL).read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="has no lines '<!-- constants"):
        renewed(text.replace(END, ""))
