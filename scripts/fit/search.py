"""The search: trials one after another, until time or trials are up.

Trials follow each other and use all processor cores by their folds, so that what is tried next
never depends on which of two trials ended first. The sampler of each trial has a seed of its own: a
search that is stopped and resumed goes the same way as one that was left alone.
"""

from __future__ import annotations

import dataclasses
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import optuna
from optuna.trial import FrozenTrial, TrialState

from erbium.scripts.fit import objective, space
from erbium.scripts.fit.journal import sampler
from erbium.scripts.fit.problem import Problem

#: Trials in a row without a better one after which a search is over.
PATIENCE = 60

#: The best trials that are tried again, with samples cut otherwise and other seeds; how often.
FINALISTS, AGAIN = 4, 2

#: Part of the time that this may take; fewer are tried again, or none, where it would take more.
PART = 4

#: Where the journal keeps what became of the best.
KEPT = "finalists"


@dataclass(frozen=True)
class Budget:
    """When to stop: seconds that all of it may take, and trials if they are bounded, too."""

    seconds: float
    trials: int | None
    began: float

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.began + self.seconds - time.monotonic()

    def finalists(self, longest: float) -> int:
        """Return how many trials are tried again, if one takes `longest` seconds."""
        if self.trials is not None:
            return FINALISTS
        return min(FINALISTS, int(self.seconds / (PART * AGAIN * max(longest, 1e-3))))


@dataclass(frozen=True)
class Finalist:
    """A trial that was tried again.

    Attributes
    ----------
    number : int
        Of the trial.
    values : dict
        What it tried.
    found, again : float
        Error in the search, and the mean of those when it was tried again; the former, if there was
        no time for that.
    """

    number: int
    values: dict[str, float | int | str]
    found: float
    again: float

    @property
    def judged(self) -> float:
        """What it is chosen by: the mean of all its errors."""
        return (self.found + AGAIN * self.again) / (1 + AGAIN)


def finished(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that were not cut short, the best first; of equals, the first."""
    done = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
    return sorted(done, key=lambda trial: (trial.value, trial.number))


def ended(study: optuna.Study) -> list[FrozenTrial]:
    """Return the trials that count: those that a stop of the search cut short do not."""
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))


def search(
    study: optuna.Study, problem: Problem, budget: Budget, told: Callable[[optuna.Study], None]
) -> float:
    """Try until the time left is what is needed for the rest, or trials or hopes are up.

    Returns
    -------
    float
        Seconds that a trial took; 0 if nothing was tried, as all had been before.
    """
    longest, times = 0.0, last_training(problem)
    while _goes_on(study, budget, longest, times):
        began = time.monotonic()
        _try(study, problem)
        longest = max(longest, time.monotonic() - began)
        told(study)
    return longest


def last_training(problem: Problem) -> float:
    """Return how many times longer than a trial the last training may take."""
    part = problem.part(problem.inputs[0])
    shown = sum(len(rest) for rest, _ in objective.folds(part.labels, 0))
    # Folds share the processor's cores, at best two at a time; the last training has one.
    return 2 * len(part) / shown if objective.folds_for(len(part)) > 1 else len(part) / shown


def _goes_on(study: optuna.Study, budget: Budget, longest: float, times: float) -> bool:
    done = ended(study)
    best = finished(study)
    if not best:
        return True
    if budget.trials is not None and len(done) >= budget.trials:
        return False
    since = sum(trial.number > best[0].number for trial in done)
    # This trial, those that are tried again, and the last training.
    needed = longest * (1 + AGAIN * budget.finalists(longest) + times)
    return since < PATIENCE and budget.left > needed


def _try(study: optuna.Study, problem: Problem) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study.sampler = sampler(problem.seed, len(ended(study)))
        trial = study.ask()
        values = space.suggested(trial, problem.inputs)

    def after_pass(number: int, error: float) -> None:
        trial.report(error, number)
        if trial.should_prune():
            raise optuna.TrialPruned

    part = problem.part(str(values["inputs"]))
    try:
        value = objective.error(problem.config(values), part, problem.passes, 0, after_pass)
    except optuna.TrialPruned:
        study.tell(trial, state=TrialState.PRUNED)
    else:
        study.tell(trial, value)


def again(study: optuna.Study, problem: Problem, budget: Budget, longest: float) -> list[Finalist]:
    """Try the best again, with samples cut otherwise and other seeds; return the best first.

    The best of many trials was lucky, too. Of equals, the one with the first number leads, which is
    the proposal's if it is among them.
    """
    found: list[Finalist] = []
    for trial in finished(study)[: budget.finalists(longest)]:
        if found and budget.trials is None and budget.left <= 0:
            break
        part, config = problem.part(trial.params["inputs"]), problem.config(trial.params)
        errors = [objective.error(config, part, problem.passes, draw)
                  for draw in range(1, AGAIN + 1)]  # fmt: skip
        found.append(Finalist(trial.number, trial.params, trial.value, sum(errors) / AGAIN))
    if not found:
        best = finished(study)[0]
        found = [Finalist(best.number, best.params, best.value, best.value)]
    found.sort(key=lambda each: (each.judged, each.number))
    study.set_user_attr(KEPT, [dataclasses.asdict(each) for each in found])
    return found


def kept(study: optuna.Study) -> list[Finalist]:
    """Return what `again` returned before the search was stopped."""
    return [Finalist(**values) for values in study.user_attrs[KEPT]]
