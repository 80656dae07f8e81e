"""Section of the report: line and branch coverage of Python."""

from __future__ import annotations

from typing import Any

from erbium.scripts.common.markdown import rows as table
from erbium.scripts.verify.python_runs import percent

TITLE = "Coverage of the Python sources"


def summary(figures: dict[str, Any]) -> str:
    """Return one line for the README."""
    return (
        f"{percent(figures['total']):.1f} % of the lines and branches of golden/, hw/, sim/ and "
        f"scripts/ are reached by {' and '.join(figures['tests'])}"
    )


def text(figures: dict[str, Any]) -> str:
    """Return the section in Markdown."""
    counts = [
        [
            f"{name}/", f"{n['covered_lines']} of {n['num_statements']}",
            f"{n['covered_branches']} of {n['num_branches']}", f"{percent(n):.1f} %",
        ]
        for name, n in (*figures["packages"].items(), ("all", figures["total"]))
    ]  # fmt: skip
    below = [[path, f"{n['percent']} %"] for path, n in figures["below"].items()]
    parts = [
        f"Measured by coverage.py in {' and '.join(figures['tests'])}, and in every process that "
        "they start: workers, benches, commands.",
        table(["package", "lines", "branches", "together"], counts),
    ]
    if below:
        parts += ["Modules below 95 %:", table(["module", "lines and branches"], below)]
    return "\n\n".join(parts)
