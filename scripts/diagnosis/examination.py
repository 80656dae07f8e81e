"""A training is measured and judged: after its first pass and at its end."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from erbium.scripts.common.hints import TrainingWarning
from erbium.scripts.data.source import Dataset
from erbium.scripts.diagnosis.activity import Activity, measure
from erbium.scripts.diagnosis.case import Case
from erbium.scripts.diagnosis.rules import Finding, findings
from erbium.scripts.train.checkpoint import Checkpoint

#: Training samples that are watched at the end, and after the first pass of many: a fraction of a
#: second.
SAMPLES, EARLY_SAMPLES = 200, 50


@dataclass(frozen=True)
class Examination:
    """What a machine does, and what is wrong with it."""

    activity: Activity
    findings: list[Finding]

    def as_dict(self) -> dict[str, Any]:
        """Return both, ready for JSON."""
        return {
            "activity": self.activity.as_dict(),
            "warnings": [vars(finding) | {"text": str(finding)} for finding in self.findings],
        }


def examine(state: Checkpoint, dataset: Dataset, count: int = SAMPLES) -> Examination:
    """Watch the machine of a training with up to `count` training samples, and judge it."""
    activity = measure(state, dataset, count)
    labels = dataset.train.labels
    case = Case(
        state.config, activity, state.history, len(dataset.validation),
        guessing=1 - float(np.bincount(labels).max() / len(labels)),
        classes=state.plan.names(state.config.layers[-1]),
    )  # fmt: skip
    return Examination(activity, findings(case))


def tell(found: Examination, place: str = "") -> None:
    """Warn of what is wrong."""
    for finding in found.findings:
        warnings.warn(f"{place}{finding}", TrainingWarning, stacklevel=2)


def tell_early(state: Checkpoint, dataset: Dataset, place: str = "") -> None:
    """Warn after the first pass of many, while one can still stop and change something."""
    if state.epoch == 1 < len(state.plan.rates):
        tell(examine(state, dataset, EARLY_SAMPLES), f"{place}after the first pass, ")
