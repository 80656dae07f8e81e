"""A campaign: many small mistakes in the model or the tools, each judged once and kept."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from erbium.scripts.common.files import write_json
from erbium.scripts.verify.mutation_python.choose import ROOT, Mutant, choose, everything
from erbium.scripts.verify.mutation_python.judge import Copy, Verdict
from erbium.scripts.verify.mutation_python.target import GOLDEN, Target

#: Verdicts, and copies of the project, of campaigns that may go on.
FOLDER = Path("runs", "mutation-python")

#: Seconds of a processor in which all tests together must end.
BASELINE_SECONDS = 7200


class TestsFail(RuntimeError):
    """The tests fail without any change, so that no mutant can be judged."""


class OutOfTime(RuntimeError):
    """The time is over, and mutants are left; the message says how many, and what to do."""


def run(
    count: int,
    seed: int,
    jobs: int,
    finished: Callable[[int, int], None],
    target: Target = GOLDEN,
    minutes: float | None = None,
) -> list[tuple[Mutant, Verdict]]:
    """Judge `count` mutants drawn with `seed`, `jobs` at a time.

    Parameters
    ----------
    finished : callable
        Told how many are through, and of how many.
    target : Target
    minutes : float, optional
        No mutant begins after them.

    Raises
    ------
    TestsFail
        If the tests fail as it is.
    OutOfTime
        If mutants are left after those minutes; the next call goes on.
    """
    end = float("inf") if minutes is None else time.monotonic() + 60 * minutes
    chosen = choose(everything(tuple(target.modules()))[0], count, seed)
    copies: SimpleQueue[Copy] = SimpleQueue()
    for number in range(jobs):
        folder = FOLDER / f"copy-{target.name}-{number}"
        copies.put(Copy(folder, target.seconds, target.options))
    first = copies.get()
    _check_baseline(target, first)
    copies.put(first)
    verdicts: dict[Mutant, Verdict] = {}

    def one(mutant: Mutant, stage: int) -> None:
        verdict, stages = _kept(target, mutant), target.stages(mutant.module)
        if verdict is None:
            path = _path(target, mutant)
            survives = path.with_suffix(f".{_digest(*_files(stages[0]))[:12]}")
            if (stage == 0 and survives.exists()) or time.monotonic() > end:
                return
            copy, begin = copies.get(), time.monotonic()
            try:
                verdict = copy.judge(mutant, [stages[stage]])
            finally:
                copies.put(copy)
            # What is known to change nothing is tried on the tests of its file only.
            if not verdict.killed and stage == 0 and _reason(target, mutant) is None:
                survives.touch()
                return
            values = verdict.as_dict() | {"tests": _tests(target, mutant, verdict)}
            seconds = round(time.monotonic() - begin, 1)
            write_json(path, values | {"mutant": str(mutant), "seconds": seconds})
        verdicts[mutant] = verdict
        finished(len(verdicts), len(chosen))

    # Changes of the compiled model take longest, as each is compiled: last.
    order = sorted(chosen, key=lambda mutant: mutant.module.startswith("golden/fast/"))
    with ThreadPoolExecutor(jobs) as pool:
        for stage in (0, 1):
            left = [mutant for mutant in order if mutant not in verdicts]
            for future in [pool.submit(one, mutant, stage) for mutant in left]:
                future.result()
    if left := len(chosen) - len(verdicts):
        raise OutOfTime(
            f"{left} of {len(chosen)} changes are left after {minutes:g} minutes; the same command "
            "goes on from there"
        )
    return [(mutant, verdicts[mutant]) for mutant in chosen]


def _check_baseline(target: Target, copy: Copy) -> None:
    """Run the tests without any change, but for those that have passed before."""
    sources = dict.fromkeys(name for module in target.modules() for name in target.sources(module))
    shared = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("conftest.py")]
    passed = {
        test: FOLDER / f"baseline-{_digest(*sources, *sorted(shared), *_files([test]), key=test)}"
        for test in target.tests()
    }
    left = [test for test, path in passed.items() if not path.exists()]
    if left:
        verdict = copy.judge(None, [left], seconds=BASELINE_SECONDS)
        if verdict.killed:
            raise TestsFail(f"without any change, {verdict.by} fails; repair it first")
        FOLDER.mkdir(parents=True, exist_ok=True)
        for test in left:
            passed[test].touch()


def _reason(target: Target, mutant: Mutant) -> str | None:
    """Return why a mutant computes the same, if it is known to."""
    known = json.loads(target.equivalent.read_text()) if target.equivalent.exists() else {}
    return known.get(mutant.module, {}).get(mutant.change())


def _path(target: Target, mutant: Mutant) -> Path:
    text = f"{_digest(*target.sources(mutant.module))} {mutant}"
    return FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.json"


def _files(tests: list[str]) -> list[str]:
    """Return the files of tests, some of which are named one by one."""
    return list(dict.fromkeys(test.partition("::")[0] for test in tests))


def _tests(target: Target, mutant: Mutant, verdict: Verdict) -> str:
    """Return a hash of the tests that a verdict rests on: of the one that failed, or of all."""
    path = verdict.by.partition("::")[0]
    files = (path,) if (ROOT / path).is_file() else target.all_tests(mutant.module)
    return _digest(*files)


def _kept(target: Target, mutant: Mutant) -> Verdict | None:
    """Return the verdict on a mutant, if neither the sources nor those tests have changed."""
    path = _path(target, mutant)
    if not path.exists():
        return None
    values = json.loads(path.read_text())
    verdict = Verdict(values["killed"], values["by"])
    return verdict if values["tests"] == _tests(target, mutant, verdict) else None


def _digest(*names: str, key: str = "") -> str:
    """Return a hash of all Python files of some folders, and of a text."""
    digest = hashlib.sha256(key.encode())
    for name in names:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def figures(results: list[tuple[Mutant, Verdict]], target: Target = GOLDEN) -> dict[str, Any]:
    """Return the score, per file and in all, and every survivor."""
    survivors, modules = [], {}
    for mutant, verdict in results:
        row = modules.setdefault(mutant.module, Counter(mutants=0, killed=0, equivalent=0))
        row["mutants"] += 1
        row["killed"] += verdict.killed
        if not verdict.killed:
            change, reason = mutant.change(), _reason(target, mutant)
            row["equivalent"] += reason is not None
            survivors.append(
                {"module": mutant.module, "line": mutant.line, "operator": mutant.operator,
                 "change": change, "equivalent": reason is not None, "reason": reason}
            )  # fmt: skip
    total = sum(modules.values(), Counter())
    counted = total["mutants"] - total["equivalent"]
    pool, skipped = everything(tuple(target.modules()))
    return {
        "of": target.words,
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
