"""The journal of a search, from which it goes on if it was stopped."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import optuna
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend
from optuna.trial import TrialState

from erbium.golden.validate import DataError
from erbium.scripts.fit import space
from erbium.scripts.fit.problem import Problem
from erbium.scripts.fit.starts import starts

#: What a search calls its file, in the folder of the fit.
JOURNAL = "trials.log"

#: Trials that have to have ended before the sampler judges by them; nearly all are proposals.
RANDOM_TRIALS = 10

#: Trials that end before any is cut short; and how many of a hundred are not, after half of the
#: passes. Spoken words were read best by what was the worst of four after a quarter of them.
UNPRUNED, KEPT_PERCENT = 6, 66


def opened(out: Path, problem: Problem, resume: bool) -> optuna.Study:
    """Return the search in a folder; see `scripts.fit.fitting.fit`."""
    path = out / JOURNAL
    if path.exists() and not resume:
        raise DataError(f"'{path}' exists; add --resume to go on, or choose another --out")
    if resume and not path.exists():
        raise DataError(f"'{path}' does not exist; start without --resume")
    out.mkdir(parents=True, exist_ok=True)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(path))), study_name="fit",
            load_if_exists=True, sampler=sampler(problem.seed, 0), pruner=_pruner(problem.passes),
        )  # fmt: skip
    first = starts(problem)
    _check_same(study, path, _version(first), _asked(problem))
    if not study.trials:
        for values in first:
            study.enqueue_trial(values)
    # What was cut short is tried again: it counts for nothing.
    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)
        study.enqueue_trial(trial.params)
    return study


def _version(first: Sequence[Mapping[str, object]]) -> str:
    """Return what a journal depends on that a version of Erbium decides."""
    return hashlib.sha256(repr((space.SPACE, first)).encode()).hexdigest()[:12]


def _asked(problem: Problem) -> dict[str, object]:
    """Return what a journal depends on that the user decides."""
    return {
        "data": problem.sha256, "hidden": list(problem.hidden), "inputs": list(problem.inputs),
        "device": problem.device.name if problem.device else None, "seed": problem.seed,
    }  # fmt: skip


def _check_same(study: optuna.Study, path: Path, choices: str, asked: Mapping[str, object]) -> None:
    """Refuse to go on with another search, or with one that another version has begun."""
    known = study.user_attrs
    if not known:
        for name, value in {"choices": choices, **asked}.items():
            study.set_user_attr(name, value)
        return
    for name, value in asked.items():
        if known.get(name) != value:
            raise DataError(
                f"'{path}' is a search with {name} {known.get(name)!r}, not {value!r}; repeat it "
                "as it was, or choose another --out"
            )
    # What is proposed depends on what was asked, too.
    if known.get("choices") != choices:
        raise DataError(
            f"'{path}' is a search of another version of Erbium, with choices "
            f"{known.get('choices')!r}, not {choices!r}; choose another --out"
        )


def sampler(seed: int, number: int) -> optuna.samplers.BaseSampler:
    """Return what chooses the values of a trial, by those that ended before it."""
    return optuna.samplers.TPESampler(
        seed=(seed * 10_007 + number) % 2**32, n_startup_trials=RANDOM_TRIALS, multivariate=True
    )


def _pruner(passes: int) -> optuna.pruners.BasePruner:
    # What learns slowly at the full rate is often the best when rates have fallen.
    return optuna.pruners.PercentilePruner(
        KEPT_PERCENT, n_startup_trials=UNPRUNED, n_warmup_steps=passes // 2
    )
