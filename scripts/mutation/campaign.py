"""A campaign over the golden model: many small mistakes, each judged once and kept."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from scripts.files import write_json
from scripts.mutation.choose import ROOT, Mutant, choose, everything
from scripts.mutation.judge import Copy, Verdict, every_test, stages

#: Verdicts, and copies of the project, of campaigns that may go on.
FOLDER = Path("runs", "mutation-python")

#: Mutants that compute the same, found by reading; each with its reason.
EQUIVALENT = Path(__file__).with_name("equivalent.json")


class TestsFail(RuntimeError):
    """The tests fail without any change, so that no mutant can be judged."""


def run(
    count: int, seed: int, jobs: int, finished: Callable[[int, int], None]
) -> list[tuple[Mutant, Verdict]]:
    """Judge `count` mutants drawn with `seed`, `jobs` at a time.

    Parameters
    ----------
    finished : callable
        Told how many are through, and of how many.

    Raises
    ------
    TestsFail
        If the golden model's tests fail as it is.
    """
    chosen = choose(everything()[0], count, seed)
    copies: SimpleQueue[Copy] = SimpleQueue()
    for number in range(jobs):
        copies.put(Copy(FOLDER / f"copy-{number}"))
    first = copies.get()
    baseline = FOLDER / f"baseline-{_digest('golden', 'tests/golden', 'tests/docs')}.json"
    if not baseline.exists():
        verdict = first.judge(None, [["tests/docs", *every_test()]])
        if verdict.killed:
            raise TestsFail(f"without any change, {verdict.by} fails; repair it first")
        write_json(baseline, verdict.as_dict())
    copies.put(first)
    verdicts: dict[Mutant, Verdict] = {}

    def one(mutant: Mutant, stage: int) -> None:
        verdict = _kept(mutant)
        if verdict is None:
            survives = _path(mutant).with_suffix(f".{_digest(*stages(mutant.module)[0])[:12]}")
            if stage == 0 and survives.exists():
                return
            copy = copies.get()
            try:
                verdict = copy.judge(mutant, [stages(mutant.module)[stage]])
            finally:
                copies.put(copy)
            # What is known to change nothing is tried on the tests of its file only.
            if not verdict.killed and stage == 0 and _reason(mutant) is None:
                survives.touch()
                return
            write_json(_path(mutant), verdict.as_dict() | {"tests": _tests(verdict)})
        verdicts[mutant] = verdict
        finished(len(verdicts), len(chosen))

    # Changes of the compiled model take longest, as each is compiled: last.
    order = sorted(chosen, key=lambda mutant: mutant.module.startswith("golden/fast/"))
    with ThreadPoolExecutor(jobs) as pool:
        for stage in (0, 1):
            left = [mutant for mutant in order if mutant not in verdicts]
            for future in [pool.submit(one, mutant, stage) for mutant in left]:
                future.result()
    return [(mutant, verdicts[mutant]) for mutant in chosen]


def _reason(mutant: Mutant) -> str | None:
    """Return why a mutant computes the same, if it is known to."""
    known = json.loads(EQUIVALENT.read_text()) if EQUIVALENT.exists() else {}
    return known.get(mutant.module, {}).get(mutant.change())


def _path(mutant: Mutant) -> Path:
    text = f"{_digest('golden')} {mutant}"
    return FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.json"


def _tests(verdict: Verdict) -> str:
    """Return a hash of the tests that a verdict rests on: of the one that failed, or of all."""
    path = verdict.by.partition("::")[0]
    return _digest(path) if (ROOT / path).is_file() else _digest("tests/golden", "tests/docs")


def _kept(mutant: Mutant) -> Verdict | None:
    """Return the verdict on a mutant, if neither the model nor those tests have changed."""
    if not _path(mutant).exists():
        return None
    values = json.loads(_path(mutant).read_text())
    verdict = Verdict(values["killed"], values["by"])
    return verdict if values["tests"] == _tests(verdict) else None


def _digest(*names: str) -> str:
    """Return a hash of all Python files of some folders."""
    digest = hashlib.sha256()
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def figures(results: list[tuple[Mutant, Verdict]]) -> dict[str, Any]:
    """Return the score, per file and in all, and every survivor."""
    survivors, modules = [], {}
    for mutant, verdict in results:
        row = modules.setdefault(mutant.module, Counter(mutants=0, killed=0, equivalent=0))
        row["mutants"] += 1
        row["killed"] += verdict.killed
        if not verdict.killed:
            change, reason = mutant.change(), _reason(mutant)
            row["equivalent"] += reason is not None
            survivors.append(
                {"module": mutant.module, "line": mutant.line, "operator": mutant.operator,
                 "change": change, "equivalent": reason is not None, "reason": reason}
            )  # fmt: skip
    total = sum(modules.values(), Counter())
    counted = total["mutants"] - total["equivalent"]
    pool, skipped = everything()
    return {
        "possible": len(pool),
        "not_counted": skipped,
        "mutants": total["mutants"],
        "killed": total["killed"],
        "timeouts": sum(verdict.by == "timeout" for _, verdict in results),
        "equivalent": total["equivalent"],
        "score": total["killed"] / counted if counted else 0.0,
        "modules": {name: dict(row) for name, row in sorted(modules.items())},
        "survivors": survivors,
    }
