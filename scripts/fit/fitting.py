"""A fit from the data to a trained machine."""

from __future__ import annotations

import dataclasses
import math
import time
import warnings
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from erbium.golden import config_file
from erbium.golden.config import Config
from erbium.golden.fast import FastCore
from erbium.scripts.common.files import write_text
from erbium.scripts.common.hints import DataWarning
from erbium.scripts.common.interrupt import Stopped
from erbium.scripts.common.progress import Bars, Report
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.suitability import tell_missing
from erbium.scripts.diagnosis import examination
from erbium.scripts.fit import objective, page
from erbium.scripts.fit.baselines import baseline_errors, behind
from erbium.scripts.fit.journal import opened
from erbium.scripts.fit.problem import Problem
from erbium.scripts.fit.search import (
    Budget,
    Finalist,
    again,
    ended,
    finished,
    kept,
    last_training,
    search,
)
from erbium.scripts.fit.space import proposed
from erbium.scripts.train import checkpoint, runs
from erbium.scripts.train.checkpoint import CHECKPOINT
from erbium.scripts.train.training import check_new, falling_rates, seeded, train

#: The page that says what was tried.
PAGE = "fit.html"


def fit(
    problem: Problem,
    out: Path,
    *,
    minutes: float,
    trials: int | None = None,
    resume: bool = False,
    bars: Bars,
) -> dict[str, Any]:
    """Search, train what was chosen on all but the test samples, and look at these once.

    Parameters
    ----------
    problem : Problem
        What is to be solved.
    out : Path
        Folder of journal, configuration, run and page.
    minutes : float
        Time for all of it, about.
    trials : int, optional
        Most trials.
    resume : bool
        Go on with the journal in `out`.
    bars : Bars
        Shows the progress.

    Returns
    -------
    dict
        Figures, ready for JSON.

    Raises
    ------
    DataError
        If `out` holds a search that is not to be resumed, another one, or none to resume.
    Stopped
        After Ctrl-C; the journal, or the training, goes on from there.
    """
    budget = Budget(60 * minutes, trials, time.monotonic())
    folder = runs.folder(out, 0)
    begun = resume and (folder / CHECKPOINT).exists()
    if not begun:
        check_new(folder)
    study = opened(out, problem, resume)
    try:
        return _fit(problem, study, out, budget, begun, bars)
    except KeyboardInterrupt:
        # A training that is stopped says as much.
        raise Stopped(
            f"stopped after {len(ended(study))} trials; add --resume to the same command to go on"
        ) from None


def _fit(
    problem: Problem, study: optuna.Study, out: Path, budget: Budget, begun: bool, bars: Bars
) -> dict[str, Any]:  # fmt: skip
    folder = runs.folder(out, 0)
    if begun:
        # The search is over, and what it chose is being trained.
        finalists = kept(study)
        state = checkpoint.load(folder / CHECKPOINT)
        passes = len(state.plan.rates)
        _tell_over(out, study, state.test_error is not None)
    else:
        longest = _search(study, problem, budget, bars.line("search"))
        finalists = again(study, problem, budget, longest)
        passes = _passes(problem, budget, longest * last_training(problem))
    chosen = finalists[0]
    config = problem.config(chosen.values)
    dataset = problem.datasets[str(chosen.values["inputs"])].refitted
    tell_missing(dataset, config.layers[-1])
    file = out / f"{config.name}.toml"
    write_text(file, config_file.dump(config))
    state = train(
        seeded(config, 0), dataset, falling_rates(passes), out=folder, resume=begun,
        report=bars.line("last training"),
    )  # fmt: skip
    found = runs.describe(state, dataset, folder)
    figures = _figures(problem, study, finalists, config, file, dataset)
    far = behind(state.test_error, figures["baseline_errors"], len(dataset.test))
    found = dataclasses.replace(found, findings=[*found.findings, *([far] if far else [])])
    examination.tell(found)
    figures |= {"test_error": state.test_error, "passes": passes} | found.as_dict()
    figures["seconds"] = round(time.monotonic() - budget.began, 1)
    page.write(out / PAGE, problem, study, finalists, figures)
    return figures | {"page": str(out / PAGE)}


def _tell_over(out: Path, study: optuna.Study, tested: bool) -> None:
    """Say that more time or trials change nothing: a second look at the test samples would."""
    warnings.warn(
        f"the search in '{out}' is over after {len(ended(study))} trials, and its machine is "
        f"{'tested' if tested else 'being trained'}; to search longer, choose another --out",
        DataWarning, stacklevel=3,
    )  # fmt: skip


def _search(study: optuna.Study, problem: Problem, budget: Budget, line: Report) -> float:
    """Search, and say how far it is; see `search`."""

    def told(study: optuna.Study) -> None:
        best, spent = finished(study), round(time.monotonic() - budget.began)
        words = f"best validation error {best[0].value:.2%}, seconds" if best else "seconds"
        line(words, spent, max(spent, round(budget.seconds)), None)

    _compile(problem)
    return search(study, problem, budget, told)


def _compile(problem: Problem) -> None:
    """Compile what has to be compiled, so that it is not taken for the time of a trial."""
    inputs = problem.inputs[0]
    core = FastCore(problem.config(proposed(inputs)))
    core.run_many(problem.part(inputs).samples[:1], rate=0)


def _passes(problem: Problem, budget: Budget, needed: float) -> int:
    """Return how many passes of the last training there is time for; of large sets, fewer.

    At least as many samples are shown as a trial shows: a set of which a trial learns all gets all
    passes, however late it is.
    """
    if budget.trials is not None or needed <= budget.left:
        return problem.passes
    whole = len(problem.part(problem.inputs[0]))
    least = math.ceil(problem.passes * min(1, objective.MOST_SAMPLES / whole))
    return max(least, int(problem.passes * budget.left / needed))


def _figures(
    problem: Problem, study: optuna.Study, finalists: list[Finalist], config: Config, file: Path,
    dataset: Dataset,
) -> dict[str, Any]:  # fmt: skip
    chosen = finalists[0]
    tried = ended(study)
    return {
        "data": problem.source.name,
        "config": str(file),
        "run": str(runs.folder(file.parent, 0)),
        "layers": list(config.layers),
        "inputs": str(chosen.values["inputs"]),
        "device": problem.device.name if problem.device else None,
        "validation_error": chosen.again,
        "baseline_errors": baseline_errors(dataset, problem.hidden, problem.seed),
        "trials": len(tried),
        "pruned": sum(trial.state is TrialState.PRUNED for trial in tried),
        "chosen": {"trial": chosen.number, **chosen.values},
        "looks": problem.looks[str(chosen.values["inputs"])].as_dict(),
    }
