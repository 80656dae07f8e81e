"""The page of a fit: what was seen, proposed, tried and chosen, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jinja2
import optuna

from erbium.scripts.common.files import write_text
from erbium.scripts.fit.objective import FEWEST_PARTS, folds_for
from erbium.scripts.fit.problem import Problem
from erbium.scripts.fit.rules import RULES
from erbium.scripts.fit.search import AGAIN, Finalist, finished
from erbium.scripts.fit.space import SPACE

#: Finished trials that are listed.
LISTED = 20


def write(
    path: Path, problem: Problem, study: optuna.Study, finalists: list[Finalist],
    figures: dict[str, Any],
) -> None:  # fmt: skip
    """Write the page of a fit to `path`; it needs nothing but its file."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("erbium.scripts.fit", "."), autoescape=True,
        undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {"percent": "{:.2%}".format, "short": _short}
    chosen = problem.config(finalists[0].values)
    write_text(
        path,
        environment.get_template("page.html.j2").render(
            problem=problem, figures=figures, finalists=finalists, chosen=chosen.as_dict(),
            trials=finished(study)[:LISTED], space=SPACE, rules=RULES, again=AGAIN,
            folds=(folds := folds_for(problem.looks[problem.inputs[0]].samples)),
            parts=max(folds, FEWEST_PARTS),
        ),
    )  # fmt: skip


def _short(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value or "0")
