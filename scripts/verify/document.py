"""docs/verification.md: one section for each campaign, from the figures that it left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from erbium.scripts.common.markdown import rows
from erbium.scripts.verify.registry import CAMPAIGNS, Campaign

Figures = dict[str, Any]

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
    for name, campaign in CAMPAIGNS.items():
        path = folder / f"{name}.json"
        try:
            figures[name] = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            figures[name] = None
        except ValueError as error:
            raise ReportError(f"'{path}' is damaged ({error}); run: make {campaign.verb}") from None
    if not any(figures.values()):
        raise ReportError(f"there are no figures in '{folder}' yet; run: make formal-full")
    return figures


def document(figures: dict[str, Figures | None]) -> str:
    """Return the whole text of the report."""
    sections = [
        f"## {one.module().TITLE}\n\n{_section(one, figures[name])}\n\n"
        f"Again: `make {one.verb}`{_sources(figures[name])}\n"
        for name, one in CAMPAIGNS.items()
    ]
    return "\n".join([INTRODUCTION, f"{summary(figures)}\n", *sections])


def summary(figures: dict[str, Figures | None]) -> str:
    """Return a table with one row for each campaign."""
    lines = [
        [one.TITLE, "not run yet" if found is None else one.summary(found)]
        for one, found in ((CAMPAIGNS[name].module(), found) for name, found in figures.items())
    ]
    return rows(["what", "result"], lines)


def outdated(figures: dict[str, Figures | None], key: str, now: str) -> dict[str, str]:
    """Return the hashes of campaigns whose "sources" or "benches" are others than `now`."""
    return {name: one[key] for name, one in figures.items() if one and one[key] != now}


def _sources(figures: Figures | None) -> str:
    if figures is None:
        return ""
    return f" (sources `{figures['sources'][:8]}`, benches `{figures['benches'][:8]}`)"


def _section(campaign: Campaign, figures: Figures | None) -> str:
    return "Not run yet." if figures is None else campaign.module().text(figures).strip()
