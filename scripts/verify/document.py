"""docs/verification.md: one section for each campaign, from the figures that it left.

A campaign ``NAME`` leaves ``NAME.json`` in the folder of the report. Its module here says what the
figures mean: ``TITLE``, ``summary(figures)`` for the README, and ``text(figures)`` for its section.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

from erbium.scripts.common.markdown import rows

Figures = dict[str, Any]

#: In the order of the report: proofs, comparisons, what the comparisons would find, faults. Each
#: with the verb of `make` that runs it.
CAMPAIGNS = {
    "formal": "formal-full",
    "agree": "agree",
    "replay": "replay",
    "epoch": "epoch-equal",
    "soak": "soak",
    "mutation": "mutation",
    "mutation-python": "mutation-python",
    "functional": "coverage",
    "toggle": "coverage",
    "python-coverage": "coverage-python",
    "upsets": "upsets",
}

INTRODUCTION = """# Verification

What was done to make sure that the circuit is the golden model, learning included, and what came
of it. `make verify-report` writes this text from the figures in [verification/](verification),
which the campaigns leave; each section ends with the command that runs its campaign again. The
tests plant faults on purpose, and see the checks fail on them. Sources are the first digits of a
hash of all of golden/ and hw/: figures with the same ones are of the same model and circuit.
Benches are those of all of sim/, which chooses configurations and compares.
"""


class ReportError(ValueError):
    """Figures of the report cannot be read; the message says how to make them again."""


def found(folder: Path) -> dict[str, Figures | None]:
    """Return the figures of all campaigns; None of one that has not been run.

    Raises
    ------
    ReportError
        If a file is damaged, or if there is none at all.
    """
    figures: dict[str, Figures | None] = {}
    for name, verb in CAMPAIGNS.items():
        path = folder / f"{name}.json"
        try:
            figures[name] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            figures[name] = None
        except ValueError as error:
            raise ReportError(f"'{path}' is damaged ({error}); run: make {verb}") from None
    if not any(figures.values()):
        raise ReportError(f"there are no figures in '{folder}' yet; run: make formal-full")
    return figures


def document(figures: dict[str, Figures | None]) -> str:
    """Return the whole text of the report."""
    sections = [
        f"## {_words(name).TITLE}\n\n{_section(name, figures[name])}\n\n"
        f"Again: `make {verb}`{_sources(figures[name])}\n"
        for name, verb in CAMPAIGNS.items()
    ]
    return "\n".join([INTRODUCTION, f"{summary(figures)}\n", *sections])


def summary(figures: dict[str, Figures | None]) -> str:
    """Return a table with one row for each campaign."""
    lines = [
        [_words(name).TITLE, "not run yet" if found is None else _words(name).summary(found)]
        for name, found in figures.items()
    ]
    return rows(["what", "result"], lines)


def outdated(figures: dict[str, Figures | None], key: str, now: str) -> dict[str, str]:
    """Return the hashes of campaigns whose "sources" or "benches" are others than `now`."""
    return {name: one[key] for name, one in figures.items() if one and one[key] != now}


def _sources(figures: Figures | None) -> str:
    if figures is None:
        return ""
    return f" (sources `{figures['sources'][:8]}`, benches `{figures['benches'][:8]}`)"


def _section(name: str, figures: Figures | None) -> str:
    return "Not run yet." if figures is None else _words(name).text(figures).strip()


def _words(name: str) -> Any:
    return importlib.import_module(f"erbium.scripts.verify.{name.replace('-', '_')}")
