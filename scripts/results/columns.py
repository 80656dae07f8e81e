"""The columns of a table: what tells the jobs of one network apart."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from erbium.golden.config import ALWAYS_TRANSMITS
from erbium.scripts.results.records import Record
from erbium.scripts.sweep.job import BASELINES

#: Colours of columns that more than one figure shows.
COLOURS = {
    "plain": "#2a6f97", "blank": "#3a7d44", "rbp": "#b4543a", "bp": "#4c566a",
    "plain, margin": "#7b5ea7", "plain, 12 bits": "#c98b2b", "plain, 12 bits, shifted": "#4fa3a5",
}  # fmt: skip

#: Standing columns, in their order, and what they are called.
NAMES = {
    "plain": "this machine",
    "blank": "this machine, blank-out",
    "rbp": "float, random feedback",
    "bp": "float, exact gradient",
}

#: Bits of a weight where no column says so.
USUAL_BITS = 8

#: For all other columns, one after another.
MORE_COLOURS = ("#a44a6f", "#8f9e3c", "#6d8fc4")


def augmented(record: Record) -> dict[str, int]:
    """Return what was done to training samples; records from before there was any say nothing."""
    return record.job.get("augment", {})


def column(record: Record) -> str:
    """Return the column of the table that a job belongs to.

    A word of `NAMES`; behind it, what else tells jobs of this machine apart: bits of a weight,
    whether weights rest from a margin on, or change late in a sample only, and by how many pixels
    images were moved.
    """
    if record.rule != "erbp":
        return record.rule
    config, shift = record.config, augmented(record).get("shift", 0)
    words = ["plain" if config.transmit == ALWAYS_TRANSMITS else "blank"]
    words += [] if config.weight_bits == USUAL_BITS else [f"{config.weight_bits} bits"]
    # Presets with a margin also change weights late.
    late = ["late"] if config.learning_start else []
    words += ["margin"] if config.learning_margin else late
    words += [] if not shift else ["shifted" if shift == 1 else f"shifted by {shift}"]
    return ", ".join(words)


def heading(kind: str) -> str:
    """Return what a column is called."""
    name, comma, more = kind.partition(", ")
    return f"{NAMES[name]}{comma}{more}"


def columns(records: list[Record], always: Iterable[str] = NAMES) -> dict[str, str]:
    """Return the columns of a table and their colours: those that it has anyway, and those that
    something was measured for.

    Those of this machine come before the networks in floating point.
    """
    found = {column(record) for record in records}
    kinds = [kind for kind in NAMES if kind in found or kind in set(always)]
    more = sorted(found - set(NAMES), key=_place)
    machine = [kind for kind in kinds if kind not in BASELINES]
    others = (kind for kind in more if kind not in COLOURS)
    colours = COLOURS | dict(zip(others, itertools.cycle(MORE_COLOURS), strict=False))
    return {kind: colours[kind] for kind in [*machine, *more, *kinds[len(machine) :]]}


def _place(kind: str) -> tuple[int, str]:
    """Order columns by bits, those of a number before those of a larger one."""
    bits = [int(word.split()[0]) for word in kind.split(", ") if word.endswith(" bits")]
    return (*bits, USUAL_BITS)[0], kind
