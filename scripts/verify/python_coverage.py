"""Campaign: lines and branches of Python that tests and proofs reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from erbium.extras import require
from erbium.scripts.common.markdown import rows as table

TITLE = "Coverage of the Python sources"

REPORT = Path("build", "coverage", "coverage.json")

#: Packages that are measured, and share of lines and branches that tests must reach.
PACKAGES = ("erbium", "golden", "hw", "sim", "scripts")
LEAST = 95.0

_ERBIUM = str(Path(sys.executable).with_name("erbium"))

COUNTS = ("num_statements", "covered_lines", "num_branches", "covered_branches")


class TestsFailed(RuntimeError):
    """The tests or the proofs failed; what they reached means nothing."""


def run(tests: Sequence[str], jobs: int, proofs: bool = True) -> dict[str, Any]:
    """Run tests and proofs, and sum up what they reach; parameters as for `run_tests`."""
    reached = summed(run_tests(tests, jobs, proofs))
    return {"tests": [*tests, *(["erbium formal"] if proofs else [])]} | reached


def run_tests(tests: Sequence[str], jobs: int, proofs: bool = True) -> dict[str, Any]:
    """Run tests under coverage.py, child processes included; return its report.

    Parameters
    ----------
    tests : sequence of str
        Files or folders.
    jobs : int
        Processes.
    proofs : bool
        Run the short proofs, too: what pytest does not.

    Raises
    ------
    TestsFailed
        If pytest or a proof does not end well.
    """
    require("coverage", "pytest", "xdist")
    for test in tests:
        # "file.py::test" is one test of a file.
        if not Path(test.partition("::")[0]).exists():
            raise TestsFailed(f"there is no '{test}'; call this in a clone of the project")
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.unlink(missing_ok=True)
    _coverage("erase")
    pytest = ["-m", "pytest", "-q", "-n", str(jobs), "--dist", "worksteal", *tests]
    if _coverage("run", *pytest):
        raise TestsFailed("tests failed under coverage; run pytest to see which")
    if proofs and _coverage("run", _ERBIUM, "formal", "--processes", str(jobs)):
        raise TestsFailed("proofs failed under coverage; run: make formal")
    # The threshold is checked by the command, after the figures are written.
    report = ["json", "--quiet", "--fail-under", "0", "-o", str(REPORT)]
    if _coverage("combine", "--quiet") or _coverage(*report):
        raise TestsFailed("coverage.py could not add up its counts; its message is above")
    return json.loads(REPORT.read_text())


def _coverage(*arguments: str) -> int:
    command = [sys.executable, "-m", "coverage", *arguments]
    # Processes that work in other folders leave their counts here, and nothing there.
    counts = str(REPORT.with_name("data").resolve())
    environment = os.environ | {"PYTHONHASHSEED": "0", "COVERAGE_FILE": counts}
    return subprocess.run(command, env=environment, check=False).returncode


def summed(report: dict[str, Any]) -> dict[str, Any]:
    """Add up a report of coverage.py by package; name the modules below the threshold."""
    packages = {name: dict.fromkeys(COUNTS, 0) for name in PACKAGES}
    below = {}
    for path, entry in sorted(report["files"].items()):
        counts = entry["summary"]
        package = packages[Path(path).parts[0]]
        for name in COUNTS:
            package[name] += counts[name]
        if percent(counts) < LEAST:
            below[path] = {"percent": round(percent(counts), 1)} | {n: counts[n] for n in COUNTS}
    total = {name: sum(p[name] for p in packages.values()) for name in COUNTS}
    return {"packages": packages, "total": total, "below": below}


def percent(counts: dict[str, Any]) -> float:
    """Return the share of lines and branches together, in percent; of nothing, all."""
    of = counts["num_statements"] + counts["num_branches"]
    return 100 * (counts["covered_lines"] + counts["covered_branches"]) / of if of else 100.0


def failure(figures: dict[str, Any]) -> str | None:
    """Return what the command fails with, if it does."""
    return (
        None
        if (reached := percent(figures["total"])) >= LEAST
        else (f"{reached:.1f} % of lines and branches; at least {LEAST} % must")
    )


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
