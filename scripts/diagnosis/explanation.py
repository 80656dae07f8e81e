"""A run explained: how it learned, what it does now, which classes it confuses, what is wrong.

Test samples stay out of it. Their error is stated as it was counted at the end of the training;
whoever tunes by them has none left that say what the machine does with others.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from erbium.golden.core import Outcomes
from erbium.golden.fast import FastCore
from erbium.scripts.data.dataset import Dataset
from erbium.scripts.data.source import Source
from erbium.scripts.diagnosis.curve import curve_in_words
from erbium.scripts.diagnosis.examination import SAMPLES, Examination, examine
from erbium.scripts.train.checkpoint import Checkpoint
from erbium.scripts.train.evaluation import classify, confusion
from erbium.scripts.train.learned import Learned, data_of

#: Most pairs of confused classes that are named.
MOST_PAIRS = 5


@dataclass(frozen=True)
class Explanation:
    """What is known of a run.

    Attributes
    ----------
    state : Checkpoint
        The training.
    dataset : Dataset
        What it was measured with.
    same_data : bool
        Whether these are the data that it learned.
    examination : Examination
        What the machine does with training samples, and what is wrong.
    validation : Outcomes
        Outcomes of all validation samples.
    """

    state: Checkpoint
    dataset: Dataset
    same_data: bool
    examination: Examination
    validation: Outcomes

    @property
    def validation_error(self) -> float:
        """The share of validation samples that the machine does not recognise now."""
        return self.validation.error(self.dataset.validation.labels)

    @property
    def confusion(self) -> np.ndarray:
        """Validation samples [class, winner]."""
        classes = self.state.config.layers[-1]
        return confusion(self.dataset.validation.labels, self.validation.winners, classes)

    @property
    def classes(self) -> list[str]:
        """What the classes are called: by their names, and by numbers where they have none."""
        return self.state.plan.names(self.state.config.layers[-1])

    @property
    def curve(self) -> list[str]:
        """How it learned, in sentences."""
        labels = self.dataset.validation.labels
        untaught = int(np.isin(labels, self.dataset.train.labels, invert=True).sum())
        return curve_in_words(
            self.state, self.examination.activity.mistakes, self.validation_error, len(labels),
            untaught, bool(self.dataset.train.pixels) and not self.state.plan.augment,
        )  # fmt: skip

    @property
    def confused(self) -> list[str]:
        """The pairs of classes that are confused most often, in sentences."""
        table, names = self.confusion, self.classes
        wrong = table - np.diag(np.diag(table))
        pairs = np.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
        found = [divmod(int(pair), len(table)) for pair in pairs]
        return [
            f"class {names[k]} is taken for {names[w]}: {wrong[k, w]} of {table[k].sum()} samples"
            for k, w in found if wrong[k, w]
        ]  # fmt: skip

    def as_dict(self) -> dict[str, Any]:
        """Return every figure, ready for JSON."""
        return {
            "preset": self.state.config.name,
            "data": self.dataset.name,
            "same_data": self.same_data,
            "run": self.state.plan.run,
            "seed": self.state.config.seed,
            "passes": self.state.epoch,
            "passes_planned": len(self.state.plan.rates),
            "test_error": self.state.test_error,
            "validation_error": self.validation_error,
            "curve": self.curve,
            "classes": self.classes,
            "confusion": self.confusion.tolist(),
            "confused": self.confused,
            **self.examination.as_dict(),
        }


def explain(
    state: Checkpoint, path: Path, source: Source | None = None, samples: int = SAMPLES
) -> Explanation:
    """Return what is known of the training in the checkpoint `path`.

    Parameters
    ----------
    state, path
        The training and its file.
    source : Source, optional
        Data to measure it with; by default those that it learned.
    samples : int
        Most training samples that are watched.
    """
    return explained(state, data_of(state, path, source), samples)


def explained(state: Checkpoint, data: Learned, samples: int = SAMPLES) -> Explanation:
    """Return what is known of a training, measured with its data; see `explain`."""
    core = FastCore(state.config, state.weights)
    core.random = state.random
    part = data.part.validation
    return Explanation(
        state, data.part, data.same, examine(state, data.part, samples),
        classify(core, part.samples, part.labels),
    )  # fmt: skip
