"""docs/verification.md: one section for each campaign, from the figures that it left.

A campaign ``NAME`` leaves ``NAME.json`` in the folder of the report. Its module here says what the
figures mean: ``TITLE``, ``summary(figures)`` for the README, and ``text(figures)`` for its section.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from scripts.results.markdown import rows

Figures = dict[str, Any]

#: In the order of the report: proofs, comparisons, what the comparisons would find, faults.
CAMPAIGNS = (
    "formal", "agree", "epoch", "soak", "mutation", "mutation-python", "functional", "toggle",
    "python-coverage", "upsets",
)  # fmt: skip

INTRODUCTION = """# Verification

What was done to make sure that the circuit is the golden model, learning included, and what came
of it. `make verify-report` writes this text from the figures in [verification/](verification),
which the campaigns leave; each section names the command that runs its campaign again. Every
check has been seen to fail on a fault that was planted on purpose; the tests keep that so.
"""


class ReportError(ValueError):
    """Figures that the report needs are missing; the message says how to make them."""


def found(folder: Path) -> dict[str, Figures]:
    """Return the figures of all campaigns.

    Raises
    ------
    ReportError
        If one is missing or cannot be read; the message says how to make it.
    """
    figures = {}
    for name in CAMPAIGNS:
        path = folder / f"{name}.json"
        try:
            figures[name] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise ReportError(f"'{path}' is missing; run: make {name}") from None
        except ValueError as error:
            raise ReportError(f"'{path}' is damaged ({error}); run: make {name}") from None
    return figures


def document(figures: dict[str, Figures]) -> str:
    """Return the whole text of the report."""
    sections = [
        f"## {_words(name).TITLE}\n\n{_words(name).text(found).strip()}\n"
        for name, found in figures.items()
    ]
    return "\n".join([INTRODUCTION, f"{summary(figures)}\n", *sections])


def summary(figures: dict[str, Figures]) -> str:
    """Return a table with one row for each campaign."""
    lines = [[_words(name).TITLE, _words(name).summary(found)] for name, found in figures.items()]
    return rows(["what", "result"], lines)


def _words(name: str) -> Any:
    return importlib.import_module(f"scripts.verify.{name.replace('-', '_')}")
